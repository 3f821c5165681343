// The narrow door to the log. JetStream and memory stand behind it and pass the same conformance suite; no type of the
// NATS client travels further.
import type { RunningEpoch } from './keeper/rotation.ts';
import type { Entry, LogTimeUs, Result, Seen, Seq, SiteId, VectorPosition } from '@vigie/model';

/** Where an append ended up; `unknown` means the log may hold it: append again, the entryId makes that safe. */
export type AppendResult =
  | { readonly kind: 'stored'; readonly epoch: string; readonly seq: Seq; readonly t: LogTimeUs }
  | {
      readonly kind: 'refused';
      /** `left`: the site was drained; the other one takes it. */
      readonly reason: 'disk_full' | 'too_large' | 'sealed' | 'stopped' | 'overloaded' | 'left';
      readonly detail: string;
    }
  | { readonly kind: 'unknown'; readonly detail: string; readonly cause?: unknown };

/** What a writer gives; the log adds v, t and seen (L4, L7). */
export type EntryDraft = Omit<Entry, 'v' | 'minor' | 't' | 'seen'>;

/** One message of one origin, in the order of that origin; malformed bytes are a value (drill `poison`). */
export interface OriginMessage {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  readonly bytes: Uint8Array;
  readonly entry: Result<Entry>;
  /** When this site's log server stored it, by that server's clock; only where a stored stream was read. */
  readonly storedAtUs?: number | undefined;
}

/** How the two sites stand to each other, as seen from here (L7). */
export interface PeerState {
  /**
   * Each heard the other within 1 s, and `seen` advances in the epochs that both run, so both are admitted. The one meaning of the word:
   * what is told, erased or switched once at both sites goes by it.
   */
  readonly joined: boolean;
  /** Each heard the other within 1 s. */
  readonly reachable: boolean;
  /** The epoch the peer says it runs; undefined until it was heard. */
  readonly epoch: string | undefined;
  /** How far the peer has said to hold our origin. */
  readonly seenByPeer: Seen;
  /** Milliseconds since the peer was last heard; undefined = never. */
  readonly heardAgoMs: number | undefined;
  /** Site clock of the peer minus ours when it was last heard, milliseconds, half a round trip uncertain. */
  readonly clockSkewMs: number | undefined;
  /** The peer says that it is about to leave, or has left. */
  readonly leaving: boolean;
  /** The peer has heard that this site is about to leave, and stays itself: both never leave at once. */
  readonly staysForUs: boolean;
}

/** What the line to the peer tells, as it happens. */
export type PeerEvent =
  /** The peer said by plain message to hold our origin this far; `epoch` is the one that it runs. */
  | { readonly kind: 'seen'; readonly seen: Seen; readonly epoch: string }
  /** This site holds everything that the peer held when it was first asked after the start (L12). */
  | { readonly kind: 'caught-up' }
  /** Each hears the other, and what is stored is seen, as far as the running epochs are admitted; or not any more. */
  | { readonly kind: 'line'; readonly holds: boolean }
  /** The own log server was started again: another epoch runs, and `caught-up` has to come anew. */
  | { readonly kind: 'epoch'; readonly epoch: string };

/** How far one epoch goes on a disk. */
export interface EpochExtent {
  readonly site: SiteId;
  readonly epoch: string;
  readonly lastSeq: number;
  /** True once nothing can be appended any more. */
  readonly sealed: boolean;
}

/** Both disks side by side, asked of both log servers; undefined while the peer's does not answer. */
export interface Survey {
  readonly own: readonly EpochExtent[];
  readonly peer: readonly EpochExtent[];
}

/** Where reading starts: after these sequences. An epoch that is not named is read from its start. */
export interface ReadFrom {
  readonly [site: string]: { readonly [epoch: string]: number };
}

/**
 * How a reader that is slower than the disk has the log hold back what lay there when reading began. What is written from then on is
 * delivered as it comes.
 */
export interface ReadingRoom {
  /** True: enough is waiting; nothing more is wanted until there is room. */
  isFull(): boolean;
  /** Takes what is to be called when there is room again. */
  onRoom(goOn: () => void): void;
}

/** One site's log: its own origin for writing, both origins for reading. */
export interface SiteLog {
  readonly site: SiteId;
  /** The running epoch of the own origin. Changes when the log server was restarted (L10). */
  readonly epoch: string;
  /** L12: true once this site holds everything that the peer held after the start. */
  readonly caughtUp: boolean;
  /** The running epoch has ended with a `leave`: every append is refused until `reopen`, also after a restart of the log server. */
  readonly left: boolean;
  /** Resolves once stored and fsynced at this site. Never throws for world errors. */
  append(draft: EntryDraft): Promise<AppendResult>;
  /** Tells the other site that this one is about to leave, or not any more. */
  sayLeaving(leaving: boolean): void;
  /** Appends the last entry of the running epoch. From the call on every other append is refused, unless this one is refused itself. */
  leave(draft: EntryDraft): Promise<AppendResult>;
  /** Opens a new epoch without a restart of the log server, and ends the one that runs. Told as any new epoch is. */
  reopen(): Promise<void>;
  /** Delivers every message of both origins after `from` (all, if absent), each epoch in its order, and then as they come. */
  subscribe(
    from: ReadFrom | undefined,
    deliver: (message: OriginMessage) => void,
    room?: ReadingRoom,
  ): Promise<LogSubscription>;
  /** Reads a part of one origin's epoch again, e.g. for a projection that catches up. Fewer than `limit`: the end, or not reachable now. */
  read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]>;
  /** Resolves when the peer has said to hold (epoch, seq) of our origin, or after `timeoutMs`, or at once when apart; true = held (L14). */
  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean>;
  /** The reader says how far it holds the other origin openably, so that `seen` can travel (L7). */
  reportHeld(held: Seen): void;
  /** The reader says the newest t it has read, its own reckoning, so that no answer sorts before its cause (L4). */
  reportRead(t: LogTimeUs): void;
  onPeer(listener: (event: PeerEvent) => void): () => void;
  survey(): Promise<Survey | undefined>;
  peer(): PeerState;
  /** How far the newest epoch of each origin is known to lie on the own disk. */
  received(): VectorPosition;
  /** How far every epoch is known to lie on the own disk, as last looked: what a reader that begins now will be given. */
  extents(): readonly EpochExtent[];
  close(): Promise<void>;
}

/** Closing an epoch without stopping (L10). */
export interface RotationDoor {
  /** The running epoch of the own origin, as last looked. */
  running(): RunningEpoch | undefined;
  /** Opens the next epoch, writes on there, and seals this one. False: not done; the running one goes on. */
  rotate(): Promise<boolean>;
}

/** What keeps a copy equal to its origin (L13). */
export interface CopyDoor {
  /** From now on nothing of that origin is delivered, until the log is opened again. */
  halt(site: SiteId): void;
  readonly halted: ReadonlySet<SiteId>;
  /** As `read`, but from the disk of the other site. Fewer than `limit`: the end, or not reachable now. */
  readOrigin(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]>;
  /** The copy of an epoch of the other origin is read on anew from where it ends, over a consumer of its own. */
  renewCopy(site: SiteId, epoch: string): void;
  /** The copy of an epoch of the other origin is given up; another is made from the start of its origin. False: not done. */
  dropCopy(site: SiteId, epoch: string): Promise<boolean>;
}

export interface LogSubscription {
  stop(): void;
}

/** The site clock (L5): monotonic, slewed, never stepped. Injected, so that tests and the simulator own time. */
export interface SiteClock {
  /** Integer microseconds since the Unix epoch. */
  nowUs(): number;
}
