// Seeded fleet, feeds, and the independent oracle.
export { FLEET_PERSONS_MAX, type Fleet, type FleetOptions, fleet } from './fleet/fleet.ts';
export { type Feed, type FeedOptions, feed } from './feed/feed.ts';
export type { PlannedReport, ReportJson, SimDevice, Source } from './types.ts';
export { type Expected, type OracleCase, type OracleIncident, type OracleReport, expectedOf } from './oracle/oracle.ts';
export { type SiteAccess, Sites, readAccess } from './client/sites.ts';
export { type HttpAnswer, SiteHttp } from './client/site-http.ts';
export { EventStream, type StreamedEvent } from './client/event-stream.ts';
export { type ClusterAnswer } from './check/observe.ts';
export { type Percentiles, percentilesOf } from './check/percentiles.ts';
export { nowMs } from './play/player.ts';
export { type BenchCase, benchCases } from './bench/cases.ts';
export { type LatLon, rounded } from './plane.ts';
export { publishRaw } from './bench/bare-log.ts';
export { type LoadOptions, type RunningLoad, startLoad } from './play/load.ts';
export { type CheckOptions, type CheckResult, type DeviceHistory, runCheck } from './check/check.ts';
export type { NatsAccess } from './bench/bare-log.ts';
export { type BenchIngestOptions, type BenchIngestResult, benchIngest } from './bench/bench-ingest.ts';
export { type BenchDetectOptions, type BenchDetectResult, benchDetect } from './bench/bench-detect.ts';
