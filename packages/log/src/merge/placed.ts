// An entry with its place in the merged order, and what a change of the merged order consists of.
import { type Entry, type LogTimeUs, type Seq, type SiteId, logTimeUs, siteRank } from '@vigie/model';
import type { OriginMessage } from '../types.ts';

export interface Place {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  /** The reader's t (L4): strictly rising along each origin, so (t, site) names a place. */
  readonly t: LogTimeUs;
}

/** Keeps its identity from placed to settled; only `t` changes, when `moved` says so. */
export interface PlacedEntry extends Place {
  readonly entry: Entry;
  /** For the reader to hang its own data on; the merge leaves it alone. */
  attachment?: unknown;
}

export interface MergeChange {
  /** Newly placed, in merged order. Entries of an own epoch that still waits are placed too: live, provisional. */
  readonly placed: readonly PlacedEntry[];
  /** True when already placed, unsettled entries changed place or lost it: refold everything unsettled. */
  readonly moved: boolean;
  /** Newly settled, in merged order; each was placed before, maybe in the same change. */
  readonly settled: readonly PlacedEntry[];
}

/** The merged order: (t, site). Epoch and sequence follow from t, which rises strictly along an origin. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.t !== b.t ? a.t - b.t : siteRank(a.site) - siteRank(b.site);

/** What an entry weighs beside its bytes, with one upload in it: 0.9 to 1.1 kB were measured. */
const ENTRY_OVERHEAD_BYTES = 1_000;

const UNREADABLE: Entry = { v: 0, entryId: '', t: logTimeUs(0), kind: 'heartbeat', seen: null, items: [] };

/** The merge's own view of a message. */
export class Cell implements PlacedEntry {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  readonly entry: Entry;
  /** False: the bytes are no entry. It keeps its sequence and has no place. */
  readonly readable: boolean;
  t: LogTimeUs = logTimeUs(0);
  placed = false;
  /** Index of its epoch among the admitted ones of its origin; -1 while that epoch waits. */
  link = -1;
  attachment?: unknown;
  /** Bytes of memory, about. */
  readonly size: number;

  constructor(m: OriginMessage) {
    this.size = m.bytes.length + ENTRY_OVERHEAD_BYTES;
    this.site = m.site;
    this.epoch = m.epoch;
    this.seq = m.seq;
    this.readable = m.entry.ok;
    this.entry = m.entry.ok ? m.entry.value : UNREADABLE;
  }
}

/** Entries that change the structure of the order rather than a case. */
export function isControl({ entry: { kind } }: Cell): boolean {
  return kind === 'admit' || kind === 'ok' || kind === 'leave' || kind === 'found';
}
