// append, mirror, merged read with watermarks, snapshot store; JetStream and in-memory.
export type {
  AppendResult,
  EntryDraft,
  EpochExtent,
  LogSubscription,
  OriginMessage,
  PeerEvent,
  PeerState,
  ReadFrom,
  SiteClock,
  SiteLog,
  Survey,
} from './types.ts';
export { type MergeChange, type Place, type PlacedEntry, comparePlaces } from './merge/placed.ts';
export { type EpochInfo, type MergeSnapshot, Merge } from './merge/merge.ts';
