// Entries of the other origin that its own site has told and no copy has brought yet (L13). They follow what was received, so nothing that can
// settle ever sorts after one of them. They are contiguous, of the epoch that the origin is at, and of kinds that change no order.
import { type EntryKind, type Seq, isCaseKind, logTimeUs, seqOf } from '@vigie/model';
import type { OriginMessage } from '../types.ts';
import type { Line } from './line.ts';
import { Cell } from './placed.ts';

/** Five minutes of a busy site. Beyond it live stands still, until a copy brings what it has. */
const DIRECT_ENTRIES_MAX = 32_768;
/** What is live only may turn out to have no place: so nothing is taken of it that is more than the state of a case. */
const isLive = (kind: EntryKind): boolean => isCaseKind(kind) || kind === 'heartbeat';

export class DirectTail {
  #epoch = '';
  #cells: Cell[] = [];
  #head = 0;
  /** Of the bytes of each: the same entry comes with the same ones. */
  readonly #hashes = new Map<Cell, number>();
  /** The entry there is of a kind that has to come by the copy. */
  #endsAt = 0;

  get count(): number {
    return this.#cells.length - this.#head;
  }
  /** Those with a place: what is no entry has none. */
  placed(): Cell[] {
    return this.#cells.slice(this.#head).filter((cell) => cell.readable);
  }

  /** The place that the next one would have. `received`: how far the copy of the line's epoch goes. */
  next(line: Line, received: number): { readonly epoch: string; readonly seq: Seq } | undefined {
    const epoch = line.chain[line.index]?.epoch;
    if (epoch === undefined || received >= line.next || this.count >= DIRECT_ENTRIES_MAX) return undefined;
    const seq = line.next + (this.#epoch === epoch ? this.count : 0);
    if (this.#epoch === epoch && seq === this.#endsAt) return undefined;
    return seq > (line.lastSeqOf(epoch) ?? Number.POSITIVE_INFINITY) ? undefined : { epoch, seq: seqOf(seq) };
  }

  /** Takes what `next` asked for; undefined: it has no place. */
  take(m: OriginMessage, line: Line): Cell | undefined {
    if (this.#epoch !== m.epoch) this.#begin(m.epoch);
    const isNewer = !m.entry.ok && m.entry.error.kind === 'newer-format';
    if (isNewer || (m.entry.ok && !isLive(m.entry.value.kind))) {
      this.#endsAt = m.seq;
      return undefined;
    }
    const cell = new Cell(m);
    if (cell.readable) cell.t = this.#timeOf(cell, line);
    cell.link = line.index;
    this.#cells.push(cell);
    this.#hashes.set(cell, hashOf(m.bytes));
    return cell.readable ? cell : undefined;
  }

  /** What was told at the place of a message that a copy has brought; `another`: not this entry. */
  find(m: OriginMessage): Cell | 'another' | undefined {
    const first = this.#cells[this.#head];
    if (first === undefined || this.#epoch !== m.epoch) return undefined;
    const cell = this.#cells[this.#head + m.seq - first.seq];
    if (cell === undefined || m.seq < first.seq) return undefined;
    const isSame = cell.readable === m.entry.ok && this.#hashes.get(cell) === hashOf(m.bytes);
    return isSame && (!m.entry.ok || m.entry.value.entryId === cell.entry.entryId) ? cell : 'another';
  }

  /** It has been received, and has its place by that. */
  passed(cell: Cell): void {
    if (this.#cells[this.#head] !== cell) return;
    this.#hashes.delete(cell);
    this.#head++;
    if (this.#head < this.#cells.length) return;
    this.#cells = [];
    this.#head = 0;
  }
  dropFrom(seq: number): Cell[] {
    const first = this.#cells[this.#head];
    if (first === undefined) return [];
    const lost = this.#cells.splice(this.#head + Math.max(0, seq - first.seq));
    for (const cell of lost) this.#hashes.delete(cell);
    return lost;
  }

  /** The structure was found anew: what follows the line still keeps a place, maybe another. */
  lay(line: Line, received: number): void {
    const epoch = line.chain[line.index]?.epoch;
    if (epoch === this.#epoch) this.#passThrough(line.next);
    const first = this.#cells[this.#head];
    if (first === undefined || epoch !== this.#epoch || first.seq !== line.next || received >= line.next) {
      this.#begin(epoch ?? '');
      return;
    }
    const last = line.lastSeqOf(this.#epoch);
    if (last !== undefined) this.dropFrom(last + 1);
    const cells = this.#cells.splice(this.#head);
    this.#cells = [];
    this.#head = 0;
    for (const cell of cells) {
      if (cell.readable) cell.t = this.#timeOf(cell, line);
      cell.link = line.index;
      this.#cells.push(cell);
    }
  }
  #passThrough(next: number): void {
    for (let cell = this.#cells[this.#head]; cell !== undefined && cell.seq < next; cell = this.#cells[this.#head])
      this.passed(cell);
  }

  #begin(epoch: string): void {
    this.#epoch = epoch;
    this.#cells = [];
    this.#head = 0;
    this.#hashes.clear();
    this.#endsAt = 0;
  }
  #timeOf(cell: Cell, line: Line): ReturnType<typeof logTimeUs> {
    for (let i = this.#cells.length - 1; i >= this.#head; i--) {
      const before = this.#cells[i] as Cell;
      if (before.readable) return logTimeUs(Math.max(before.t + 1, cell.entry.t));
    }
    return line.timeOf(cell.entry.t);
  }
}

/** FNV-1a. Not against forgery: a copy that was altered on the disk is found by its tree. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
