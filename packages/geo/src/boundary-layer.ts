// One layer of areas side by side (cantons, or municipalities): which of them holds a point. A table of 500 m cells answers at once where
// a cell lies wholly in one area; elsewhere the few areas at the cell are asked, each by its edges in that row of cells only.
import { degreesToE7 } from '@vigie/model';
import { signOfDifference } from './exact.ts';
import { scaleAt } from './ellipsoid.ts';
import { GrowingInts } from './growing-ints.ts';

/** An area as GeoJSON gives it. Rings closed, longitude first, degrees. */
export interface BoundaryFeature {
  readonly id: string;
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly number[])[])[] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly (readonly number[])[])[])[] };
}

const CELL_M = 500;
/** A table never holds more cells than this: for a wider layer the cells are made larger. 16 MB. */
const CELLS_MAX = 4_000_000;
/** Cell values: 0 = no area, k + 1 = wholly in area k, -m - 1 = look at list m. */
const NOWHERE = 0;
const INT16_MAX = 32_767;
/** Integers of an edge: x1, y1, x2, y2. */
const EDGE_INTS = 4;

export class BoundaryLayer {
  /** In order of code unit; `find` gives indices into it. */
  readonly ids: readonly string[];
  readonly #west: number;
  readonly #south: number;
  readonly #cellX: number;
  readonly #cellY: number;
  readonly #columns: number;
  readonly #rows: number;
  /** 16 bits a cell if they suffice, as they do for Switzerland: half the memory to miss the cache on. */
  readonly #cells: Int16Array | Int32Array;
  /** Lists of areas one after the other, and where each begins; the next entry is where it ends. */
  readonly #lists: Int32Array;
  readonly #listsAt: Int32Array;
  /** Per area: its first row, and where its rows begin in `#slabs`. */
  readonly #firstRow: Int32Array;
  readonly #slabsAt: Int32Array;
  /** Per area and row: where the edges of the row begin in `#edges`; the next entry is where they end. */
  readonly #slabs: Int32Array;
  readonly #edges: Int32Array;

  constructor(features: readonly BoundaryFeature[]) {
    const areas = features
      .map((feature) => ({ id: feature.id, edges: edgesOf(feature) }))
      .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    this.ids = areas.map((area) => area.id);
    const [west, south, east, north] = boxOfEdges(areas.map((area) => area.edges));
    this.#west = west;
    this.#south = south;
    let cellM = CELL_M;
    let cellX = 1;
    let cellY = 1;
    let columns = 1;
    let rows = 1;
    for (; ; cellM *= 2) {
      const scale = scaleAt(Math.floor((south + north) / 2));
      cellX = Math.max(1, Math.round(cellM / (Math.max(scale.eastPm, 1) / 1e12)));
      cellY = Math.max(1, Math.round(cellM / (scale.northPm / 1e12)));
      columns = Math.floor((east - west) / cellX) + 1;
      rows = Math.floor((north - south) / cellY) + 1;
      if (columns * rows <= CELLS_MAX) break;
    }
    this.#cellX = cellX;
    this.#cellY = cellY;
    this.#columns = columns;
    this.#rows = rows;
    this.#firstRow = new Int32Array(areas.length);
    this.#slabsAt = new Int32Array(areas.length);
    const slabs = new GrowingInts();
    const edges = new GrowingInts();
    for (const [k, area] of areas.entries()) this.#addSlabs(k, area.edges, slabs, edges);
    slabs.push(edges.length);
    this.#slabs = slabs.toArray();
    this.#edges = edges.toArray();
    const cells = new Int32Array(columns * rows);
    const lists = new Map<number, number[]>();
    for (const [k, area] of areas.entries()) this.#fillCells(k, area.edges, cells, lists);
    const packed = packLists(lists, cells);
    this.#lists = packed.lists;
    this.#listsAt = packed.starts;
    const isSmall = areas.length <= INT16_MAX && this.#listsAt.length <= INT16_MAX;
    this.#cells = isSmall ? Int16Array.from(cells) : cells;
  }

