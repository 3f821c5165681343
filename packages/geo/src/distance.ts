// Distance between two points: the middle-latitude formula with its next term up to 1 degree apart, the full geodesic beyond.
import { shortWay } from './e7.ts';
import { EAST, EAST_SLOPE, METRIC_SLOTS, NORTH, fillMetric, fillMetricAt } from './metric.ts';
import { geodesicM } from './geodesic.ts';
import { RAD_PER_E7 } from './series.ts';

/** Up to 1 degree apart the series below is good to 1e-7 of the distance (distance.test.ts measures it), at any latitude. */
export const SERIES_REACH_E7 = 10_000_000;
const SERIES_LAT_MAX_E7 = 890_000_000;
/** Square of the mean radius: scales the second term only, where its 0.3 % matters nowhere. */
const RADIUS2 = 6_371_009 * 6_371_009;

const metric = new Float64Array(METRIC_SLOTS);

/** Metres between two points of WGS84. Same bits on every machine; allocates nothing. */
export function distanceM(lon1E7: number, lat1E7: number, lon2E7: number, lat2E7: number): number {
  const dx = shortWay(lon2E7 - lon1E7);
  const dy = lat2E7 - lat1E7;
  if (!inSeriesReach(dx, dy, lat1E7)) return geodesicM(lon1E7, lat1E7, lon2E7, lat2E7);
  fillMetricAt(lat1E7 + dy / 2, metric);
  return series(dx, dy);
}

/** As `distanceM`, from a place whose scale was recorded: `scale`, taken at the latitude of point 1. */
export function distanceFromM(
  lon1E7: number,
  lat1E7: number,
  lon2E7: number,
  lat2E7: number,
  scale: Float64Array,
): number {
  const dx = shortWay(lon2E7 - lon1E7);
  const dy = lat2E7 - lat1E7;
  if (!inSeriesReach(dx, dy, lat1E7)) return geodesicM(lon1E7, lat1E7, lon2E7, lat2E7);
  fillMetric(scale, lat1E7, lat1E7 + dy / 2, metric);
  return series(dx, dy);
}

function inSeriesReach(dx: number, dy: number, latE7: number): boolean {
  return (
    dx <= SERIES_REACH_E7 &&
    dx >= -SERIES_REACH_E7 &&
    dy <= SERIES_REACH_E7 &&
    dy >= -SERIES_REACH_E7 &&
    latE7 <= SERIES_LAT_MAX_E7 &&
    latE7 >= -SERIES_LAT_MAX_E7 &&
    latE7 + dy <= SERIES_LAT_MAX_E7 &&
    latE7 + dy >= -SERIES_LAT_MAX_E7
  );
}

/**
 * The haversine formula expanded at the middle latitude. X east, Y north, both as metres; s = sin(lat) dlon, which unlike tan(lat)
 * stays small towards the poles: d2 = X2 + Y2 - X2 s2 / 12 + X2 Y2 / (6 R2) - Y2 dlon2 / 4.
 */
function series(dx: number, dy: number): number {
  const x = dx * (metric[EAST] as number);
  const y = dy * (metric[NORTH] as number);
  const x2 = x * x;
  const y2 = y * y;
  const lambda = dx * RAD_PER_E7;
  // The slope of the east scale over the north scale is the sine of the latitude.
  const s = (2 * (metric[EAST_SLOPE] as number) * dx) / (metric[NORTH] as number);
  return Math.sqrt(x2 + y2 - (x2 * s * s) / 12 + (x2 * y2) / (6 * RADIUS2) - (y2 * lambda * lambda) / 4);
}
