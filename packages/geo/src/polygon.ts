// A packed polygon or multipolygon: rings one after the other, each [n, lon, lat, lon, lat, ...] with n < 0 for a hole and without
// the closing vertex. A point is inside by even-odd over all rings, which the checks at authoring make the same as "in a shell and in
// none of its holes"; a point on an edge is inside. All in integers, exact.
import { segmentsTouch, signOfDifference } from './exact.ts';
import { squaredToSegment } from './metric.ts';

/** True if the point is inside or on the boundary. `g` at `at`: the rings. */
export function polygonInside(g: Int32Array, at: number, rings: number, px: number, py: number): boolean {
  let odd = false;
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const n = Math.abs(g[i] as number);
    const end = i + 1 + 2 * n;
    let x1 = g[end - 2] as number;
    let y1 = g[end - 1] as number;
    for (i++; i < end; i += 2) {
      const x2 = g[i] as number;
      const y2 = g[i + 1] as number;
      if (y1 > py !== y2 > py) {
        const det = signOfDifference(x2 - x1, py - y1, px - x1, y2 - y1);
        if (det === 0) return true;
        if (det > 0 === y2 > y1) odd = !odd;
      } else if (y2 === py && (x2 === px || (y1 === py && x1 > px !== x2 > px))) return true;
      x1 = x2;
      y1 = y2;
    }
  }
  return odd;
}

/** What `scanPolygon` found: square of the distance to the nearest edge within reach (else infinite). */
export const found = new Float64Array(1);

/**
 * One pass: returns `polygonInside` and leaves in `found` the square of the distance in metres to the nearest edge, looking only at
 * edges whose box comes within `reachX`, `reachY` (1e-7 degree) of the point. `m` is the metric at the point.
 */
export function scanPolygon(
  g: Int32Array,
  at: number,
  rings: number,
  px: number,
  py: number,
  reachX: number,
  reachY: number,
  m: Float64Array,
): boolean {
  let odd = false;
  let onEdge = false;
  let best = Infinity;
  const west = px - reachX;
  const east = px + reachX;
  const south = py - reachY;
  const north = py + reachY;
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const n = Math.abs(g[i] as number);
    const end = i + 1 + 2 * n;
    let x1 = g[end - 2] as number;
    let y1 = g[end - 1] as number;
    for (i++; i < end; i += 2) {
      const x2 = g[i] as number;
      const y2 = g[i + 1] as number;
      if (y1 > py !== y2 > py) {
        const det = signOfDifference(x2 - x1, py - y1, px - x1, y2 - y1);
        if (det === 0) onEdge = true;
        if (det > 0 === y2 > y1) odd = !odd;
      } else if (y2 === py && (x2 === px || (y1 === py && x1 > px !== x2 > px))) onEdge = true;
      if (
        (x1 >= west || x2 >= west) &&
        (x1 <= east || x2 <= east) &&
        (y1 >= south || y2 >= south) &&
        (y1 <= north || y2 <= north)
      ) {
        const d2 = squaredToSegment(x1 - px, y1 - py, x2 - px, y2 - py, m);
        if (d2 < best) best = d2;
      }
      x1 = x2;
      y1 = y2;
    }
  }
  found[0] = onEdge ? 0 : best;
  return odd || onEdge;
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
