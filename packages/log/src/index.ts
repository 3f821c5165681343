// append, mirror, merged read with watermarks, snapshot store; JetStream and in-memory.
export type { AppendResult, EntryDraft, LogSubscription, OriginMessage, PeerState, SiteLog } from './types.ts';
