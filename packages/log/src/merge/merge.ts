// The merged order of two origins (L4-L12): which entries have a place, and which of them are settled. Pure: messages come in,
// changes come out; no clock, no I/O. Arrival in the order of an origin costs the same however much is unsettled.
import {
  type AdmitData,
  type LogTimeUs,
  type Seen,
  type SiteId,
  type VectorPosition,
  SITES,
  assert,
  compareEpochs,
  logTimeUs,
  must,
  otherSite,
  seqOf,
} from '@vigie/model';
import type { OriginMessage, ReadFrom } from '../types.ts';
import { GENESIS, parseAdmit } from './admit-data.ts';
import { EpochBuffer } from './epoch-buffer.ts';
import { type Committed, type Line, type Link, newCommitted } from './line.ts';
import { Cell, type MergeChange, type Place, type PlacedEntry, comparePlaces, isControl } from './placed.ts';
import { type CommittedSnapshot, type MergeSnapshot, readCommitted, writeCommitted } from './snapshot.ts';
import { type PerSite, type Walked, placeWaiting, settledT, walk } from './walk.ts';

export type { MergeSnapshot };

export interface EpochInfo {
  readonly site: SiteId;
  readonly epoch: string;
  readonly admitted: boolean;
  /** Highest contiguous sequence that was received. */
  readonly received: number;
  /** Where the epoch ends for good, once an admit in force has said so. */
  readonly lastSeq: number | undefined;
  /** Both-admits written in this epoch and not settled, in turn. */
  readonly bothAdmits: readonly { readonly entryId: string; readonly admits: AdmitData['admits'] }[];
  /** This epoch holds an `ok` that is not settled. */
  readonly hasOk: boolean;
}

const NOTHING: MergeChange = { placed: [], moved: false, settled: [] };

export class Merge {
  readonly self: SiteId;
  readonly generation: string;
  readonly #peer: SiteId;
  readonly #buffers: PerSite<Map<string, EpochBuffer>> = { noirmont: new Map(), delemont: new Map() };
  readonly #committed: PerSite<Committed>;
  #walked: Walked;
  #caughtUp = false;
  /** What the other site has said to hold of the own origin, per epoch. */
  readonly #seen = new Map<string, number>();
  #seenLink = -1;
  #seenSeq = 0;
  #settledThrough: Place | undefined;
  #newestT = 0;

  constructor(o: { self: SiteId; generation?: string }) {
    this.self = o.self;
    this.generation = o.generation ?? GENESIS;
    this.#peer = otherSite(o.self);
    this.#committed = { noirmont: newCommitted(), delemont: newCommitted() };
    this.#walked = this.#walk();
  }

