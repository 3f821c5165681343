// Seeded fleet, feeds, and the independent oracle.
export { FLEET_PERSONS_MAX, type Fleet, type FleetOptions, fleet } from './fleet/fleet.ts';
export { type Feed, type FeedOptions, feed } from './feed/feed.ts';
export type { PlannedReport, ReportJson, SimDevice, Source } from './types.ts';
export { type Expected, type OracleCase, type OracleIncident, type OracleReport, expectedOf } from './oracle/oracle.ts';
