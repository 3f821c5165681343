// one site's engine over the merged log: live and settled, snapshots, digests, replay.
export { type Unobserved, type UnobservedDevice, UnobservedWatch } from './unobserved.ts';
export { mayHurt } from './harm.ts';
export { type MassSilence, MassSilenceWatch } from './mass-silence-watch.ts';
export type { Erasure } from './erasure.ts';
export { ERASED_BEFORE_MS, ErasureJob, type RetentionDates } from './erasing/erasure-job.ts';
export { KeyDestroyer } from './erasing/key-destroyer.ts';
export { forgetSnapshotsFrom } from './forget-snapshots.ts';
export { Replica } from './replica.ts';
export { type AskedSwitch, SWITCHES_MAX } from './rule-switches.ts';
export { CASE_SWITCHES_SINCE, NO_SWITCHES, type OwnSwitches, type SwitchOfRule, offAfter } from '@vigie/engine';
export { type SiteEpoch, SiteReplica } from './site-replica.ts';
export {
  type ReplayOptions,
  type ReplayResult,
  type ReplayedEvent,
  type ReplayedIncident,
  replayLog,
} from './replay.ts';
export type { DispatchMark } from './dispatch-marks.ts';
export { ownerOf } from './duties.ts';
export { type DueSwitchOptions, dueSwitch } from './due-switch.ts';
export { digestOf } from './digest-tree.ts';
export { openItem } from './open-item.ts';
export type { ZoneRevision } from './shared-zones-in-force.ts';
export { encodePayload, type OrderPayload, type StopPayload } from './payload.ts';
export type {
  DecisionAnswer,
  DecisionDraft,
  DecisionStatus,
  DirectoryEntry,
  EventPageOfRing,
  EventPosition,
  KeyRing,
  PublishedData,
  PublishedEvent,
  ReplicaCaseView,
  ReplicaFault,
  ReplicaOptions,
  ReplicaStatus,
} from './types.ts';
export { MemorySnapshots, type SnapshotStore } from './snapshot-store.ts';
export { type Timing, systemTiming } from './timing.ts';
