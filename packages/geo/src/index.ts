// The one door of geo: exact geometry for detection. Coordinates are integers of 1e-7 degree, longitude first; lengths are metres.
export { type BoxE7 } from './e7.ts';
export { type LocalScale } from './ellipsoid.ts';
export { type CompileOptions, type CompiledZone, VALIDITY_CH, compileZone } from './compile-zone.ts';
export { ZONE_LIMITS, type ZoneLimits } from './zone-limits.ts';
export { type BoxDegrees, type ZoneProblem, type ZoneProblemCode } from './zone-problems.ts';
export {
  type RecordedCircle,
  type RecordedCorridor,
  type RecordedPolygon,
  type RecordedZone,
} from './recorded-zone.ts';
export { type Slot, ZoneTable } from './zone-table.ts';
export { ZONES_PER_PERSON_MAX } from './slot-blocks.ts';
export { PersonZones } from './person-zones.ts';
export { SharedZones } from './shared-zones.ts';
export { inside } from './inside.ts';
export { signedDistanceM } from './signed-distance.ts';
export { INSIDE, OUTSIDE, UNDETERMINED, type Verdict, verdict } from './verdict.ts';
export { crosses } from './crosses.ts';
export { distanceM } from './distance.ts';
export { cutToEdges } from './edge-free-box.ts';
export { type SideBox, cutToReach, cutToSameSide, widestBox } from './same-side.ts';
export { eastReachE7, northReachE7 } from './reach.ts';
export { geodesicM } from './geodesic.ts';
export { type BoundaryFeature, BoundaryLayer } from './boundary-layer.ts';
export { Jurisdiction, type Place } from './jurisdiction.ts';