  static restore(snapshot: MergeSnapshot): Merge {
    const merge = new Merge({ self: snapshot.self, generation: snapshot.generation });
    for (const site of SITES) {
      Object.assign(merge.#committed[site], readCommitted(must(snapshot.sites[site], 'both sites')));
      const { chain, index, seq } = merge.#committed[site];
      const link = chain[index];
      if (link !== undefined) merge.#buffers[site].set(link.epoch, new EpochBuffer(link.epoch, seq));
    }
    merge.#settledThrough = snapshot.settledThrough ?? undefined;
    merge.#newestT = Math.max(0, settledT(merge.#committed));
    merge.#walked = merge.#walk();
    return merge;
  }

  /** The settled end, with everything needed to go on from there by reading the log after `readFrom()`. */
  snapshot(): MergeSnapshot {
    const sites: { [site in SiteId]: CommittedSnapshot } = {
      noirmont: writeCommitted(this.#committed.noirmont),
      delemont: writeCommitted(this.#committed.delemont),
    };
    return { v: 1, self: this.self, generation: this.generation, sites, settledThrough: this.#settledThrough ?? null };
  }

  /** Where to read on after a restore: what lies before is settled. */
  readFrom(): ReadFrom {
    const from: { [site: string]: { [epoch: string]: number } } = {};
    for (const site of SITES) {
      const { chain, index, seq } = this.#committed[site];
      const of: { [epoch: string]: number } = {};
      for (let i = 0; i < index; i++) {
        const epoch = must(chain[i], 'in the chain').epoch;
        of[epoch] = Number.MAX_SAFE_INTEGER; // settled whole; what lies past its lastSeq has no place
      }
      const link = chain[index];
      if (link !== undefined) of[link.epoch] = seq;
      from[site] = of;
    }
    return from;
  }

  receive(m: OriginMessage): MergeChange {
    if (this.#isSettled(m)) return NOTHING;
    const buffers = this.#buffers[m.site];
    let buffer = buffers.get(m.epoch);
    if (buffer === undefined) {
      buffer = new EpochBuffer(m.epoch);
      buffers.set(m.epoch, buffer);
    }
    const before = buffer.add(new Cell(m));
    if (buffer.received === before) return NOTHING;
    const placed: Cell[] = [];
    for (let seq = before + 1; seq <= buffer.received; seq++) {
      const cell = must(buffer.at(seq), 'just received');
      if (isControl(cell) || !this.#placeNext(cell, placed)) return this.#restructure();
    }
    const settled = this.#settle();
    return placed.length === 0 && settled.length === 0 ? NOTHING : this.#change(placed, settled);
  }

  /** The other site said by plain message to hold the own origin this far. */
  peerSeen(seen: Seen): MergeChange {
    if (!this.#noteSeen(seen)) return NOTHING;
    const settled = this.#settle();
    return settled.length === 0 ? NOTHING : this.#change([], settled);
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }
  /** L12: everything that the other site holds lies on the own disk; from now on entries settle. */
  catchUp(): MergeChange {
    this.#caughtUp = true;
    const settled = this.#settle();
    return settled.length === 0 ? NOTHING : this.#change([], settled);
  }

  /** L12: the own log server was started again; nothing settles until `catchUp`. */
  fallBehind(): void {
    this.#caughtUp = false;
  }

  /** All placed, unsettled entries in merged order. */
  unsettled(): readonly PlacedEntry[] {
    return mergeSorted(this.#walked.lines.noirmont.cells(), this.#walked.lines.delemont.cells());
  }
  get settledThrough(): Place | undefined {
    return this.#settledThrough;
  }
  /** L6: the reader's t of the last entry of an admitted epoch of that origin. */
  watermark(site: SiteId): LogTimeUs | undefined {
    const { t } = this.#walked.lines[site];
    return t === Number.NEGATIVE_INFINITY ? undefined : logTimeUs(t);
  }
  /** The newest t read from any origin (L4); not of an epoch of the other site that waits. */
  get newestT(): LogTimeUs {
    return logTimeUs(this.#newestT);
  }
  /** L7: how far the other origin is held, contiguous, in an admitted epoch and not past its lastSeq. */
  held(): Seen {
    const line = this.#walked.lines[this.#peer];
    const link = line.chain[line.index];
    return link === undefined ? null : { epoch: link.epoch, seq: seqOf(line.next - 1) };
  }
  /** How far the other site has said to hold the own origin. */
  seenByPeer(): Seen {
    const link = this.#walked.lines[this.self].chain[this.#seenLink];
    return link === undefined ? null : { epoch: link.epoch, seq: seqOf(this.#seenSeq) };
  }
  isAdmitted(site: SiteId, epoch: string): boolean {
    return this.#walked.lines[site].indexOf(epoch) >= 0;
  }
  /** True while that site has left and not returned: the other settles alone. */
  hasLeft(site: SiteId): boolean {
    const { absence } = this.#walked.lines[site];
    return absence !== undefined && absence.until === undefined;
  }
  /** The newest epoch received of each origin, and how far (L18). */
  received(): VectorPosition {
    const position: { [site in SiteId]?: { epoch: string; seq: ReturnType<typeof seqOf> } } = {};
    for (const site of SITES) {
      const newest = [...this.#buffers[site].values()].sort((a, b) => compareEpochs(a.epoch, b.epoch)).at(-1);
      if (newest !== undefined) position[site] = { epoch: newest.epoch, seq: seqOf(newest.received) };
    }
    return position;
  }
  /** Every known epoch: the admitted ones of each site in turn, then those that wait. */
  epochs(): EpochInfo[] {
    const all: EpochInfo[] = [];
    for (const site of SITES) {
      const line = this.#walked.lines[site];
      const buffers = this.#buffers[site];
      const admitted = line.chain.map((link) => link.epoch);
      const waiting = [...buffers.keys()].filter((epoch) => line.indexOf(epoch) < 0).sort(compareEpochs);
      for (const epoch of [...admitted, ...waiting]) {
        const lastSeq = line.lastSeqs.get(epoch);
        const buffer = buffers.get(epoch);
        all.push({
          site,
          epoch,
          admitted: line.indexOf(epoch) >= 0,
          received: buffer?.received ?? lastSeq ?? 0,
          lastSeq,
          bothAdmits: buffer === undefined ? [] : bothAdmitsOf(buffer),
          hasOk: buffer?.controls.some((cell) => cell.entry.kind === 'ok') ?? false,
        });
      }
    }
    return all;
  }

  #isSettled(m: OriginMessage): boolean {
    const { chain, index, seq } = this.#committed[m.site];
    if (index < 0) return false;
    const link = must(chain[index], 'settled in the chain');
    if (link.epoch === m.epoch) return m.seq <= seq;
    for (let i = 0; i < index; i++) if (chain[i]?.epoch === m.epoch) return true;
    return false;
  }

  /** Places a cell that comes next in its origin; false: the structure has to be looked at. */
  #placeNext(cell: Cell, placed: Cell[]): boolean {
    const line = this.#walked.lines[cell.site];
    const link = line.chain[line.index];
    if (link !== undefined && link.epoch === cell.epoch) {
      const waiting = line.waiting[0];
      if (waiting !== undefined && line.timeOf(cell.entry.t) >= waiting.t) return false;
      const last = line.lastSeqOf(cell.epoch);
      if (last !== undefined && cell.seq >= last) return cell.seq > last;
      if (cell.seq !== line.next) return false;
      if (!cell.readable) {
        line.next++;
        return true;
      }
      cell.t = line.timeOf(cell.entry.t);
      line.push(cell);
      this.#arrived(cell, placed);
      return true;
    }
    // Held: of the other site's epoch that waits nothing is read, and an admitted epoch waits for the end of the one before.
    if (cell.site !== this.self || line.indexOf(cell.epoch) >= 0) return true;
    const { tail } = line;
    if (tail === undefined || tail.epoch !== cell.epoch || tail.next !== cell.seq) return false;
    tail.next++;
    if (!cell.readable) return true;
    cell.t = logTimeUs(Math.max(tail.t + 1, cell.entry.t));
    tail.t = cell.t;
    line.waiting.push(cell);
    this.#arrived(cell, placed);
    return true;
  }

  #arrived(cell: Cell, placed: Cell[]): void {
    cell.placed = true;
    placed.push(cell);
    if (cell.t > this.#newestT) this.#newestT = cell.t;
    if (cell.site === this.#peer) this.#noteSeen(cell.entry.seen);
  }

  #walk(): Walked {
    return walk(this.self, this.generation, this.#buffers, this.#committed);
  }

  /** Finds the structure anew, and what that changed of the order. */
  #restructure(): MergeChange {
    const before = [...this.#walked.lines.noirmont.cells(), ...this.#walked.lines.delemont.cells()];
    const times = before.map((cell) => cell.t);
    this.#walked = this.#walk();
    const placed: Cell[] = [];
    const now = new Set<Cell>();
    for (const site of SITES)
      for (const cell of this.#walked.lines[site].cells()) {
        now.add(cell);
        if (!cell.placed) this.#arrived(cell, placed);
        else if (cell.t > this.#newestT) this.#newestT = cell.t;
      }
    let moved = false;
    for (let i = 0; i < before.length; i++) {
      const cell = must(before[i], 'in range');
      if (now.has(cell)) moved ||= cell.t !== times[i];
      else {
        cell.placed = false;
        moved = true;
      }
    }
    placed.sort(comparePlaces);
    this.#locateSeen();
    const settled = this.#settle();
    return this.#change(placed, settled, moved);
  }

  #change(placed: readonly PlacedEntry[], settled: readonly PlacedEntry[], moved = false): MergeChange {
    return { placed, moved: this.#makeRoom() || moved, settled };
  }

  /** While an own epoch waits, the other site may settle past it (it had left): what waits sorts after everything settled. */
  #makeRoom(): boolean {
    const line = this.#walked.lines[this.self];
    const first = line.waiting[0];
    const through = this.#settledThrough;
    if (first === undefined || through === undefined || comparePlaces(first, through) > 0) return false;
    placeWaiting(line, this.#buffers[this.self], settledT(this.#committed));
    if (line.tail !== undefined && line.tail.t > this.#newestT) this.#newestT = line.tail.t;
    return true;
  }

  #noteSeen(seen: Seen): boolean {
    if (seen === null || seen.seq < (this.#seen.get(seen.epoch) ?? 0)) return false;
    this.#seen.set(seen.epoch, seen.seq);
    return this.#locateSeen();
  }
  /** The furthest that was said of an admitted epoch; what names one that waits counts once it is admitted. */
  #locateSeen(): boolean {
    const line = this.#walked.lines[this.self];
    const [link, seq] = [this.#seenLink, this.#seenSeq];
    this.#seenLink = -1;
    this.#seenSeq = 0;
    for (let i = line.chain.length - 1; i >= 0; i--) {
      const said = this.#seen.get(must(line.chain[i], 'in range').epoch);
      if (said === undefined) continue;
      this.#seenLink = i;
      this.#seenSeq = said;
      break;
    }
    return link !== this.#seenLink || seq !== this.#seenSeq;
  }

  #settle(): Cell[] {
    const settled: Cell[] = [];
    if (!this.#caughtUp) return settled;
    const { noirmont, delemont } = this.#walked.lines;
    for (;;) {
      const a = noirmont.head();
      const b = delemont.head();
      const cell = a === undefined ? b : b === undefined || comparePlaces(a, b) < 0 ? a : b;
      if (cell === undefined || !this.#isOrdered(cell) || !this.#isHeldByPeer(cell)) return settled;
      const link = must(this.#walked.lines[cell.site].chain[cell.link], 'admitted');
      if (cell.link > this.#committed[cell.site].index && !this.#isFirm(link)) return settled;
      this.#walked.lines[cell.site].shift();
      this.#commit(cell);
      settled.push(cell);
    }
  }

  /** L8: the other origin has shown an entry, or an admit's base, that sorts after it. */
  #isOrdered(cell: Cell): boolean {
    const bound = this.#boundOf(this.#walked.lines[otherSite(cell.site)]);
    return cell.t < bound || (cell.t === bound && cell.site === 'noirmont');
  }
  /** No entry of that origin will sort before (bound, site) any more, at either site. */
  #boundOf(line: Line): number {
    if (line.isAway) return Number.POSITIVE_INFINITY;
    let bound = line.reached;
    for (let i = line.index; i > this.#committed[line.site].index; i--) {
      const link = must(line.chain[i], 'in the chain');
      if (this.#isFirm(link)) break;
      bound = link.prior;
    }
    return bound;
  }
  /**
   * What rests on an own admit or `ok` waits until the other site has seen that entry: it sorts after entries that it lets settle,
   * and would be missing if the own disk were lost now.
   */
  #isFirm(link: Link): boolean {
    return link.by === undefined || link.by.site !== this.self || this.#isHeldByPeer(link.by);
  }
  #isHeldByPeer(cell: Cell): boolean {
    if (cell.site !== this.self) return true;
    const { absence } = this.#walked.lines[this.#peer];
    if (absence !== undefined && (absence.until === undefined || cell.t < absence.until)) return true;
    return cell.link < this.#seenLink || (cell.link === this.#seenLink && cell.seq <= this.#seenSeq);
  }

  #commit(cell: Cell): void {
    const committed = this.#committed[cell.site];
    if (cell.link >= committed.chain.length || isControl(cell)) this.#commitEffects(cell);
    if (cell.link !== committed.index) {
      for (let i = Math.max(0, committed.index); i < cell.link; i++)
        this.#buffers[cell.site].delete(must(committed.chain[i], 'committed').epoch);
      committed.index = cell.link;
      if (committed.absence !== undefined && committed.absence.until === undefined)
        committed.absence = {
          from: committed.absence.from,
          until: must(committed.chain[cell.link], 'committed').start,
        };
    }
    committed.seq = cell.seq;
    committed.t = cell.t;
    if (cell.entry.kind === 'leave') committed.absence = { from: cell.t, until: undefined };
    must(this.#buffers[cell.site].get(cell.epoch), 'received').dropThrough(cell.seq);
    this.#settledThrough = { site: cell.site, epoch: cell.epoch, seq: cell.seq, t: cell.t };
  }

  /** What a settled entry does, and the admit that its epoch rests on, are final. */
  #commitEffects(cell: Cell): void {
    for (const effect of this.#walked.effects) {
      const carries = effect.links.some((item) => item.site === cell.site && item.link.epoch === cell.epoch);
      if (effect.committed || !(carries || effect.cell === cell)) continue;
      effect.committed = true;
      for (const { site, link } of effect.links) this.#committed[site].chain.push(link);
      for (const { site, epoch, seq } of effect.lastSeqs) this.#committed[site].lastSeqs.set(epoch, seq);
    }
    assert(cell.link < this.#committed[cell.site].chain.length, 'the epoch of a settled entry is admitted for good');
  }
}

function bothAdmitsOf(buffer: EpochBuffer): EpochInfo['bothAdmits'] {
  return buffer.controls.flatMap(({ entry }) => {
    const data = entry.kind === 'admit' ? parseAdmit(entry.data) : undefined;
    return data?.both ? [{ entryId: entry.entryId, admits: data.admits }] : [];
  });
}

function mergeSorted(a: readonly Cell[], b: readonly Cell[]): Cell[] {
  const merged: Cell[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    const x = a[i];
    const y = b[k];
    if (y === undefined || (x !== undefined && comparePlaces(x, y) < 0)) {
      merged.push(must(x, 'in range'));
      i++;
    } else {
      merged.push(y);
      k++;
    }
  }
  return merged;
}
