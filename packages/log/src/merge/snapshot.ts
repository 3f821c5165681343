// The settled structure of both origins as plain data, for the snapshot of a reader.
import type { SiteId } from '@vigie/model';
import type { Absence, Committed, Link } from './line.ts';
import type { Place } from './placed.ts';

export interface CommittedSnapshot {
  readonly chain: readonly {
    readonly epoch: string;
    readonly min: number;
    readonly generation: string;
    readonly after: Link['after'] | null;
    readonly start: number | null;
    readonly end: number | null;
  }[];
  readonly lastSeqs: { readonly [epoch: string]: number };
  readonly index: number;
  readonly seq: number;
  /** Null: nothing of this origin is settled. */
  readonly t: number | null;
  readonly generation: string;
  readonly absence: { readonly from: number; readonly until: number | null; readonly retiredBy: string | null } | null;
}

/** JSON. Bump `v` when its meaning changes; a reader that meets another version starts without a snapshot. */
export interface MergeSnapshot {
  readonly v: 2;
  readonly self: SiteId;
  readonly sites: { readonly [site in SiteId]: CommittedSnapshot };
  /** By own epoch: how far past its end entries were written again. */
  readonly rewritten: { readonly [epoch: string]: number };
  readonly settledThrough: Place | null;
}

export const writeCommitted = (c: Committed): CommittedSnapshot => ({
  chain: c.chain.map((link) => ({
    epoch: link.epoch,
    min: link.min,
    generation: link.generation,
    after: link.after ?? null,
    start: link.start ?? null,
    end: link.end ?? null,
  })),
  lastSeqs: Object.fromEntries(c.lastSeqs),
  index: c.index,
  seq: c.seq,
  t: Number.isFinite(c.t) ? c.t : null,
  generation: c.generation,
  absence:
    c.absence === undefined
      ? null
      : { from: c.absence.from, until: c.absence.until ?? null, retiredBy: c.absence.retiredBy ?? null },
});

export const readCommitted = (c: CommittedSnapshot): Committed => ({
  chain: c.chain.map((link) => ({
    epoch: link.epoch,
    by: undefined,
    prior: Number.NEGATIVE_INFINITY,
    min: link.min,
    generation: link.generation,
    after: link.after ?? undefined,
    start: link.start ?? undefined,
    end: link.end ?? undefined,
  })),
  lastSeqs: new Map(Object.entries(c.lastSeqs)),
  index: c.index,
  seq: c.seq,
  t: c.t ?? Number.NEGATIVE_INFINITY,
  generation: c.generation,
  absence: readAbsence(c.absence),
});

const readAbsence = (absence: CommittedSnapshot['absence']): Absence | undefined =>
  absence === null
    ? undefined
    : { from: absence.from, until: absence.until ?? undefined, retiredBy: absence.retiredBy ?? undefined };
