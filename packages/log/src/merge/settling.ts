// Which entries are settled (L8, L12), and what is final with them.
import { type SiteId, assert, must, otherSite } from '@vigie/model';
import type { EpochBuffer, Stretch } from './epoch-buffer.ts';
import { laterGeneration } from './admit-data.ts';
import {
  type Committed,
  type Effect,
  type Line,
  type Link,
  absenceEntering,
  absenceLeaving,
  newCommitted,
} from './line.ts';
import type { PeerSeen } from './peer-seen.ts';
import { Parked } from './parked.ts';
import { type Cell, type Place, comparePlaces, isControl } from './placed.ts';
import type { PerSite, Walked } from './walk.ts';

export class Settling {
  readonly committed: PerSite<Committed>;
  through: Place | undefined;
  /** What was written before is being read again. */
  reading = false;
  /** The ends of the other origin's epochs in a founding that this site is writing; an epoch that is not named has none. */
  heldAt: ReadonlyMap<string, number> | undefined;
  /** The ends of the other origin's closed epochs in an admit that this site is writing; nothing holds back an epoch that is not named. */
  closedAt: ReadonlyMap<string, number> | undefined;
  readonly #self: SiteId;
  readonly #buffers: PerSite<Map<string, EpochBuffer>>;
  /** An own founding may yet turn out to be given up: that the other site is away on the strength of it does not count. */
  #doubts = false;
  readonly #seen: PeerSeen;
  readonly #ownSeen: PeerSeen;

  constructor(
    self: SiteId,
    generation: string,
    buffers: PerSite<Map<string, EpochBuffer>>,
    seen: PeerSeen,
    ownSeen: PeerSeen,
  ) {
    this.#ownSeen = ownSeen;
    this.committed = { noirmont: newCommitted(generation), delemont: newCommitted(generation) };
    this.#self = self;
    this.#buffers = buffers;
    this.#seen = seen;
  }

