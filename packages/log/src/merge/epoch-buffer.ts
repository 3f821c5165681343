// What was received of one epoch and is not settled yet: contiguous cells, and late ones waiting for a gap to close.
import { must } from '@vigie/model';
import { type Cell, isControl } from './placed.ts';

const COMPACT_AT = 1024;

export class EpochBuffer {
  readonly epoch: string;
  /** Highest contiguous sequence received. */
  received: number;
  /** admit, ok and leave entries, by sequence. */
  readonly controls: Cell[] = [];
  readonly #late = new Map<number, Cell>();
  /** #cells[#head] has sequence #first. */
  #cells: Cell[] = [];
  #head = 0;
  #first: number;

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
    return seq < this.#first || seq > this.received ? undefined : this.#cells[this.#head + seq - this.#first];
  }

  dropThrough(seq: number): void {
    while (this.#first <= seq && this.#first <= this.received) {
      this.#head++;
      this.#first++;
    }
    while (this.controls.length > 0 && must(this.controls[0], 'not empty').seq <= seq) this.controls.shift();
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#cells.length) {
      this.#cells = this.#cells.slice(this.#head);
      this.#head = 0;
    }
  }

  #append(cell: Cell): void {
    this.#cells.push(cell);
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
