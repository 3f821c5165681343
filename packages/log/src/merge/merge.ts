// The merged order of two origins (L4-L12): which entries have a place, and which of them are settled. Pure: messages come in,
// changes come out; no clock, no I/O. Arrival in the order of an origin costs the same however much is unsettled.
import {
  type LogTimeUs,
  type Seen,
  type Seq,
  type SiteId,
  type VectorPosition,
  SITES,
  compareEpochs,
  logTimeUs,
  must,
  otherSite,
  seqOf,
} from '@vigie/model';
import type { OriginMessage, ReadFrom } from '../types.ts';
import { GENESIS, generationNumber } from './admit-data.ts';
import { DirectTail } from './direct-tail.ts';
import { EpochBuffer, type Stretch } from './epoch-buffer.ts';
import { type EpochInfo, epochInfos } from './epoch-info.ts';
import { type Founding, isWhole, newestGeneration, vectorEnds } from './founding.ts';
import { Parked } from './parked.ts';
import { PeerSeen } from './peer-seen.ts';
import { Cell, type MergeChange, type Place, type PlacedEntry, comparePlaces, isControl } from './placed.ts';
import { Settling } from './settling.ts';
import { TRAPS } from './traps.ts';
import { type MergeSnapshot, readCommitted, writeCommitted } from './snapshot.ts';
import type { Line } from './line.ts';
import { type PerSite, type Walked, placeWaiting, settledT, walk } from './walk.ts';

/** Entries read again at a time. With at most 0.9 MB each this bounds what is held of them. */
const AGAIN_ENTRIES_MAX = 512;

const NOTHING: MergeChange = { placed: [], moved: false, settled: [] };

export class Merge {
  readonly self: SiteId;
  readonly #peer: SiteId;
  readonly #buffers: PerSite<Map<string, EpochBuffer>> = { noirmont: new Map(), delemont: new Map() };
  readonly #seen = new PeerSeen();
  /** How far own entries say that the other origin was held when they were written. */
  readonly #ownSeen = new PeerSeen();
  /** How far entries of own epochs past their end were written again. */
  readonly #rewritten = new Map<string, number>();
  readonly #settling: Settling;
  #walked: Walked;
  /** Epochs with an entry of a newer format: nothing of it or after it is taken. */
  readonly #halted = new Set<string>();
  /** What the other site has told itself of its origin and no copy has brought yet. */
  readonly #direct = new DirectTail();
  #caughtUp = false;
  #newestT = 0;
  /** The epoch that the own log server runs, once that was told. */
  #running: string | undefined;
  /** The founding whose vector was found whole last. */
  #wholeOnce: Cell | undefined;

  constructor(o: { self: SiteId; generation?: string }) {
    this.self = o.self;
    this.#peer = otherSite(o.self);
    this.#settling = new Settling(o.self, o.generation ?? GENESIS, this.#buffers, this.#seen, this.#ownSeen);
    this.#walked = this.#walk();
  }

  static restore(snapshot: MergeSnapshot): Merge {
    const merge = new Merge({ self: snapshot.self });
    const { committed } = merge.#settling;
    for (const site of SITES) {
      Object.assign(committed[site], readCommitted(must(snapshot.sites[site], 'both sites')));
      const { chain, index, seq } = committed[site];
      const link = chain[index];
      if (link !== undefined) merge.#buffers[site].set(link.epoch, new EpochBuffer(link.epoch, seq));
    }
    for (const [epoch, seq] of Object.entries(snapshot.rewritten)) merge.#rewritten.set(epoch, seq);
    merge.#settling.through = snapshot.settledThrough ?? undefined;
    merge.#newestT = Math.max(0, settledT(committed));
    merge.#walked = merge.#walk();
    return merge;
  }

