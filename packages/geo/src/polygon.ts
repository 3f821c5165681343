// A packed polygon or multipolygon: rings one after the other, each [n, lon, lat, lon, lat, ...] with n < 0 for a hole and without
// the closing vertex. A point is inside by even-odd over all rings, which the checks at authoring make the same as "in a shell and in
// none of its holes"; a point on an edge is inside. All in integers, exact.
//
// Most edges lie wholly above or wholly below the band of latitude that matters. Each vertex gets two bits for that without a branch
// (latitudes differ by less than 2^31), and an edge whose ends share a bit is done.
import { segmentsTouch, signOfDifference } from './exact.ts';
import { SCALE_SLOTS } from './ellipsoid.ts';
import { METRIC_SLOTS, fillMetric, squaredToSegment } from './metric.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

/** Bit 1: above the band, bit 2: below it. */
const outcode = (y: number, south: number, north: number): number =>
  (((north - y) >> 31) & 1) | (((y - south) >> 31) & 2);

/** Effect of one edge on the even-odd count: 0 none, 1 crossed, 2 the point lies on it. */
function edgeEffect(x1: number, y1: number, x2: number, y2: number, px: number, py: number): number {
  const isUp = y2 > py;
  if (y1 > py !== isUp) {
    const det = signOfDifference(x2 - x1, py - y1, px - x1, y2 - y1);
    return det === 0 ? 2 : det > 0 === isUp ? 1 : 0;
  }
  return y2 === py && (x2 === px || (y1 === py && x1 > px !== x2 > px)) ? 2 : 0;
}

/** True if the point is inside or on the boundary. `g` at `at`: the rings. */
export function polygonInside(g: Int32Array, at: number, rings: number, px: number, py: number): boolean {
  let odd = 0;
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const end = i + 1 + 2 * Math.abs(g[i] as number);
    let before = end - 2;
    let out1 = outcode(g[end - 1] as number, py, py);
    for (i++; i < end; i += 2) {
      const out2 = outcode(g[i + 1] as number, py, py);
      if ((out1 & out2) === 0) {
        const x1 = g[before] as number;
        const y1 = g[before + 1] as number;
        const effect = edgeEffect(x1, y1, g[i] as number, g[i + 1] as number, px, py);
        if (effect === 2) return true;
        odd ^= effect;
      }
      out1 = out2;
      before = i;
    }
  }
  return odd === 1;
}

// Bounds as 32-bit integers, which compare cheaply. Latitudes stop at 100 degrees, so that their differences fit 31 bits.
const LON_BOUND_E7 = 2_000_000_000;
const LAT_BOUND_E7 = 1_000_000_000;
const lowered = (value: number, bound: number): number => (value > -bound ? Math.floor(value) | 0 : -bound);
const raised = (value: number, bound: number): number => (value < bound ? Math.ceil(value) | 0 : bound);

const scale = new Float64Array(SCALE_SLOTS);
const metric = new Float64Array(METRIC_SLOTS);

/** What `scanPolygon` found: square of the distance to the nearest edge within reach (else infinite). */
export const found = new Float64Array(1);

/**
 * One pass: returns `polygonInside` and leaves in `found` the square of the distance in metres to the nearest edge, looking only at
 * edges whose box comes within `reachX`, `reachY` (1e-7 degree) of the point. The metric is worked out at the first such edge: mostly
 * there is none.
 */
export function scanPolygon(
  g: Int32Array,
  at: number,
  rings: number,
  px: number,
  py: number,
  reachX: number,
  reachY: number,
  table: ZoneTable,
  slot: Slot,
): boolean {
  let odd = 0;
  let isOnEdge = false;
  let hasMetric = false;
  let best = Infinity;
  const west = lowered(px - reachX, LON_BOUND_E7);
  const east = raised(px + reachX, LON_BOUND_E7);
  const south = lowered(py - reachY, LAT_BOUND_E7);
  const north = raised(py + reachY, LAT_BOUND_E7);
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const end = i + 1 + 2 * Math.abs(g[i] as number);
    let before = end - 2;
    let out1 = outcode(g[end - 1] as number, south, north);
    for (i++; i < end; i += 2) {
      const out2 = outcode(g[i + 1] as number, south, north);
      if ((out1 & out2) === 0) {
        const x1 = g[before] as number;
        const y1 = g[before + 1] as number;
        const x2 = g[i] as number;
        const y2 = g[i + 1] as number;
        const effect = edgeEffect(x1, y1, x2, y2, px, py);
        if (effect === 2) isOnEdge = true;
        else odd ^= effect;
        if ((x1 >= west || x2 >= west) && (x1 <= east || x2 <= east)) {
          if (!hasMetric) {
            fillMetric(scale, table.loadScale(slot, scale), py, metric);
            hasMetric = true;
          }
          const d2 = squaredToSegment(x1 - px, y1 - py, x2 - px, y2 - py, metric);
          if (d2 < best) best = d2;
        }
      }
      out1 = out2;
      before = i;
    }
  }
  found[0] = isOnEdge ? 0 : best;
  return isOnEdge || odd === 1;
}

/** True if the closed segment p-q has a point in common with the polygon. */
export function polygonMeetsSegment(
  g: Int32Array,
  at: number,
  rings: number,
  px: number,
  py: number,
  qx: number,
  qy: number,
): boolean {
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const n = Math.abs(g[i] as number);
    const end = i + 1 + 2 * n;
    let x1 = g[end - 2] as number;
    let y1 = g[end - 1] as number;
    for (i++; i < end; i += 2) {
      const x2 = g[i] as number;
      const y2 = g[i + 1] as number;
      if (segmentsTouch(px, py, qx, qy, x1, y1, x2, y2)) return true;
      x1 = x2;
      y1 = y2;
    }
  }
  // No edge is met: the segment is wholly inside or wholly outside.
  return polygonInside(g, at, rings, px, py);
}
