// How far metres reach in 1e-7 degree, never too short: for boxes that may only reject what is surely out of reach.

/** A degree of latitude is at least 110,574 m; 1 % more covers the bend of parallels within 20 km. */
const E7_PER_M_NORTH = (1e7 / 110_574) * 1.01;
/** A degree of longitude is at least 111,319 m times the cosine of the latitude. */
const E7_PER_M_EAST = (1e7 / 111_319) * 1.01;
/** Bhaskara's cosine (4 - 4u2) / (4 + u2), u = latitude / 90 degrees, is at most 2 % above the true one, that at the poles. */
const COSINE_BELOW = 0.98;

export const northReachE7 = (metres: number): number => metres * E7_PER_M_NORTH;

/** Infinite at the poles. */
export function eastReachE7(metres: number, latE7: number): number {
  if (metres === 0) return 0;
  const u = latE7 / 9e8;
  const u2 = u * u;
  return (metres * E7_PER_M_EAST * (4 + u2)) / (COSINE_BELOW * 4 * (1 - u2));
}
