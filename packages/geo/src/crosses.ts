// Whether a movement between two sparse fixes, straight in longitude and latitude the short way round, touched a zone.
import { HALF_TURN_E7, TURN_E7, shortWay } from './e7.ts';
import { corridorMeetsSegment } from './corridor.ts';
import { distanceFromM } from './distance.ts';
import { SCALE_SLOTS } from './ellipsoid.ts';
import { inside } from './inside.ts';
import { METRIC_SLOTS, fillMetric, footOnSegment } from './metric.ts';
import { polygonMeetsSegment } from './polygon.ts';
import {
  CIRCLE,
  CORRIDOR,
  EAST_EDGE,
  KIND,
  KIND_BITS,
  NORTH_EDGE,
  NUMBERS_AT,
  RINGS_SHIFT,
  SOUTH,
  WEST,
} from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

const scale = new Float64Array(SCALE_SLOTS);
const metric = new Float64Array(METRIC_SLOTS);

/** True if any point of the segment, its ends included, is inside or on the edge of the zone. */
export function crosses(
  table: ZoneTable,
  slot: Slot,
  lon1E7: number,
  lat1E7: number,
  lon2E7: number,
  lat2E7: number,
): boolean {
  const lon2 = lon1E7 + shortWay(lon2E7 - lon1E7);
  if (meets(table, slot, lon1E7, lat1E7, lon2, lat2E7)) return true;
  // The movement, or the zone's box, may reach over the antimeridian: look once more a whole turn away.
  if (
    Math.max(lon1E7, lon2) > HALF_TURN_E7 ||
    (table.headersOf(slot)[table.headerAt(slot) + WEST] as number) < -HALF_TURN_E7
  )
    return meets(table, slot, lon1E7 - TURN_E7, lat1E7, lon2 - TURN_E7, lat2E7);
  if (
    Math.min(lon1E7, lon2) < -HALF_TURN_E7 ||
    (table.headersOf(slot)[table.headerAt(slot) + EAST_EDGE] as number) > HALF_TURN_E7
  )
    return meets(table, slot, lon1E7 + TURN_E7, lat1E7, lon2 + TURN_E7, lat2E7);
  return false;
}

function meets(table: ZoneTable, slot: Slot, px: number, py: number, qx: number, qy: number): boolean {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  if (Math.max(px, qx) < (h[i + WEST] as number) || Math.min(px, qx) > (h[i + EAST_EDGE] as number)) return false;
  if (Math.max(py, qy) < (h[i + SOUTH] as number) || Math.min(py, qy) > (h[i + NORTH_EDGE] as number)) return false;
  const kind = h[i + KIND] as number;
  const at = h[i + NUMBERS_AT] as number;
  const g = table.numbersOf(at);
  const k = table.numbersAt(at);
  if ((kind & KIND_BITS) !== CIRCLE && (kind & KIND_BITS) !== CORRIDOR)
    return polygonMeetsSegment(g, k, kind >>> RINGS_SHIFT, px, py, qx, qy);
  if (inside(table, slot, px, py) || inside(table, slot, qx, qy)) return true;
  const scaleLatE7 = table.loadScale(slot, scale);
  if ((kind & KIND_BITS) === CORRIDOR) return corridorMeetsSegment(g, k, scale, scaleLatE7, px, py, qx, qy);
  const cx = g[k] as number;
  const cy = g[k + 1] as number;
  fillMetric(scale, cy, cy, metric);
  const t = footOnSegment(px - cx, py - cy, qx - cx, qy - cy, metric);
  const d = distanceFromM(cx, cy, px + t * (qx - px), py + t * (qy - py), scale);
  return d <= (g[k + 2] as number) / 1000;
}
