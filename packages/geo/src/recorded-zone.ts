// A zone as the log carries it: plain JSON, whole numbers only. Everything a decision needs was worked out once, when the zone was
// recorded; packing it for use is copying.
import type { BoxE7 } from './e7.ts';
import type { LocalScale } from './ellipsoid.ts';

export const RECORDED_ZONE_VERSION = 1;

interface Recorded {
  readonly v: typeof RECORDED_ZONE_VERSION;
  /** Nothing of the zone lies outside; for circles and corridors with their width. */
  readonly boxE7: BoxE7;
  readonly scale: LocalScale;
}

/** All points at a geodesic distance of at most the radius. */
export interface RecordedCircle extends Recorded {
  readonly type: 'circle';
  readonly centerE7: readonly [lon: number, lat: number];
  readonly radiusMm: number;
}

/** `[lon, lat, lon, lat, ...]`, without the closing vertex. */
export type RingE7 = readonly number[];

/** One or more parts, each a shell and its holes; edges are straight in longitude and latitude (RFC 7946). */
export interface RecordedPolygon extends Recorded {
  readonly type: 'polygon';
  readonly partsE7: readonly (readonly RingE7[])[];
}

/** All points at most half the width from the line. */
export interface RecordedCorridor extends Recorded {
  readonly type: 'corridor';
  readonly lineE7: readonly number[];
  readonly widthMm: number;
}

export type RecordedZone = RecordedCircle | RecordedPolygon | RecordedCorridor;
