// Whether a point lies in a zone, accuracy left aside. A point on the edge is inside.
import { lonNearBox } from './e7.ts';
import { polygonInside } from './polygon.ts';
import { signedDistanceM } from './signed-distance.ts';
import { CIRCLE, CORRIDOR, EAST_EDGE, KIND, NORTH_EDGE, NUMBERS_AT, SOUTH, WEST } from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

export function inside(table: ZoneTable, slot: Slot, lonE7: number, latE7: number): boolean {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const west = h[i + WEST] as number;
  const east = h[i + EAST_EDGE] as number;
  const lon = lonNearBox(lonE7, west, east);
  if (lon < west || lon > east || latE7 < (h[i + SOUTH] as number) || latE7 > (h[i + NORTH_EDGE] as number))
    return false;
  const kind = h[i + KIND] as number;
  if ((kind & 3) === CIRCLE || (kind & 3) === CORRIDOR) return signedDistanceM(table, slot, lonE7, latE7) >= 0;
  const at = h[i + NUMBERS_AT] as number;
  return polygonInside(table.numbersOf(at), table.numbersAt(at), kind >>> 2, lon, latE7);
}
