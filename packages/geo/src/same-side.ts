// A box around a fix in which nobody changes sides of a zone. While the next fixes stay in it, their verdicts are the one already known
// and no way between them crosses the edge, so a look at four integers takes the place of the geometry.
import { lonNearBox } from './e7.ts';
import { eastReachE7, northReachE7 } from './reach.ts';
import { signedDistanceM } from './signed-distance.ts';
import { EAST_EDGE, NORTH_EDGE, SOUTH, WEST } from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

/** West, south, east, north in 1e-7 degree, the rim included. */
export type SideBox = Int32Array;

/** Half the side of the widest box, 1e-7 degree: 20 km north, 14 km east at 47 degrees. */
export const HALF_E7_MAX = 1_800_000;
/** No box where scales bend fast or the turn of longitudes is near. */
const LAT_E7_MAX = 800_000_000;
const LON_E7_MAX = 1_790_000_000;
/** A square of this half side per metre lies within the circle: 1e-7 degree is at most 11.17 mm, the corner 1.42 times as far; 1 % spare. */
const E7_PER_M = 62;
/** What a signed distance may be off by, far more than it is. */
export const DISTANCE_ERROR = 0.002;
export const DISTANCE_ERROR_M = 0.01;

/** The widest box around a point; false: none here. */
export function widestBox(lonE7: number, latE7: number, box: SideBox): boolean {
  if (lonE7 > LON_E7_MAX || lonE7 < -LON_E7_MAX || latE7 > LAT_E7_MAX || latE7 < -LAT_E7_MAX) return false;
  box[0] = lonE7 - HALF_E7_MAX;
  box[1] = latE7 - HALF_E7_MAX;
  box[2] = lonE7 + HALF_E7_MAX;
  box[3] = latE7 + HALF_E7_MAX;
  return true;
}

/** Cuts the box to a square whose points lie at most `metres` from the point. */
export function cutToReach(lonE7: number, latE7: number, metres: number, box: SideBox): void {
  const half = metres > 0 ? Math.floor(metres * E7_PER_M) : 0;
  if (half >= HALF_E7_MAX) return;
  if ((box[0] as number) < lonE7 - half) box[0] = lonE7 - half;
  if ((box[1] as number) < latE7 - half) box[1] = latE7 - half;
  if ((box[2] as number) > lonE7 + half) box[2] = lonE7 + half;
  if ((box[3] as number) > latE7 + half) box[3] = latE7 + half;
}

/**
 * Cuts a box from `widestBox` around the same point to where every point lies on the point's side of the zone's edge. `ringM` other
 * than 0 adds a second edge so many metres outside the first (negative: inside).
 */
export function cutToSameSide(
  table: ZoneTable,
  slot: Slot,
  lonE7: number,
  latE7: number,
  ringM: number,
  box: SideBox,
): void {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  let west = h[i + WEST] as number;
  let south = h[i + SOUTH] as number;
  let east = h[i + EAST_EDGE] as number;
  let north = h[i + NORTH_EDGE] as number;
  if (lonNearBox(lonE7, west, east) !== lonE7) {
    cutToReach(lonE7, latE7, 0, box);
    return;
  }
  if (ringM > 0) {
    const reachX = Math.ceil(eastReachE7(ringM, Math.abs(latE7) + HALF_E7_MAX));
    const reachY = Math.ceil(northReachE7(ringM));
    west -= reachX;
    east += reachX;
    south -= reachY;
    north += reachY;
  }
  // Beside the zone's box: cut where it costs least.
  switch (widestGap(lonE7 - east, latE7 - north, west - lonE7, south - latE7)) {
    case 0:
      if ((box[0] as number) <= east) box[0] = east + 1;
      return;
    case 1:
      if ((box[1] as number) <= north) box[1] = north + 1;
      return;
    case 2:
      if ((box[2] as number) >= west) box[2] = west - 1;
      return;
    case 3:
      if ((box[3] as number) >= south) box[3] = south - 1;
      return;
    default: {
      cutToReach(lonE7, latE7, clearanceM(table, slot, lonE7, latE7, ringM), box);
    }
  }
}

/** The side of what is to be cut off that leaves most room: 0 west, 1 south, 2 east, 3 north of the box; -1: there is none. */
export function widestGap(west: number, south: number, east: number, north: number): number {
  let widest = 0;
  let side = -1;
  if (east > widest) {
    widest = east;
    side = 2;
  }
  if (west > widest) {
    widest = west;
    side = 0;
  }
  if (north > widest) {
    widest = north;
    side = 3;
  }
  if (south > widest) side = 1;
  return side;
}

/** Metres to the nearer of the edge and the ring, at least. */
export function clearanceM(table: ZoneTable, slot: Slot, lonE7: number, latE7: number, ringM: number): number {
  const d = signedDistanceM(table, slot, lonE7, latE7);
  const m = ringM === 0 ? Math.abs(d) : Math.min(Math.abs(d), Math.abs(d + ringM));
  return m * (1 - DISTANCE_ERROR) - DISTANCE_ERROR_M;
}
