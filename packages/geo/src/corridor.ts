// A packed corridor: [width in mm, n, lon, lat, lon, lat, ...], a line with round ends and joints. Inside = at most half the width from
// the line.
import { segmentsTouch } from './exact.ts';
import { METRIC_SLOTS, fillMetric, squaredToSegment } from './metric.ts';

/** Square of the distance in metres from the point to the line, looking only at segments within reach; infinite if there are none. */
export function squaredToLine(
  g: Int32Array,
  at: number,
  px: number,
  py: number,
  reachX: number,
  reachY: number,
  m: Float64Array,
): number {
  const west = px - reachX;
  const east = px + reachX;
  const south = py - reachY;
  const north = py + reachY;
  const end = at + 2 + 2 * (g[at + 1] as number);
  let best = Infinity;
  let x1 = g[at + 2] as number;
  let y1 = g[at + 3] as number;
  for (let i = at + 4; i < end; i += 2) {
    const x2 = g[i] as number;
    const y2 = g[i + 1] as number;
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
  return best;
}

const metric = new Float64Array(METRIC_SLOTS);

/** True if the closed segment p-q comes within half the width of the line. */
export function corridorMeetsSegment(
  g: Int32Array,
  at: number,
  scale: Float64Array,
  scaleLatE7: number,
  px: number,
  py: number,
  qx: number,
  qy: number,
): boolean {
  const half = (g[at] as number) / 2000;
  const limit2 = half * half;
  const end = at + 2 + 2 * (g[at + 1] as number);
  // Either an end of the movement is near a segment of the line, or an end of such a segment is near the movement, or they cross.
  fillMetric(scale, scaleLatE7, py, metric);
  if (squaredToLine(g, at, px, py, Infinity, Infinity, metric) <= limit2) return true;
  fillMetric(scale, scaleLatE7, qy, metric);
  if (squaredToLine(g, at, qx, qy, Infinity, Infinity, metric) <= limit2) return true;
  for (let i = at + 2; i < end; i += 2) {
    const x = g[i] as number;
    const y = g[i + 1] as number;
    fillMetric(scale, scaleLatE7, y, metric);
    if (squaredToSegment(px - x, py - y, qx - x, qy - y, metric) <= limit2) return true;
    if (i + 2 < end && segmentsTouch(px, py, qx, qy, x, y, g[i + 2] as number, g[i + 3] as number)) return true;
  }
  return false;
}
