// WGS84, and how many metres a step of 1e-7 degree is at a latitude.
import { RAD_PER_E7, sineE7 } from './series.ts';

export const EQUATOR_M = 6_378_137;
export const FLATTENING = 1 / 298.257223563;
export const POLE_M = EQUATOR_M * (1 - FLATTENING);
export const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);

/**
 * Metres per 1e-7 degree at a latitude and how they change with it. Integers, so that the log holds no rounded decimals:
 * picometres (1e-12 m) resolve 1e-10 of a length. Recorded with each zone; decisions near the zone use these and no trigonometry.
 */
export interface LocalScale {
  readonly latE7: number;
  /** Picometres per 1e-7 degree of longitude, and its change per degree of latitude. */
  readonly eastPm: number;
  readonly eastPmPerDegree: number;
  /** Picometres per 1e-7 degree of latitude, and its change per degree of latitude. */
  readonly northPm: number;
  readonly northPmPerDegree: number;
}

const PM = 1e12;
const RAD_PER_DEGREE = RAD_PER_E7 * 1e7;

/**
 * Slots of a scale in a Float64Array; the numbers are those of LocalScale, so that a recorded zone comes back out as it went in.
 * The latitude is kept beside, as an integer.
 */
export const SCALE_SLOTS = 4;

/** Writes eastPm, eastPmPerDegree, northPm, northPmPerDegree at a latitude into `out`. Allocates nothing. */
export function writeScale(latE7: number, out: Float64Array): void {
  const s = sineE7(latE7);
  // Good to 1e-14 of itself up to 89.9 degrees; beyond, distances go by the geodesic.
  const c = Math.sqrt((1 - s) * (1 + s));
  const w = 1 - ECCENTRICITY2 * s * s;
  const normalM = EQUATOR_M / Math.sqrt(w);
  const meridianM = (normalM * (1 - ECCENTRICITY2)) / w;
  out[0] = normalM * c * RAD_PER_E7 * PM;
  // d(N cos)/dlat = -M sin; dM/dlat = 3 M e2 sin cos / w.
  out[1] = -meridianM * s * RAD_PER_E7 * RAD_PER_DEGREE * PM;
  out[2] = meridianM * RAD_PER_E7 * PM;
  out[3] = ((3 * meridianM * ECCENTRICITY2 * s * c) / w) * RAD_PER_E7 * RAD_PER_DEGREE * PM;
}

/** The same in whole picometres, as it is recorded with a zone. */
export function writeRecordedScale(latE7: number, out: Float64Array): void {
  writeScale(latE7, out);
  // + 0 turns -0, which JSON does not keep, into 0.
  for (let n = 0; n < SCALE_SLOTS; n++) out[n] = Math.round(out[n] as number) + 0;
}

const scratch = new Float64Array(SCALE_SLOTS);

/** The scale at a latitude, for a zone being recorded. */
export function scaleAt(latE7: number): LocalScale {
  writeRecordedScale(latE7, scratch);
  const [eastPm = 0, eastPmPerDegree = 0, northPm = 0, northPmPerDegree = 0] = scratch;
  return { latE7, eastPm, eastPmPerDegree, northPm, northPmPerDegree };
}
