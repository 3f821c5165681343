// A polygon's box cut into at most 16 x 16 cells, and for each cell whether it lies wholly inside, wholly outside, or is touched by an
// edge. Most fixes in a box are decided by their cells, without a look at the vertices. 64 bytes, worked out when first needed: an
// edit stays cheap, and zones that nobody comes near cost nothing.
import { EAST_EDGE, NORTH_EDGE, SOUTH, WEST } from './zone-layout.ts';

const SIDE_BITS = 4;
const SIDE = 1 << SIDE_BITS;
/** One integer per row of cells, from the south: low half = cells wholly inside, high half = wholly outside, bit c = column c. */
export const CELLS_INTS = SIDE;
const ALL = 0xffff;
/** Edges count as touching a cell from this far, 1e-7 degree: more than the rounding of where they cross its bounds. */
const SLACK_E7 = 2;

const touched = new Uint16Array(SIDE);
const parity = new Uint16Array(SIDE);

/** Cells measure a power of two, the smallest for which 16 cover the extent: the cell of a coordinate is a shift. */
const shiftOf = (extent: number): number => Math.max(0, 32 - Math.clz32(extent) - SIDE_BITS);
const clamp = (cell: number): number => (cell < 0 ? 0 : cell >= SIDE ? SIDE - 1 : cell);
/** Bits from column `from` to column `to`. */
const columns = (from: number, to: number): number => (ALL << from) & (ALL >> (SIDE - 1 - to)) & ALL;

/** Writes the cells of the polygon with header `h` at `i` and rings in `g` at `at` into `cells` at `cellsAt`. */
export function writeCells(
  h: Int32Array,
  i: number,
  g: Int32Array,
  at: number,
  rings: number,
  cells: Int32Array,
  cellsAt: number,
): void {
  const west = h[i + WEST] as number;
  const south = h[i + SOUTH] as number;
  const cellX = 1 << shiftOf((h[i + EAST_EDGE] as number) - west);
  const cellY = 1 << shiftOf((h[i + NORTH_EDGE] as number) - south);
  touched.fill(0);
  parity.fill(0);
  let k = at;
  for (let ring = 0; ring < rings; ring++) {
    const end = k + 1 + 2 * Math.abs(g[k] as number);
    let x1 = (g[end - 2] as number) - west;
    let y1 = (g[end - 1] as number) - south;
    for (k++; k < end; k += 2) {
      const x2 = (g[k] as number) - west;
      const y2 = (g[k + 1] as number) - south;
      addEdge(x1, y1, x2, y2, cellX, cellY);
      x1 = x2;
      y1 = y2;
    }
  }
  for (let row = 0; row < SIDE; row++) {
    const free = ~(touched[row] as number) & ALL;
    const odd = parity[row] as number;
    cells[cellsAt + row] = (free & odd) | ((free & ~odd) << SIDE);
  }
}

/** Ends relative to the box's corner. */
function addEdge(x1: number, y1: number, x2: number, y2: number, cellX: number, cellY: number): void {
  const low = y1 < y2 ? y1 : y2;
  const high = y1 < y2 ? y2 : y1;
  const slope = y1 === y2 ? 0 : (x2 - x1) / (y2 - y1);
  const first = clamp(Math.floor((low - SLACK_E7) / cellY));
  const last = clamp(Math.floor((high + SLACK_E7) / cellY));
  for (let row = first; row <= last; row++) {
    // The stretch of the edge within the row.
    const from = Math.max(low, row * cellY - SLACK_E7);
    const to = Math.min(high, (row + 1) * cellY + SLACK_E7);
    const xa = y1 === y2 ? x1 : x1 + (from - y1) * slope;
    const xb = y1 === y2 ? x2 : x1 + (to - y1) * slope;
    const left = clamp(Math.floor(((xa < xb ? xa : xb) - SLACK_E7) / cellX));
    const right = clamp(Math.floor(((xa < xb ? xb : xa) + SLACK_E7) / cellX));
    touched[row] = (touched[row] as number) | columns(left, right);
    // Cells whose middle lies east of where the edge crosses the row's middle see one crossing more to their west.
    const middle = (row + 0.5) * cellY;
    if (y1 > middle === y2 > middle) continue;
    const column = Math.floor((x1 + (middle - y1) * slope) / cellX + 0.5);
    if (column < SIDE) parity[row] = (parity[row] as number) ^ columns(Math.max(column, 0), SIDE - 1);
  }
}

/**
 * 1 if everything within the reach of the point is inside, 2 if outside, 0 if an edge may be near. What lies past the box is outside,
 * and a cell at the rim of the box that is wholly inside does not exist: the edge runs there. `cells` at `at`: see `writeCells`.
 */
export function lookUpCells(
  h: Int32Array,
  i: number,
  px: number,
  py: number,
  reachX: number,
  reachY: number,
  cells: Int32Array,
  at: number,
): 0 | 1 | 2 {
  const west = h[i + WEST] as number;
  const south = h[i + SOUTH] as number;
  const width = (h[i + EAST_EDGE] as number) - west;
  const height = (h[i + NORTH_EDGE] as number) - south;
  const shiftX = shiftOf(width);
  const shiftY = shiftOf(height);
  // Whole numbers from here on; a reach is rounded up.
  const aroundX = Math.ceil(reachX) | 0;
  const aroundY = Math.ceil(reachY) | 0;
  const x = px - west;
  const y = py - south;
  const left = Math.max(0, x - aroundX) >>> shiftX;
  const right = Math.min(width, x + aroundX) >>> shiftX;
  const bottom = Math.max(0, y - aroundY) >>> shiftY;
  const top = Math.min(height, y + aroundY) >>> shiftY;
  // No cell to ask: a box that is none, which only a damaged log can hold.
  if (left > right || bottom > top) return 0;
  const inside = columns(left, right);
  const both = inside | (inside << SIDE);
  let seen = both;
  for (let row = bottom; row <= top; row++) seen &= cells[at + row] as number;
  if ((seen & ALL) === inside) return 1;
  return seen >>> SIDE === inside ? 2 : 0;
}
