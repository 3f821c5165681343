// Whether a point lies in a zone, accuracy left aside. A point on the edge is inside.
import { lonNearBox } from './e7.ts';
import { polygonInside } from './polygon.ts';
import { signedDistanceM } from './signed-distance.ts';
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

export function inside(table: ZoneTable, slot: Slot, lonE7: number, latE7: number): boolean {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const west = h[i + WEST] as number;
  const east = h[i + EAST_EDGE] as number;
  const lon = lonNearBox(lonE7, west, east);
  if (lon < west || lon > east || latE7 < (h[i + SOUTH] as number) || latE7 > (h[i + NORTH_EDGE] as number))
    return false;
  const kind = h[i + KIND] as number;
  if ((kind & KIND_BITS) === CIRCLE || (kind & KIND_BITS) === CORRIDOR)
    return signedDistanceM(table, slot, lonE7, latE7) >= 0;
  const at = h[i + NUMBERS_AT] as number;
  return polygonInside(table.numbersOf(at), table.numbersAt(at), kind >>> RINGS_SHIFT, lon, latE7);
}