  doubts({ foundings }: Walked): boolean {
    return this.reading && foundings.inForce.some(({ cell }) => cell.site === this.#self);
  }

  /** How far an epoch of the other origin may count here. */
  endOfHeld(epoch: string): number {
    const held = this.heldAt === undefined ? Number.POSITIVE_INFINITY : (this.heldAt.get(epoch) ?? 0);
    return Math.min(held, this.closedAt?.get(epoch) ?? Number.POSITIVE_INFINITY);
  }

  /** Takes what is settled now off the lines, in merged order; it ends before a run that is not held. */
  settle(walked: Walked): Cell[] {
    const settled: Cell[] = [];
    this.#doubts = this.doubts(walked);
    // What stands there may have a place before everything that could settle now.
    if (walked.lines.noirmont.cutIn !== undefined || walked.lines.delemont.cutIn !== undefined) return settled;
    for (;;) {
      const cell = firstOf(walked.lines);
      if (cell === undefined || cell instanceof Parked || !this.#isSettled(cell, walked.lines)) return settled;
      walked.lines[cell.site].shift();
      this.#commit(cell, walked.effects);
      settled.push(cell);
    }
  }

  /** The run before which settling stands, and how many of it are wanted: its first entry could settle, or only its place is not known. */
  wanted(walked: Walked): { readonly run: Parked; readonly limit: number } | undefined {
    this.#doubts = this.doubts(walked);
    const run = firstOf(walked.lines);
    if (!(run instanceof Parked)) return undefined;
    if (this.#isSettled(run, walked.lines)) return { run, limit: run.length };
    return run.isExact ? undefined : { run, limit: 1 };
  }

  /** Everything before it is settled already. */
  #isSettled(cell: Stretch, lines: PerSite<Line>): boolean {
    const peer = lines[otherSite(this.#self)];
    // L8: the other origin has shown an entry, or an admit's base, that sorts after it.
    const bound = this.#boundOf(lines[otherSite(cell.site)], peer);
    if (cell.t > bound || (cell.t === bound && cell.site !== 'noirmont')) return false;
    if (this.reading && this.#mayBeVoided(cell, lines)) return false;
    if (cell.site !== this.#self && cell.seq > this.endOfHeld(cell.epoch)) return false;
    if (!this.#isHeldByPeer(cell, peer)) return false;
    const link = must(lines[cell.site].chain[cell.link], 'admitted');
    return cell.link <= this.committed[cell.site].index || this.#isFirm(link, peer);
  }
  /** What is read later may say that this was not received then, or that the founding it rests on was given up. */
  #mayBeVoided(cell: Stretch, lines: PerSite<Line>): boolean {
    if (cell.site !== this.#self && !this.#ownSeen.covers(cell)) return true;
    const by = lines[cell.site].chain[cell.link]?.by;
    if (by !== undefined && by.site !== this.#self && !this.#ownSeen.covers(by)) return true;
    return this.#isOwnFound(cell) || (by !== undefined && this.#isOwnFound(by));
  }
  #isOwnFound(cell: Stretch): boolean {
    return cell.site === this.#self && !(cell instanceof Parked) && cell.entry.kind === 'found';
  }
  /** No entry of that origin will sort before (bound, site) any more, at either site. */
  #boundOf(line: Line, peer: Line): number {
    if (line.isAway && !(this.#doubts && line === peer)) return Number.POSITIVE_INFINITY;
    let bound = line.reached;
    for (let i = line.index; i > this.committed[line.site].index; i--) {
      const link = must(line.chain[i], 'in the chain');
      if (this.#isFirm(link, peer)) break;
      bound = link.prior;
    }
    return bound;
  }
  /**
   * What rests on an own admit or `ok` waits until the other site has seen that entry: it sorts after entries that it lets settle,
   * and would be missing if the own disk were lost now. One of the other site counts no further than its entries do.
   */
  #isFirm({ by }: Link, peer: Line): boolean {
    if (by === undefined) return true;
    return by.site === this.#self ? this.#isHeldByPeer(by, peer) : by.seq <= this.endOfHeld(by.epoch);
  }
  #isHeldByPeer(cell: Stretch, { absence }: Line): boolean {
    if (cell.site !== this.#self) return true;
    if (absence !== undefined && !this.#doubts && (absence.until === undefined || cell.t < absence.until)) return true;
    return this.#seen.covers(cell);
  }

  #commit(cell: Cell, effects: readonly Effect[]): void {
    const committed = this.committed[cell.site];
    const buffers = this.#buffers[cell.site];
    if (cell.link >= committed.chain.length || isControl(cell)) this.#commitEffects(cell, effects);
    if (cell.link !== committed.index) {
      for (let i = Math.max(0, committed.index); i < cell.link; i++)
        buffers.delete(must(committed.chain[i], 'committed').epoch);
      committed.index = cell.link;
      const link = must(committed.chain[cell.link], 'committed');
      committed.absence = absenceEntering(committed.absence, link.generation, must(link.start, 'entered'));
      committed.generation = laterGeneration(committed.generation, link.generation);
    }
    committed.seq = cell.seq;
    committed.t = cell.t;
    if (cell.entry.kind === 'leave') committed.absence = absenceLeaving(committed.absence, cell.t);
    must(buffers.get(cell.epoch), 'received').dropThrough(cell.seq);
    this.through = { site: cell.site, epoch: cell.epoch, seq: cell.seq, t: cell.t };
  }

  #commitFound({ site, t }: Cell, generation: string): void {
    this.committed[site].generation = generation;
    this.committed[otherSite(site)].absence = { from: t, until: undefined, retiredBy: generation };
  }

  /** What a settled entry does, and the admit that its epoch rests on, are final. */
  #commitEffects(cell: Cell, effects: readonly Effect[]): void {
    for (const effect of effects) {
      const carries = effect.links.some((item) => item.site === cell.site && item.link.epoch === cell.epoch);
      if (effect.committed || !(carries || effect.cell === cell)) continue;
      effect.committed = true;
      for (const { site, link } of effect.links) this.committed[site].chain.push(link);
      for (const { site, epoch, seq } of effect.lastSeqs) this.committed[site].lastSeqs.set(epoch, seq);
      if (effect.founded !== undefined) this.#commitFound(effect.cell, effect.founded);
    }
    assert(cell.link < this.committed[cell.site].chain.length, 'the epoch of a settled entry is admitted for good');
  }
}

/** The first of what is not settled, in merged order. */
function firstOf({ noirmont, delemont }: PerSite<Line>): Stretch | undefined {
  const a = noirmont.head();
  const b = delemont.head();
  return a === undefined ? b : b === undefined || comparePlaces(a, b) < 0 ? a : b;
}
