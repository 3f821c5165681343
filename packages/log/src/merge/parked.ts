// A run of one epoch's entries that were received and are not held: they lie on the own disk, and are read again when they can settle. What
// is kept of them is where they lie and which times they have in the order, so that the order goes on behind them (L4, L8).
import { type LogTimeUs, type Seen, type Seq, type SiteId, logTimeUs, seqOf } from '@vigie/model';
import { type Cell, isControl } from './placed.ts';

/** Messages of a run that are no entries; with more of them another run begins. */
const UNREADABLE_MAX = 64;

export class Parked {
  readonly site: SiteId;
  readonly epoch: string;
  #from: number;
  #to: number;
  /** Entries among them: log times go by these. */
  #count = 0;
  /** As written. Of the first it may be less, never more, once some of the run was read again: the last time does not depend on it. */
  #firstWritten = 0;
  #isExact = true;
  #lastWritten = 0;
  #unreadable: number[] = [];
  /** The reader's t of the first. */
  t: LogTimeUs = logTimeUs(0);
  placed: boolean;
  link: number;
  /** What the last of them said to hold of the other origin. */
  seen: Seen = null;

  constructor(of: Pick<Cell, 'site' | 'epoch' | 'seq' | 'placed' | 'link'>) {
    this.site = of.site;
    this.epoch = of.epoch;
    this.#from = of.seq;
    this.#to = of.seq - 1;
    this.placed = of.placed;
    this.link = of.link;
  }

  /** The first of them. */
  get seq(): Seq {
    return seqOf(this.#from);
  }
  get to(): number {
    return this.#to;
  }
  get length(): number {
    return this.#to - this.#from + 1;
  }
  get count(): number {
    return this.#count;
  }
  /** False: the first comes at `t` or later; what sorts between may come before it. */
  get isExact(): boolean {
    return this.#isExact;
  }
  get firstWritten(): number {
    return this.#firstWritten;
  }
  /**
   * The reader's t of the last. Each is the greater of what was written and of one more than the one before; written times rise, so
   * that of the last follows from its own and from the first.
   */
  get lastT(): LogTimeUs {
    return logTimeUs(Math.max(this.#lastWritten, this.t + this.#count - 1));
  }

  /** Takes the next entry in; false: it is not of this run. */
  extend(cell: Cell): boolean {
    if (cell.epoch !== this.epoch || cell.seq !== this.#to + 1 || isControl(cell)) return false;
    if (!cell.readable) {
      if (this.#unreadable.length >= UNREADABLE_MAX) return false;
    } else if (this.#count > 0) {
      if (cell.placed !== this.placed || cell.link !== this.link || cell.entry.t <= this.#lastWritten) return false;
      if (this.placed && cell.t !== Math.max(this.lastT + 1, cell.entry.t)) return false;
    }
    this.#take(cell);
    return true;
  }
  #take(cell: Cell): void {
    this.#to = cell.seq;
    if (!cell.readable) {
      this.#unreadable.push(cell.seq);
      return;
    }
    if (this.#count === 0) {
      this.#firstWritten = cell.entry.t;
      this.t = cell.t;
      this.placed = cell.placed;
      this.link = cell.link;
    }
    this.#lastWritten = cell.entry.t;
    this.seen = cell.entry.seen;
    this.#count++;
  }

  /** The first entry has come back: the run begins behind it. False: it is not what was parked there. */
  release(cell: Cell): boolean {
    if (cell.seq !== this.#from || cell.readable === this.#unreadable.includes(cell.seq)) return false;
    this.#from++;
    if (!cell.readable) {
      this.#unreadable = this.#unreadable.filter((seq) => seq !== cell.seq);
      return true;
    }
    cell.placed = this.placed;
    cell.link = this.link;
    cell.t = logTimeUs(Math.max(this.t, cell.entry.t));
    this.t = logTimeUs(cell.t + 1);
    this.#firstWritten = cell.entry.t + 1;
    this.#isExact = false;
    this.#count--;
    return true;
  }

  /** The entry whose written time has to be known before the run can end at `last`; undefined: no entry lies up to there. */
  needsToEndAt(last: number): Seq | undefined {
    let seq = last;
    while (this.#unreadable.includes(seq)) seq--;
    return seq < this.#from ? undefined : seqOf(seq);
  }
  /** Ends at `last` from here on, whose last entry was written at `written`; returns the rest as a run of its own. */
  split(last: number, written: number): Parked {
    const { site, epoch, placed, link } = this;
    const rest = new Parked({ site, epoch, seq: seqOf(last + 1), placed, link });
    rest.#to = this.#to;
    rest.#unreadable = this.#unreadable.filter((seq) => seq > last);
    rest.#count = rest.length - rest.#unreadable.length;
    rest.#firstWritten = written + 1;
    rest.#isExact = false;
    rest.#lastWritten = this.#lastWritten;
    rest.seen = this.seen;
    this.#to = last;
    this.#unreadable = this.#unreadable.filter((seq) => seq <= last);
    this.#count = this.length - this.#unreadable.length;
    this.#lastWritten = written;
    return rest;
  }
}
