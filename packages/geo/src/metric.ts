// The scale in force at a fix: metres per 1e-7 degree there, and how it bends away from there. Near a zone it comes from the scale
// recorded with the zone, elsewhere from the series; both are plain arithmetic.
import { writeScale } from './ellipsoid.ts';
import { PI } from './series.ts';

const M_PER_PM = 1e-12;
const DEGREE_PER_E7 = 1e-7;
const RAD_PER_DEGREE = PI / 180;
/** Half the second derivative of a cosine, relative, per square degree. Leaves out 2 % of a term that is itself 2e-5 at the limit below. */
const BEND_PER_DEGREE2 = (RAD_PER_DEGREE * RAD_PER_DEGREE) / 2;
/** A recorded scale is used up to 0.3 degree of latitude from its own: beyond, its error would pass 1e-6 of a length. */
const RECORDED_SCALE_REACH_E7 = 3_000_000;
/** Closer to a pole than 5 degrees, planar formulas bend too fast: distances go by the geodesic. */
export const POLAR_LAT_E7 = 850_000_000;

/** Slots of a metric: metres per 1e-7 degree east, its half slope and quarter bend per 1e-7 degree of latitude; the same north. */
export const EAST = 0;
export const EAST_SLOPE = 1;
const EAST_BEND = 2;
export const NORTH = 3;
const NORTH_SLOPE = 4;
export const METRIC_SLOTS = 5;

const scratch = new Float64Array(4);

/**
 * Fills `out` with the metric at `latE7`. `scale` is a recorded scale (see `writeScale`) taken at `scaleLatE7`.
 * Slopes are halved and bends quartered once more, because a chord is measured at its middle latitude.
 */
export function fillMetric(scale: Float64Array, scaleLatE7: number, latE7: number, out: Float64Array): void {
  const away = latE7 - scaleLatE7;
  if (away > RECORDED_SCALE_REACH_E7 || away < -RECORDED_SCALE_REACH_E7) {
    writeScale(latE7, scratch);
    fillFrom(scratch, 0, out);
  } else fillFrom(scale, away * DEGREE_PER_E7, out);
}

/** Fills `out` with the metric at a latitude by the series alone. */
export function fillMetricAt(latE7: number, out: Float64Array): void {
  writeScale(latE7, scratch);
  fillFrom(scratch, 0, out);
}

function fillFrom(scale: Float64Array, degrees: number, out: Float64Array): void {
  const east = (scale[0] as number) * M_PER_PM;
  const eastSlope = (scale[1] as number) * M_PER_PM;
  const north = (scale[2] as number) * M_PER_PM;
  const northSlope = (scale[3] as number) * M_PER_PM;
  const bend = east * BEND_PER_DEGREE2;
  out[EAST] = east + degrees * (eastSlope - degrees * bend);
  out[EAST_SLOPE] = (eastSlope - 2 * degrees * bend) * (DEGREE_PER_E7 / 2);
  out[EAST_BEND] = bend * ((DEGREE_PER_E7 * DEGREE_PER_E7) / 4);
  out[NORTH] = north + degrees * northSlope;
  out[NORTH_SLOPE] = northSlope * (DEGREE_PER_E7 / 2);
}

/** Where on a segment, 0 to 1, the point nearest to the metric's own place lies; ends relative to that place, 1e-7 degree. */
export function footOnSegment(ax: number, ay: number, bx: number, by: number, m: Float64Array): number {
  const east = m[EAST] as number;
  const north = m[NORTH] as number;
  const ux = (bx - ax) * east;
  const uy = (by - ay) * north;
  const along = -(ax * east * ux + ay * north * uy);
  if (along <= 0) return 0;
  const length2 = ux * ux + uy * uy;
  return along >= length2 ? 1 : along / length2;
}

/**
 * Square of the distance in metres from the metric's own place to the nearest point of a segment that is straight in longitude and
 * latitude. The foot is found with the scale of the place; its distance is then taken with the scale half way to it.
 */
export function squaredToSegment(ax: number, ay: number, bx: number, by: number, m: Float64Array): number {
  const t = footOnSegment(ax, ay, bx, by, m);
  return t === 1 ? squaredTo(bx, by, m) : squaredTo(ax + t * (bx - ax), ay + t * (by - ay), m);
}

/** Square of the distance in metres to a point relative to the metric's own place. */
function squaredTo(x: number, y: number, m: Float64Array): number {
  const dx = x * ((m[EAST] as number) + y * ((m[EAST_SLOPE] as number) - y * (m[EAST_BEND] as number)));
  const dy = y * ((m[NORTH] as number) + y * (m[NORTH_SLOPE] as number));
  return dx * dx + dy * dy;
}
