// append, mirror, merged read with watermarks, snapshot store; JetStream and in-memory.
export type {
  AppendResult,
  CopyDoor,
  RotationDoor,
  EntryDraft,
  EpochExtent,
  LogSubscription,
  OriginMessage,
  PeerEvent,
  PeerState,
  ReadFrom,
  ReadingRoom,
  SiteClock,
  SiteLog,
  Survey,
} from './types.ts';
export { type MergeChange, type Place, type PlacedEntry, comparePlaces } from './merge/placed.ts';
export { Merge } from './merge/merge.ts';
export type { EpochInfo } from './merge/epoch-info.ts';
export type { MergeSnapshot } from './merge/snapshot.ts';
export { TRAPS, type Traps } from './merge/traps.ts';
export { GENESIS } from './merge/admit-data.ts';
export { type FollowOptions, type Following, followLog } from './follow.ts';
export type { DirectSource } from './direct-reading.ts';
export { HybridClock } from './hybrid-clock.ts';
export { entryBytes, originMessage } from './origin-message.ts';
export { decodeStored, encodeStored } from './stored-frame.ts';
export { PeerLine } from './peer/peer-line.ts';
export { ManualTime, type Time, systemClock, systemTime } from './time.ts';
export { MemoryCluster } from './memory/memory-cluster.ts';
export type { MemoryLog } from './memory/memory-log.ts';
export { type KeeperAction, type KeeperView, keeperDecide } from './keeper/decide.ts';
export { ROTATION, type RotationRule, type RunningEpoch } from './keeper/rotation.ts';
export { type FoundAnswer, type KeeperOptions, Keeper, type Membership, type YieldAnswer } from './keeper/keeper.ts';
export { type MembershipState, membershipState } from './keeper/membership.ts';
export {
  type SiteMember,
  joinedMembership,
  joinedPeer,
  retireAll,
  yieldAll,
} from './keeper/site-membership.ts';
export { KEY_OBJECTS_MAX, MeasureKeys, type MeasureKeysOptions, readWrappingKey } from './seal/measure-keys.ts';
export { ARCHIVES_DIR, Archives } from './archive/archives.ts';
export { partitionDir } from './partition-dir.ts';
export { Archivist } from './archive/archivist.ts';
export type { ArchiveIndex } from './archive/archive-file.ts';
export type { Divergence } from './tree/compare.ts';
export { Notary, type NotaryOptions } from './tree/notary.ts';
export { FileTrees, type TreeStore, type TreesSnapshot } from './tree/tree-store.ts';
export { FileSnapshots } from './snapshots/file-snapshots.ts';
export { type JetStreamLogOptions, type JetStreamSiteLog, openJetStreamLog } from './jetstream/jetstream-log.ts';
export { DISK_RESERVE_BYTES, DiskWatch } from './jetstream/disk-watch.ts';
export { type StoredLog, openStoredLog } from './jetstream/stored-log.ts';