  /** The settled end, with everything needed to go on from there by reading the log after `readFrom()`. */
  snapshot(): MergeSnapshot {
    const { noirmont, delemont } = this.#settling.committed;
    return {
      v: 2,
      self: this.self,
      sites: { noirmont: writeCommitted(noirmont), delemont: writeCommitted(delemont) },
      rewritten: Object.fromEntries(this.#rewritten),
      settledThrough: this.#settling.through ?? null,
    };
  }

  /** Where to read on after a restore: what lies before is settled. */
  readFrom(): ReadFrom {
    const from: { [site: string]: { [epoch: string]: number } } = {};
    for (const site of SITES) {
      const { chain, index, seq } = this.#settling.committed[site];
      const of: { [epoch: string]: number } = {};
      // Settled whole; what lies past its lastSeq has no place.
      for (let i = 0; i < index; i++) of[must(chain[i], 'in the chain').epoch] = Number.MAX_SAFE_INTEGER;
      const link = chain[index];
      if (link !== undefined) of[link.epoch] = seq;
      from[site] = of;
    }
    return from;
  }

  receive(m: OriginMessage): MergeChange {
    if (this.#isSettled(m) || this.#isHalted(m)) return NOTHING;
    // From here on the founding, or the admit, itself says what has a place.
    const kind = m.site === this.self && m.entry.ok ? m.entry.value.kind : undefined;
    if (kind === 'found') this.holdAt(undefined);
    if (kind === 'admit') this.closeAt(undefined);
    const buffers = this.#buffers[m.site];
    let buffer = buffers.get(m.epoch);
    if (buffer === undefined) {
      buffer = new EpochBuffer(m.epoch);
      buffers.set(m.epoch, buffer);
    }
    const placed: Cell[] = [];
    const told = m.site === this.#peer ? this.#direct.find(m) : undefined;
    if (told === 'another') return this.#restructureWith(buffer, m, placed);
    const before = buffer.add(told ?? new Cell(m));
    for (let seq = before + 1; seq <= buffer.received; seq++) {
      const cell = must(buffer.at(seq), 'just received');
      if (isControl(cell) || !this.#placeNext(cell, placed)) return this.#restructure(placed);
    }
    if (this.#isWholeNow()) return this.#restructure(placed);
    return this.#change(placed);
  }

  /** Where to ask the other site for its own origin, when no copy brings it (L13); undefined: nothing of it would have a place now. */
  get directFrom(): { readonly epoch: string; readonly seq: Seq } | undefined {
    const line = this.#walked.lines[this.#peer];
    if (this.#settling.reading || line.isAway) return undefined;
    const next = this.#direct.next(line, this.#receivedOf(line));
    return next === undefined || this.#halted.has(`${this.#peer}.${next.epoch}`) ? undefined : next;
  }
  /**
   * An entry of the other origin, told by its site (L13): live only. It is not held, settles nothing, and counts in no `seen`; the entry
   * that a copy brings at this place later is the same one, or takes its place.
   */
  receiveDirect(m: OriginMessage): MergeChange {
    const from = this.directFrom;
    if (m.site !== this.#peer || from?.epoch !== m.epoch || from.seq !== m.seq) return NOTHING;
    const cell = this.#direct.take(m, this.#walked.lines[this.#peer]);
    if (cell === undefined) return NOTHING;
    cell.placed = true;
    if (cell.t > this.#newestT) this.#newestT = cell.t;
    return this.#change([cell]);
  }
  /** Entries that are live only. */
  get directCount(): number {
    return this.#direct.count;
  }
  /** Behind which place of the other origin they follow; undefined: there are none. */
  get directAfter(): { readonly epoch: string; readonly seq: Seq } | undefined {
    const line = this.#walked.lines[this.#peer];
    const epoch = line.chain[line.index]?.epoch;
    return epoch === undefined || this.#direct.count === 0 ? undefined : { epoch, seq: seqOf(line.next - 1) };
  }

  /** True once everything of that epoch up to there has been received, settled or not. */
  hasReceived(site: SiteId, epoch: string, seq: number): boolean {
    if (seq === 0 || this.#isSettled({ site, epoch, seq })) return true;
    return (this.#buffers[site].get(epoch)?.received ?? 0) >= seq;
  }

  /** The other site said by plain message to hold the own origin this far. */
  peerSeen(seen: Seen): MergeChange {
    return this.#seen.note(seen, this.#walked.lines[this.self].chain) ? this.#change([]) : NOTHING;
  }

  /**
   * What was written before is read again, not as it was received: a part of the other origin that came only after a `found` may be
   * read before it. Until `endReading` an entry of the other site settles only if an own entry had seen it.
   */
  beginReading(): void {
    this.#settling.reading = true;
  }
  endReading(): MergeChange {
    this.#settling.reading = false;
    return this.#change([]);
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }
  /** L12: everything that the other site held lies on the own disk and has been received here; from now on entries settle. */
  catchUp(): MergeChange {
    this.#caughtUp = true;
    return this.#change([]);
  }
  /** The own log server runs this epoch: what it writes sorts after everything else of the own origin (L4). */
  runs(epoch: string): MergeChange {
    if (this.#running === epoch) return NOTHING;
    this.#running = epoch;
    return this.#buffers[this.self].size === 0 ? NOTHING : this.#restructure([]);
  }
  /** L12: the own log server was started again; nothing settles until `catchUp`. */
  fallBehind(): void {
    this.#caughtUp = false;
  }

  /** Bytes of what is held and not settled, about. */
  get heldBytes(): number {
    let size = 0;
    for (const site of SITES) for (const buffer of this.#buffers[site].values()) size += buffer.heldBytes;
    return size;
  }
  /**
   * Holds nothing unsettled any more but what changes the structure: days apart would not go into any memory. The entries keep their places,
   * lie on the own disk, and are read again from there, a window at a time, when they can settle.
   */
  park(): void {
    for (const site of SITES) for (const buffer of this.#buffers[site].values()) buffer.park();
    this.#walked = this.#walk();
  }
  /** Something that is not settled is not held. */
  get isParked(): boolean {
    for (const site of SITES) for (const buffer of this.#buffers[site].values()) if (buffer.isParked) return true;
    return false;
  }
  /** What is to be read again from the own disk now, and given to `takeAgain`: settling stands before it. */
  get wanted():
    | { readonly site: SiteId; readonly epoch: string; readonly from: Seq; readonly limit: number }
    | undefined {
    for (const site of SITES) {
      const cut = this.#walked.lines[site].cutIn;
      if (cut !== undefined) return { site, epoch: cut.run.epoch, from: cut.needed, limit: 1 };
    }
    const wanted = this.#maySettle ? this.#settling.wanted(this.#walked) : undefined;
    if (wanted === undefined) return undefined;
    const { site, epoch, seq: from } = wanted.run;
    return { site, epoch, from, limit: Math.min(wanted.limit, AGAIN_ENTRIES_MAX) };
  }
  /** What was wanted. It has its place already: only what settles by it is told. */
  takeAgain(messages: readonly OriginMessage[]): MergeChange {
    const first = messages[0];
    if (first === undefined) return NOTHING;
    const line = this.#walked.lines[first.site];
    const buffer = this.#buffers[first.site].get(first.epoch);
    const { cutIn } = line;
    if (cutIn !== undefined && cutIn.run.epoch === first.epoch) {
      if (first.seq !== cutIn.needed || !first.entry.ok) return NOTHING;
      buffer?.split(cutIn.run, cutIn.last, first.entry.value.t);
      return this.#restructure([]);
    }
    const run = line.head();
    if (!(run instanceof Parked) || run.epoch !== first.epoch || run.seq !== first.seq) return NOTHING;
    line.release(
      run,
      buffer?.release(
        run,
        messages.map((m) => new Cell(m)),
      ) ?? [],
    );
    return this.#change([]);
  }

  /** All placed, unsettled entries that are held, in merged order. */
  unsettled(): readonly PlacedEntry[] {
    return mergeSorted(this.#cellsOf('noirmont'), this.#cellsOf('delemont'));
  }
  #cellsOf(site: SiteId): Cell[] {
    const cells = this.#walked.lines[site].cells().filter((one) => one instanceof Cell);
    return site === this.self || this.#direct.count === 0 ? cells : cells.concat(this.#direct.placed());
  }
  get settledThrough(): Place | undefined {
    return this.#settling.through;
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
    if (link === undefined || this.#settling.reading) return null;
    const received = TRAPS.seenPastLastSeq ? this.#buffers[this.#peer].get(link.epoch)?.received : undefined;
    const max = this.#settling.endOfHeld(link.epoch);
    return { epoch: link.epoch, seq: seqOf(Math.min(received ?? line.next - 1, max)) };
  }
  /**
   * While a founding is being written: nothing of the other origin past the ends of its vector settles here, and `seen` is not told past
   * them, so that nothing does at the other site. Until the founding is read, or (undefined) it turns out that it was not written.
   */
  holdAt(ends: ReadonlyMap<string, number> | undefined): void {
    this.#settling.heldAt = ends;
  }
  /**
   * While an admit is being written: what comes over past the ends that it gives closed epochs of the other origin does not settle, and
   * is not told to be held; a copy that was under way may bring it. Until the admit is read, or was not written.
   */
  closeAt(ends: ReadonlyMap<string, number> | undefined): void {
    this.#settling.closedAt = ends;
  }
  /** The last entry of an own epoch, past its end, that was written again; 0 = none. */
  rewritten(epoch: string): number {
    return this.#rewritten.get(epoch) ?? 0;
  }
  /** How far the other site has said to hold the own origin. */
  seenByPeer(): Seen {
    return this.#seen.position(this.#walked.lines[this.self]);
  }
  isAdmitted(site: SiteId, epoch: string): boolean {
    return this.#walked.lines[site].indexOf(epoch) >= 0;
  }
  /** True while that site has left or was retired, and has not returned: the other settles alone. */
  hasLeft(site: SiteId): boolean {
    return this.#walked.lines[site].isAway;
  }
  /** Log time from which on that site is away; undefined: it is not. */
  awaySince(site: SiteId): LogTimeUs | undefined {
    const { isAway, absence } = this.#walked.lines[site];
    return isAway && absence !== undefined ? logTimeUs(absence.from) : undefined;
  }
  /** True while that site is no member of the generation. */
  isRetired(site: SiteId): boolean {
    return this.#walked.lines[site].isRetired;
  }
  /** The newest generation in force. */
  get generation(): string {
    return newestGeneration(this.#walked.lines);
  }
  /** Both sites have founded a generation while apart: what the other's is called. An operator chooses. */
  get rival(): string | undefined {
    return this.#walked.foundings.rival?.data.generation;
  }
  /** The newest epoch received of each origin, and how far (L18). */
  received(): VectorPosition {
    const position: { [site in SiteId]?: { epoch: string; seq: Seq } } = {};
    for (const site of SITES)
      for (const { epoch, received } of this.#buffers[site].values()) {
        const known = position[site];
        if (known === undefined || compareEpochs(epoch, known.epoch) > 0)
          position[site] = { epoch, seq: seqOf(received) };
      }
    return position;
  }
  /** Every known epoch: the admitted ones of each site in turn, then those that wait. */
  epochs(): EpochInfo[] {
    return epochInfos(this.#walked.lines, this.#buffers, this.#settling.committed);
  }

  /** L3: passing over it would settle another state than a site that can read it. Its epoch stands still, and so does settled. */
  #isHalted({ site, epoch, entry }: OriginMessage): boolean {
    const name = `${site}.${epoch}`;
    if (!entry.ok && entry.error.kind === 'newer-format') this.#halted.add(name);
    return this.#halted.has(name);
  }

  #isSettled(m: Pick<OriginMessage, 'site' | 'epoch'> & { readonly seq: number }): boolean {
    const { chain, index, seq } = this.#settling.committed[m.site];
    if (index < 0) return false;
    const link = must(chain[index], 'settled in the chain');
    if (link.epoch === m.epoch) return m.seq <= seq;
    for (let i = 0; i < index; i++) if (chain[i]?.epoch === m.epoch) return true;
    return false;
  }

  /** A founding that is known and has no place yet, because part of what its vector covers is not here. */
  #pending(): Founding | undefined {
    const { lines, foundings } = this.#walked;
    const last = foundings.inForce.at(-1);
    if (last === undefined || generationNumber(last.data.generation) <= generationNumber(newestGeneration(lines)))
      return undefined;
    return foundings.inForce.find(
      ({ data }) => generationNumber(data.generation) > generationNumber(newestGeneration(lines)),
    );
  }
  #isWholeNow(): boolean {
    const pending = this.#pending();
    if (pending === undefined || pending.cell === this.#wholeOnce) return false;
    if (!isWhole(pending, this.#buffers, this.#settling.committed)) return false;
    this.#wholeOnce = pending.cell;
    return true;
  }
  #waitsBehindFound(cell: Cell): boolean {
    const pending = this.#pending()?.cell;
    return pending !== undefined && pending.epoch === cell.epoch && pending.seq < cell.seq;
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
      if (cell.seq !== line.next) return this.#waitsBehindFound(cell);
      if (!cell.readable) {
        line.next++;
        this.#direct.passed(cell);
        return true;
      }
      const t = line.timeOf(cell.entry.t);
      if (cell.placed && cell.t !== t) return false;
      cell.t = t;
      line.push(cell);
      this.#direct.passed(cell);
      if (cell.placed) this.#heard(cell);
      else this.#arrived(cell, placed);
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
    const { from } = cell.entry;
    if (cell.site === this.self && from?.site === this.self && Number.isSafeInteger(from.seq))
      this.#rewritten.set(from.epoch, Math.max(from.seq, this.rewritten(from.epoch)));
    cell.placed = true;
    placed.push(cell);
    if (cell.t > this.#newestT) this.#newestT = cell.t;
    this.#heard(cell);
  }
  /** A run of an epoch that was admitted only now: what it says is told when it settles. */
  #arrivedParked(run: Parked): void {
    run.placed = true;
    if (run.lastT > this.#newestT) this.#newestT = run.lastT;
    this.#heardSeen(run.site, run.seen);
  }
  #heard({ site, entry }: Cell): void {
    this.#heardSeen(site, entry.seen);
  }
  #heardSeen(site: SiteId, seen: Seen): void {
    const { lines } = this.#walked;
    if (site === this.#peer) this.#seen.note(seen, lines[this.self].chain);
    else this.#ownSeen.note(seen, lines[this.#peer].chain);
  }

  #walk(): Walked {
    return walk(this.self, this.#buffers, this.#settling.committed, this.#running);
  }

  #receivedOf(line: Line): number {
    return this.#buffers[line.site].get(line.chain[line.index]?.epoch ?? '')?.received ?? 0;
  }

  /** The copy has brought another entry than the other site told: everything told from there on loses its place. */
  #restructureWith(buffer: EpochBuffer, m: OriginMessage, placed: Cell[]): MergeChange {
    const lost = this.#direct.dropFrom(m.seq);
    for (const cell of lost) cell.placed = false;
    buffer.add(new Cell(m));
    return { ...this.#restructure(placed), moved: true };
  }

  /** Finds the structure anew, and what that changed of the order. */
  #restructure(placed: Cell[]): MergeChange {
    const told = new Set<Stretch>(this.#direct.placed());
    const before: Stretch[] = [...this.#walked.lines.noirmont.cells(), ...this.#walked.lines.delemont.cells(), ...told];
    const times = before.map((cell) => cell.t);
    this.#walked = this.#walk();
    const now = new Set<Stretch>();
    for (const site of SITES)
      for (const cell of this.#walked.lines[site].cells()) {
        now.add(cell);
        if (cell instanceof Parked) this.#arrivedParked(cell);
        else if (!cell.placed) this.#arrived(cell, placed);
        else if (cell.t > this.#newestT) this.#newestT = cell.t;
        if (told.has(cell) && cell instanceof Cell) this.#heard(cell);
      }
    const peer = this.#walked.lines[this.#peer];
    this.#direct.lay(peer, this.#receivedOf(peer));
    for (const cell of this.#direct.placed()) now.add(cell);
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
    this.#noteVectors();
    this.#seen.locate(this.#walked.lines[this.self].chain);
    this.#ownSeen.locate(this.#walked.lines[this.#peer].chain);
    return this.#change(
      placed.filter((cell) => cell.placed),
      moved,
    );
  }

  /** Who founds a generation holds what its vector covers. */
  #noteVectors(): void {
    for (const founding of this.#walked.foundings.inForce) {
      if (founding.cell.site === this.self) continue;
      for (const { site, epoch, seq } of vectorEnds(founding))
        if (site === this.self && seq > 0)
          this.#seen.note({ epoch, seq: seqOf(seq) }, this.#walked.lines[this.self].chain);
    }
  }

  /** L12; who is away has shown everything that can sort before its return. */
  get #maySettle(): boolean {
    if (this.#caughtUp) return true;
    return this.#walked.lines[this.#peer].isAway && !this.#settling.doubts(this.#walked);
  }

  #change(placed: readonly PlacedEntry[], moved = false): MergeChange {
    const settled = this.#maySettle ? this.#settling.settle(this.#walked) : NOTHING.settled;
    const roomMade = this.#makeRoom();
    if (placed.length === 0 && settled.length === 0 && !moved && !roomMade) return NOTHING;
    return { placed, moved: moved || roomMade, settled };
  }

  /** While an own epoch waits, the other site may settle past it (it had left): what waits sorts after everything settled. */
  #makeRoom(): boolean {
    const line = this.#walked.lines[this.self];
    const first = line.waiting[0];
    const { through } = this.#settling;
    if (first === undefined || through === undefined || comparePlaces(first, through) > 0) return false;
    placeWaiting(line, this.#buffers[this.self], settledT(this.#settling.committed), this.#running);
    if (line.tail !== undefined && line.tail.t > this.#newestT) this.#newestT = line.tail.t;
    return true;
  }
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
