// What a replica is given, what it tells, and what it shows of itself.
import type { CaseView, Outcome } from '@vigie/engine';
import type { AppendResult, DirectSource, SiteLog } from '@vigie/log';
import type { CaseKind, IncidentEvent, Result, Seq, SharedZoneData, SiteId, VectorPosition } from '@vigie/model';
import type { PlaceOf } from './duties.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { Timing } from './timing.ts';

/** The keys of the measures, as far as the fold needs them. */
export interface KeyRing {
  /** True when the key is held here: then `open` and `seal` answer without asking anybody. */
  has(measure: string): boolean;
  /** `key-missing` when it is not held; any other error means that the bytes were not sealed with this key. */
  open(measure: string, bytes: Uint8Array): Result<Uint8Array>;
  seal(measure: string, plain: Uint8Array): Result<Uint8Array>;
  /** Asks the other site; true once the key is held. Never throws for world errors. */
  fetch(measure: string): Promise<boolean>;
}

/** What people who run a site must be told. Each kind is counted, and told once per subject. */
export type ReplicaFault =
  | { readonly kind: 'malformed-item'; readonly place: string; readonly detail: string }
  /** An origin stands still at an entry that this program cannot read. */
  | { readonly kind: 'newer-format'; readonly place: string; readonly detail: string }
  | { readonly kind: 'key-missing'; readonly measure: string; readonly sinceMs: number }
  | {
      readonly kind: 'digest-differs';
      readonly second: number;
      readonly own: string;
      readonly other: string;
    }
  | { readonly kind: 'snapshot-unusable'; readonly name: string; readonly detail: string }
  | { readonly kind: 'snapshot-failed'; readonly detail: string }
  | { readonly kind: 'append-failed'; readonly detail: string };

export interface ReplicaOptions {
  readonly site: SiteId;
  readonly log: SiteLog;
  /** Of the log, where a site has several: positions that go in and out say so. */
  readonly partition?: number;
  readonly keys: KeyRing;
  readonly onFault: (fault: ReplicaFault) => void;
  readonly snapshots?: SnapshotStore;
  /** The other origin at its site, for when no entry of it comes (L13). */
  readonly direct?: DirectSource;
  /** Clock and timers; real ones unless a simulation gives its own. */
  readonly timing?: Timing;
  /** Bytes of what waits to settle that are held; beyond it entries lie on the disk alone, and are read again when they can settle. */
  readonly unsettledBytesMax?: number;
  /** Between two snapshots of settled state, ms. */
  readonly snapshotEveryMs?: number;
  /** In whose territory a fix lies, for whoever is called. */
  readonly placeOf?: PlaceOf | undefined;
  /** Ids of the entries this replica appends; random ones unless a simulation gives its own. */
  readonly entryId?: () => string;
  /** False: event entries are appended unsealed (a test setting). */
  readonly sealing?: boolean;
}

export interface DirectoryEntry {
  readonly deviceId: string;
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  /** The order has ended or was stopped: its reports are no longer taken. */
  readonly ended: boolean;
  /** How far fix times of the case may run ahead of the clock, when its case says so; ingest asks. */
  readonly aheadMs?: number;
}

/** A case as queries see it, with what of it may still change place. */
export interface ReplicaCaseView extends CaseView {
  /** Ids of incidents that are not in settled state. */
  readonly provisional: ReadonlySet<string>;
}

export interface EventPosition {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  readonly index: number;
}

/** The fields of an incident's event as its entry carries them; a step of a person adds who, why and the outcome. */
export interface PublishedData extends IncidentEvent {
  readonly by?: string;
  readonly note?: string;
  readonly code?: string;
}

export interface PublishedEvent {
  readonly position: EventPosition;
  /** The cursor after this event (L18). */
  readonly vector: VectorPosition;
  /** `<incidentId>/<step>`, the same at both sites (D1). */
  readonly id: string;
  /** `vigie.incident.early`, ... */
  readonly type: string;
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  /** Log time of the entry, microseconds. */
  readonly timeUs: number;
  /** Not settled when it was published. */
  readonly provisional: boolean;
  readonly data: PublishedData;
}

export interface EventPageOfRing {
  readonly events: readonly PublishedEvent[];
  readonly next: VectorPosition;
  /** True: the ring no longer reaches back to the cursor; older events are in the projection. */
  readonly truncated: boolean;
}

export interface DecisionStatus {
  readonly outcome: Outcome;
  readonly settled: boolean;
}
export type DecisionAnswer =
  | { readonly kind: 'decided'; readonly entryId: string; readonly outcome: Outcome; readonly settled: boolean }
  /** Stored, but this site's fold has not come to it yet: ask again by the entry's id. */
  | { readonly kind: 'pending'; readonly entryId: string }
  | {
      readonly kind: 'not-stored';
      readonly entryId: string;
      readonly result: Exclude<AppendResult, { kind: 'stored' }>;
    };

/** A decision before it is sealed: one measure, one payload. */
export interface DecisionDraft {
  readonly kind: Extract<CaseKind, 'case' | 'order' | 'stop' | 'step' | 'case_rule'>;
  readonly measure: string;
  /** The payload as `encodePayload` makes it, not sealed. */
  readonly payload: Uint8Array;
  /** Chosen by the caller when a retry must be recognised; otherwise made here. */
  readonly entryId?: string;
}

/** A decision that concerns no single case; it holds nothing personal. */
export interface PlainDecisionDraft {
  readonly entryId: string;
  readonly kind: 'shared_zone';
  readonly data: SharedZoneData;
}

export interface ReplicaStatus {
  /** How far settled log time is behind live log time, ms; 0 when everything received of cases is settled. */
  readonly settledBehindMs: number;
  /** Age of each origin's last entry by the own clock, ms; undefined = nothing of it yet. */
  readonly watermarkAgeMs: { readonly [site in SiteId]?: number };
  /** Age of the newest entry with reports of each origin, ms. */
  readonly newestReportAgeMs: { readonly [site in SiteId]?: number };
  readonly digest: { readonly second: number; readonly value: string; readonly equal: boolean | undefined } | undefined;
  readonly epochs: readonly {
    readonly site: SiteId;
    readonly epoch: string;
    readonly admitted: boolean;
    readonly running: boolean;
    /** Left out where there is one. */
    readonly partition?: number;
  }[];
  /** Devices whose reports come by way of a site that is not heard (D5). */
  readonly unobservedDevices: number;
  readonly liveT: number;
  readonly settledT: number;
  readonly unsettledEntries: number;
  /** What this site sees to right now, for people: `keeper`, `takeover`, ... */
  readonly duties: readonly string[];
  readonly cases: number;
  readonly faults: Readonly<Record<ReplicaFault['kind'], number>>;
  /** Items that wait for the key of their measure. */
  readonly waitingForKeys: number;
}