  /** Index of the area that holds the point, or -1. On a common border the area whose id sorts first. Allocates nothing. */
  find(lonE7: number, latE7: number): number {
    const x = lonE7 - this.#west;
    const y = latE7 - this.#south;
    if (x < 0 || y < 0) return -1;
    const column = Math.floor(x / this.#cellX);
    const row = Math.floor(y / this.#cellY);
    if (column >= this.#columns || row >= this.#rows) return -1;
    const cell = this.#cells[row * this.#columns + column] as number;
    if (cell >= 0) return cell - 1;
    const end = this.#listsAt[-cell] as number;
    for (let i = this.#listsAt[-cell - 1] as number; i < end; i++) {
      const area = this.#lists[i] as number;
      if (this.#holds(area, row, lonE7, latE7)) return area;
    }
    return -1;
  }

  bytes(): number {
    const parts = [this.#cells, this.#lists, this.#listsAt, this.#firstRow, this.#slabsAt, this.#slabs, this.#edges];
    return parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  /** Even-odd over the edges of one row; a point on an edge is in. */
  #holds(area: number, row: number, px: number, py: number): boolean {
    const slab = (this.#slabsAt[area] as number) + row - (this.#firstRow[area] as number);
    const g = this.#edges;
    const end = this.#slabs[slab + 1] as number;
    let odd = false;
    for (let i = this.#slabs[slab] as number; i < end; i += EDGE_INTS) {
      const x1 = g[i] as number;
      const y1 = g[i + 1] as number;
      const x2 = g[i + 2] as number;
      const y2 = g[i + 3] as number;
      if (y1 > py !== y2 > py) {
        const det = signOfDifference(x2 - x1, py - y1, px - x1, y2 - y1);
        if (det === 0) return true;
        if (det > 0 === y2 > y1) odd = !odd;
      } else if (y2 === py && (x2 === px || (y1 === py && x1 > px !== x2 > px))) return true;
    }
    return odd;
  }

  #rowOf(latE7: number): number {
    return Math.min(this.#rows - 1, Math.max(0, Math.floor((latE7 - this.#south) / this.#cellY)));
  }
  #columnOf(lonE7: number): number {
    return Math.min(this.#columns - 1, Math.max(0, Math.floor((lonE7 - this.#west) / this.#cellX)));
  }

  #addSlabs(area: number, areaEdges: Int32Array, slabs: GrowingInts, edges: GrowingInts): void {
    const [, south, , north] = boxOfEdges([areaEdges]);
    const first = this.#rowOf(south);
    const last = this.#rowOf(north);
    this.#firstRow[area] = first;
    this.#slabsAt[area] = slabs.length;
    const byRow: number[][] = Array.from({ length: last - first + 1 }, () => []);
    for (let i = 0; i < areaEdges.length; i += EDGE_INTS) {
      const y1 = areaEdges[i + 1] as number;
      const y2 = areaEdges[i + 3] as number;
      for (let row = this.#rowOf(Math.min(y1, y2)); row <= this.#rowOf(Math.max(y1, y2)); row++)
        byRow[row - first]?.push(i);
    }
    for (const inRow of byRow) {
      slabs.push(edges.length);
      for (const i of inRow) for (let j = i; j < i + EDGE_INTS; j++) edges.push(areaEdges[j] as number);
    }
  }

  /** Marks the cells an area's edges run through as mixed, and what lies between them, row by row, as wholly in or not. */
  #fillCells(area: number, areaEdges: Int32Array, cells: Int32Array, lists: Map<number, number[]>): void {
    const touched = this.#touchedCells(areaEdges);
    for (const cell of touched) addToList(cell, area, cells, lists);
    let before = -1;
    for (const cell of touched) {
      const row = Math.floor(cell / this.#columns);
      if (before >= 0 && cell > before + 1 && Math.floor(before / this.#columns) === row) {
        const px = this.#west + ((before + 1) % this.#columns) * this.#cellX + Math.floor(this.#cellX / 2);
        const py = this.#south + row * this.#cellY + Math.floor(this.#cellY / 2);
        if (this.#holds(area, row, px, py)) for (let c = before + 1; c < cell; c++) setWhole(c, area, cells, lists);
      }
      before = cell;
    }
  }

  #touchedCells(areaEdges: Int32Array): number[] {
    const touched = new Set<number>();
    for (let i = 0; i < areaEdges.length; i += EDGE_INTS) {
      const x1 = areaEdges[i] as number;
      const y1 = areaEdges[i + 1] as number;
      const x2 = areaEdges[i + 2] as number;
      const y2 = areaEdges[i + 3] as number;
      const bottom = this.#rowOf(Math.min(y1, y2));
      const top = this.#rowOf(Math.max(y1, y2));
      for (let row = bottom; row <= top; row++) {
        // Where the edge enters and leaves the row; one unit more on either side covers the rounding.
        const low = Math.max(Math.min(y1, y2), this.#south + row * this.#cellY);
        const high = Math.min(Math.max(y1, y2), this.#south + (row + 1) * this.#cellY);
        const xLow = y1 === y2 ? x1 : x1 + ((low - y1) * (x2 - x1)) / (y2 - y1);
        const xHigh = y1 === y2 ? x2 : x1 + ((high - y1) * (x2 - x1)) / (y2 - y1);
        const from = this.#columnOf(Math.min(xLow, xHigh) - 1);
        const to = this.#columnOf(Math.max(xLow, xHigh) + 1);
        for (let column = from; column <= to; column++) touched.add(row * this.#columns + column);
      }
    }
    return [...touched].sort((a, b) => a - b);
  }
}

function setWhole(cell: number, area: number, cells: Int32Array, lists: Map<number, number[]>): void {
  if ((cells[cell] as number) === NOWHERE && !lists.has(cell)) cells[cell] = area + 1;
  else addToList(cell, area, cells, lists);
}

function addToList(cell: number, area: number, cells: Int32Array, lists: Map<number, number[]>): void {
  const list = lists.get(cell);
  if (list !== undefined) {
    list.push(area);
    return;
  }
  const whole = cells[cell] as number;
  lists.set(cell, whole > 0 ? [whole - 1, area] : [area]);
  cells[cell] = NOWHERE;
}

/** Areas were added in order, so lists are in order too. Equal lists are kept once. */
function packLists(
  lists: ReadonlyMap<number, readonly number[]>,
  cells: Int32Array,
): { readonly lists: Int32Array; readonly starts: Int32Array } {
  const packed = new GrowingInts();
  const starts = new GrowingInts();
  const known = new Map<string, number>();
  for (const [cell, list] of lists) {
    const name = list.join();
    let number = known.get(name);
    if (number === undefined) {
      number = known.size;
      known.set(name, number);
      starts.push(packed.length);
      for (const area of list) packed.push(area);
    }
    cells[cell] = -number - 1;
  }
  starts.push(packed.length);
  return { lists: packed.toArray(), starts: starts.toArray() };
}

function edgesOf(feature: BoundaryFeature): Int32Array {
  const { geometry } = feature;
  const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
  const edges = new GrowingInts();
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const x1 = degreesToE7(ring[i - 1]?.[0] as number);
      const y1 = degreesToE7(ring[i - 1]?.[1] as number);
      const x2 = degreesToE7(ring[i]?.[0] as number);
      const y2 = degreesToE7(ring[i]?.[1] as number);
      if (x1 === x2 && y1 === y2) continue;
      edges.push(x1);
      edges.push(y1);
      edges.push(x2);
      edges.push(y2);
    }
  }
  return edges.toArray();
}

function boxOfEdges(lists: readonly Int32Array[]): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const edges of lists) {
    for (let i = 0; i < edges.length; i += 2) {
      const x = edges[i] as number;
      const y = edges[i + 1] as number;
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < south) south = y;
      if (y > north) north = y;
    }
  }
  return west <= east ? [west, south, east, north] : [0, 0, 0, 0];
}
