// Longitudes and latitudes as integers of 1e-7 degree (about 11 mm). 180 degrees are 1.8e9: inside 32 bits with room for a box that
// reaches past the antimeridian.
export const HALF_TURN_E7 = 1_800_000_000;
export const TURN_E7 = 3_600_000_000;
export const QUARTER_TURN_E7 = 900_000_000;

/** A longitude difference the short way round, -180 to 180 degrees. */
export function shortWay(deltaE7: number): number {
  if (deltaE7 > HALF_TURN_E7) return deltaE7 - TURN_E7;
  if (deltaE7 < -HALF_TURN_E7) return deltaE7 + TURN_E7;
  return deltaE7;
}

/** The longitude of a fix, moved by a whole turn if that brings it nearer to the middle of a box. */
export function lonNearBox(lonE7: number, west: number, east: number): number {
  const away = lonE7 - (west + east) / 2;
  if (away > HALF_TURN_E7) return lonE7 - TURN_E7;
  if (away < -HALF_TURN_E7) return lonE7 + TURN_E7;
  return lonE7;
}

/** A box: west, south, east, north. Longitudes span the whole turn where a zone reaches over the antimeridian or a pole. */
export type BoxE7 = readonly [west: number, south: number, east: number, north: number];
