// What was received of one epoch and is not settled yet: contiguous cells, and late ones waiting for a gap to close. While much waits to settle
// its front is parked: runs that are not held, with the few cells among them that change the structure or were read again.
import { must } from '@vigie/model';
import { Parked } from './parked.ts';
import { Cell, isControl } from './placed.ts';

/** A cell, or a run of them that is not held. */
export type Stretch = Cell | Parked;

const COMPACT_AT = 1024;

export class EpochBuffer {
  readonly epoch: string;
  /** Highest contiguous sequence received. */
  received: number;
  /** admit, ok and leave entries, by sequence. */
  readonly controls: Cell[] = [];
  readonly #late = new Map<number, Cell>();
  /** Contiguous, before #first. Empty unless something is parked. */
  #front: Stretch[] = [];
  /** #cells[#head] has sequence #first. */
  #cells: Cell[] = [];
  #head = 0;
  #first: number;
  #heldBytes = 0;

  constructor(epoch: string, settledSeq = 0) {
    this.epoch = epoch;
    this.received = settledSeq;
    this.#first = settledSeq + 1;
  }

  /** Takes a cell in; the sequences that became contiguous are (returned, received]. Repeats change nothing. */
  add(cell: Cell): number {
    const before = this.received;
    if (cell.seq <= before) return before;
    if (cell.seq > before + 1) {
      this.#late.set(cell.seq, cell);
      return before;
    }
    this.#append(cell);
    if (this.#late.size > 0) this.#closeGap();
    return before;
  }

  at(seq: number): Cell | undefined {
    if (seq >= this.#first) return seq > this.received ? undefined : this.#cells[this.#head + seq - this.#first];
    const found = this.stretchAt(seq);
    return found instanceof Cell ? found : undefined;
  }
  /** The cell at that place, or the run that it lies in. */
  stretchAt(seq: number): Stretch | undefined {
    if (seq >= this.#first || this.#front.length === 0) return this.at(seq);
    let low = 0;
    let high = this.#front.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (must(this.#front[middle], 'in range').seq <= seq) low = middle;
      else high = middle - 1;
    }
    const found = must(this.#front[low], 'in range');
    return seq < found.seq ? undefined : found;
  }

  dropThrough(seq: number): void {
    let passed = 0;
    for (; passed < this.#front.length; passed++) {
      const one = must(this.#front[passed], 'in range');
      if (one.seq > seq) break;
      if (one instanceof Cell) this.#heldBytes -= one.size;
    }
    if (passed > 0) this.#front.splice(0, passed);
    while (this.#first <= seq && this.#first <= this.received) {
      this.#heldBytes -= must(this.#cells[this.#head], 'in range').size;
      this.#head++;
      this.#first++;
    }
    while (this.controls.length > 0 && must(this.controls[0], 'not empty').seq <= seq) this.controls.shift();
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#cells.length) {
      this.#cells = this.#cells.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Bytes of the cells that are held, about. */
  get heldBytes(): number {
    return this.#heldBytes;
  }
  /** Entries of it have to be read again before they can settle. */
  get isParked(): boolean {
    return this.#front.some((one) => one instanceof Parked && one.count > 0);
  }
  /** Holds nothing any more but what changes the structure. */
  park(): void {
    const before = [...this.#front, ...this.#cells.slice(this.#head)];
    this.#front = [];
    this.#cells = [];
    this.#head = 0;
    this.#first = this.received + 1;
    this.#heldBytes = 0;
    for (const one of before) this.#parkOne(one);
  }
  #parkOne(one: Stretch): void {
    const last = this.#front[this.#front.length - 1];
    if (one instanceof Parked || isControl(one)) {
      this.#front.push(one);
      if (one instanceof Cell) this.#heldBytes += one.size;
    } else if (!(last instanceof Parked) || !last.extend(one)) {
      const run = new Parked(one);
      run.extend(one);
      this.#front.push(run);
    }
  }
  /** The first cells of a run are here again; those that are not what was parked end it. Returns what came back. */
  release(run: Parked, cells: readonly Cell[]): Cell[] {
    const at = this.#front.indexOf(run);
    const back: Cell[] = [];
    if (at < 0) return back;
    for (const cell of cells) {
      if (run.length === 0 || !run.release(cell)) break;
      back.push(cell);
      this.#heldBytes += cell.size;
    }
    this.#front.splice(at, run.length === 0 ? 1 : 0, ...back);
    return back;
  }
  /** A run ends at `last` from here on, and another begins. */
  split(run: Parked, last: number, written: number): void {
    const at = this.#front.indexOf(run);
    if (at >= 0) this.#front.splice(at + 1, 0, run.split(last, written));
  }

  #append(cell: Cell): void {
    this.#cells.push(cell);
    this.#heldBytes += cell.size;
    this.received = cell.seq;
    if (isControl(cell)) this.controls.push(cell);
  }

  #closeGap(): void {
    for (let next = this.#late.get(this.received + 1); next !== undefined; next = this.#late.get(this.received + 1)) {
      this.#late.delete(next.seq);
      this.#append(next);
    }
  }
}
