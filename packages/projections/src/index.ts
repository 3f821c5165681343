// Rows of Postgres that can be dropped and rebuilt from the log, and the log of who read them, which cannot.
export { dropProjections, migrate } from './store/migrate.ts';
export { Projector } from './projector.ts';
export type { ProjectorOptions, ProjectorStatus } from './projector.ts';
export type { LogEpoch, ProjectedCase, ProjectionSource } from './source.ts';
export { ProjectionReader } from './reader.ts';
export type { ReadSessionOptions } from './read/session.ts';
export type { Authority, ReadScope } from './read/scope.ts';
export type { CaseFilter, CaseWithOpen, PositionFilter } from './read/cases.ts';
export type { EventFilter, EventSlice } from './read/events.ts';
export type { IncidentFilter, QueuePlace } from './read/incidents.ts';
export type { KpiFilter, KpiRecord } from './read/kpi.ts';
export type { TrackFilter } from './read/track.ts';
export { caseRecord, incidentFacts } from './read/records.ts';
export type { CaseRecord, ChunkRecord, DeviceRecord, EventRecord, IncidentRecord, StepRecord } from './read/records.ts';
