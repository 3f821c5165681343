// One origin as the order sees it: its admitted epochs in turn, how far they are placed, and what lies unsettled.
import { type LogTimeUs, type Seq, type SiteId, logTimeUs } from '@vigie/model';
import { generationNumber } from './admit-data.ts';
import type { Stretch } from './epoch-buffer.ts';
import type { Parked } from './parked.ts';
import type { Cell } from './placed.ts';

export interface EpochName {
  readonly site: SiteId;
  readonly epoch: string;
}

/** An admitted epoch in the chain of its origin. */
export interface Link {
  readonly epoch: string;
  /** Log times of the epoch are at least this: the admit's t + 1 (L11). */
  readonly min: number;
  /** The generation in which its entries are written. */
  readonly generation: string;
  /** In a both-admit or `found`: the closed epoch listed before it, past whose end its log times start. */
  readonly after: EpochName | undefined;
  /** The entry it rests on: the admit, or the `ok` of a both-admit. Undefined once that is settled. */
  readonly by: Cell | undefined;
  /** Where log times of the origin had got to before it. */
  prior: number;
  /** Where its log times start, once that is known. */
  start: number | undefined;
  /** The reader's t of its last entry, once everything up to its lastSeq has a place. */
  end: number | undefined;
}

/** What one admit or leave does to the structure. Kept whole once anything that rests on it is settled. */
export interface Effect {
  /** The admit or leave. */
  readonly cell: Cell;
  readonly links: { readonly site: SiteId; readonly link: Link }[];
  readonly lastSeqs: { readonly site: SiteId; readonly epoch: string; readonly seq: number }[];
  /** A `found`: its site goes on in this generation, and the other is no member of it. */
  readonly founded: string | undefined;
  committed: boolean;
}

/** From a `leave`, or the `found` of the other site, to the start of the epoch that the site returned with. */
export interface Absence {
  readonly from: number;
  readonly until: number | undefined;
  /** The generation of which it is no member, until an epoch is admitted in that one. Undefined: it left. */
  readonly retiredBy: string | undefined;
}

/** The absence of an origin once it enters an epoch: ended, unless that one belongs to a generation before. */
export function absenceEntering(absence: Absence | undefined, generation: string, start: number): Absence | undefined {
  if (absence === undefined || absence.until !== undefined) return absence;
  if (absence.retiredBy !== undefined && generationNumber(generation) < generationNumber(absence.retiredBy))
    return absence;
  return { ...absence, until: start };
}
/** A `leave` of a site that was retired changes nothing. */
export const absenceLeaving = (absence: Absence | undefined, from: number): Absence =>
  absence !== undefined && absence.until === undefined && absence.retiredBy !== undefined
    ? absence
    : { from, until: undefined, retiredBy: undefined };

/** The settled part of an origin, final. */
export interface Committed {
  readonly chain: Link[];
  readonly lastSeqs: Map<string, number>;
  /** Link and sequence of the last settled entry; -1 = none. */
  index: number;
  seq: number;
  t: number;
  /** In which its entries go on to be written. */
  generation: string;
  absence: Absence | undefined;
}

export const newCommitted = (generation: string): Committed => ({
  chain: [],
  lastSeqs: new Map(),
  index: -1,
  seq: 0,
  t: Number.NEGATIVE_INFINITY,
  generation,
  absence: undefined,
});

const COMPACT_AT = 1024;

export class Line {
  readonly site: SiteId;
  readonly chain: Link[];
  /** The first lastSeq in force of each epoch. */
  readonly lastSeqs: Map<string, number>;
  /** lastSeqs that an earlier pass over the same entries found: they cut from the start. */
  readonly cut: ReadonlyMap<string, number>;
  index: number;
  /** The sequence that is placed next in chain[index]. */
  next: number;
  /** The reader's t of the last placed entry of an admitted epoch. */
  t: number;
  /** Log times go on from here: where the epoch in turn starts. */
  floor = Number.NEGATIVE_INFINITY;
  generation: string;
  absence: Absence | undefined;
  /** Entries of own epochs that wait, placed provisionally after the admitted ones. */
  readonly waiting: Stretch[] = [];
  /** It stands at a run that has to end at a sequence inside: first somebody has to read when that entry was written. */
  cutIn: { readonly run: Parked; readonly needed: Seq; readonly last: number } | undefined;
  /** How far the last of them goes. */
  tail: { epoch: string; next: number; t: number } | undefined;
  #cells: Stretch[] = [];
  #head = 0;

  constructor(site: SiteId, from: Committed, cut: ReadonlyMap<string, number>) {
    this.site = site;
    this.chain = [...from.chain];
    this.lastSeqs = new Map(from.lastSeqs);
    this.cut = cut;
    this.index = from.index;
    this.next = from.seq + 1;
    this.t = from.t;
    this.generation = from.generation;
    this.absence = from.absence;
  }

  /** Log times of the origin have got this far: its last entry, or the start of the epoch in turn. */
  get reached(): number {
    return this.floor > this.t ? this.floor : this.t;
  }
  get isAway(): boolean {
    return this.absence !== undefined && this.absence.until === undefined;
  }
  /** Away because a generation was founded without it. */
  get isRetired(): boolean {
    return this.isAway && this.absence?.retiredBy !== undefined;
  }
  lastSeqOf(epoch: string): number | undefined {
    return this.cut.get(epoch) ?? this.lastSeqs.get(epoch);
  }
  indexOf(epoch: string): number {
    for (let i = this.chain.length - 1; i >= 0; i--) if (this.chain[i]?.epoch === epoch) return i;
    return -1;
  }
  /** The t that an entry written at `t` gets next. */
  timeOf(t: number): LogTimeUs {
    return logTimeUs(Math.max(this.t + 1, this.floor, t));
  }
  push(cell: Cell): void {
    cell.link = this.index;
    this.t = cell.t;
    this.next = cell.seq + 1;
    this.#cells.push(cell);
  }
  pushParked(run: Parked): void {
    run.link = this.index;
    this.next = run.to + 1;
    if (run.count === 0) return;
    run.t = this.timeOf(run.firstWritten);
    this.t = run.lastT;
    this.#cells.push(run);
  }
  /** Of the run that comes first, these are here again. */
  release(run: Parked, cells: readonly Cell[]): void {
    if (this.head() !== run) return;
    this.#cells.splice(this.#head, run.count === 0 ? 1 : 0, ...cells.filter((cell) => cell.readable));
  }
  /** The first unsettled entry of an admitted epoch. */
  head(): Stretch | undefined {
    return this.#cells[this.#head];
  }
  shift(): void {
    this.#head++;
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#cells.length) {
      this.#cells = this.#cells.slice(this.#head);
      this.#head = 0;
    }
  }
  /** Everything unsettled in the order of the origin, what waits last. */
  cells(): Stretch[] {
    const placed = this.#head === 0 ? this.#cells : this.#cells.slice(this.#head);
    return this.waiting.length === 0 ? placed.slice() : placed.concat(this.waiting);
  }
}
