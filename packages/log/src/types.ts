// The narrow door to the log. JetStream and memory stand behind it and pass the same conformance suite; no type of the
// NATS client travels further.
import type { Entry, LogTimeUs, Result, Seen, Seq, SiteId, VectorPosition } from '@vigie/model';

/** Where an append ended up; `unknown` means the log may hold it: append again, the entryId makes that safe. */
export type AppendResult =
  | { readonly kind: 'stored'; readonly epoch: string; readonly seq: Seq; readonly t: LogTimeUs }
  | {
      readonly kind: 'refused';
      readonly reason: 'disk_full' | 'too_large' | 'sealed' | 'stopped';
      readonly detail: string;
    }
  | { readonly kind: 'unknown'; readonly detail: string; readonly cause?: unknown };

/** What a writer gives; the log adds v, t and seen (L4, L7). */
export type EntryDraft = Omit<Entry, 'v' | 't' | 'seen'>;

/** One message of one origin, in the order of that origin; malformed bytes are a value (drill `poison`). */
export interface OriginMessage {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  readonly bytes: Uint8Array;
  readonly entry: Result<Entry>;
}

/** How the two sites stand to each other, as seen from here (L7). */
export interface PeerState {
  readonly joined: boolean;
  readonly reachable: boolean;
  /** How far the peer has said to hold our running origin. */
  readonly seenByPeer: Seen;
  /** Milliseconds since the peer was last heard; undefined = never. */
  readonly heardAgoMs: number | undefined;
}

/** One site's log: its own origin for writing, both origins for reading. */
export interface SiteLog {
  readonly site: SiteId;
  /** The running epoch of the own origin. */
  readonly epoch: string;
  /** Resolves once stored and fsynced at this site. Never throws for world errors. */
  append(draft: EntryDraft): Promise<AppendResult>;
  /** Delivers every message of both origins from `from` (all, if absent), each origin in its order, and then as they come. */
  subscribe(from: VectorPosition | undefined, deliver: (message: OriginMessage) => void): Promise<LogSubscription>;
  /** Reads a part of one origin's epoch again, e.g. for a projection that catches up. */
  read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]>;
  /** Resolves when the peer has said to hold (epoch, seq) of our origin, or after `timeoutMs`, or at once when apart; true = held (L14). */
  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean>;
  /** The reader says how far it holds the other origin openably, so that `seen` can travel (L7). */
  reportHeld(held: Seen): void;
  peer(): PeerState;
  received(): VectorPosition;
  close(): Promise<void>;
}

export interface LogSubscription {
  stop(): void;
}
