// Rows of Postgres that can be dropped and rebuilt from the log, and the log of who read them, which cannot.
export { dropProjections, migrate } from './store/migrate.ts';
export { Projector } from './projector.ts';
export type { ProjectorOptions, ProjectorStatus } from './projector.ts';
export type { LogEpoch, ProjectedCase, ProjectionSource } from './source.ts';
