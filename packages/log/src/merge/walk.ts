// Walks both origins from what is settled and finds which epochs are admitted, where they end, and the t of every entry
// (L10, L11). Run again whenever an entry arrives that changes structure; that is rare, so it is plain rather than clever.
import { type AdmitData, type SiteId, SITES, compareEpochs, logTimeUs, must, otherSite } from '@vigie/model';
import { epochOfSite, laterGeneration, parseAdmit, parseOk } from './admit-data.ts';
import type { EpochBuffer } from './epoch-buffer.ts';
import { Parked } from './parked.ts';
import {
  type Founding,
  type Foundings,
  foundings,
  isWhole,
  namesItself,
  newestGeneration,
  vectorEnds,
} from './founding.ts';
import {
  type Committed,
  type Effect,
  type EpochName,
  Line,
  type Link,
  absenceEntering,
  absenceLeaving,
} from './line.ts';
import type { Cell } from './placed.ts';
import { TRAPS } from './traps.ts';

export type PerSite<T> = { readonly [site in SiteId]: T };

export interface Walked {
  readonly lines: PerSite<Line>;
  readonly effects: readonly Effect[];
  readonly foundings: Foundings;
}

/**
 * Each pass may find a lastSeq that takes the place from an admit the pass before relied on. Real keepers need two or three;
 * the bound only matters for entries that no keeper of ours writes.
 */
const PASSES_MAX = 16;

export function walk(
  self: SiteId,
  buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
  committed: PerSite<Committed>,
  running: string | undefined,
): Walked {
  const founded = foundings(self, buffers, committed);
  let cut: PerSite<ReadonlyMap<string, number>> = expectedEnds(founded, buffers, committed);
  for (let pass = 1; ; pass++) {
    const found = new Pass(founded, buffers, committed, cut);
    found.run();
    const now = { noirmont: found.lines.noirmont.lastSeqs, delemont: found.lines.delemont.lastSeqs };
    if (pass === PASSES_MAX || SITES.every((site) => sameMap(cut[site], now[site]))) {
      placeWaiting(found.lines[self], buffers[self], settledT(committed), running);
      return found;
    }
    cut = { noirmont: new Map(now.noirmont), delemont: new Map(now.delemont) };
  }
}

/**
 * The lastSeqs of both-admits that an `ok` names, and of foundings, as the first guess: an admit that lies past one (the other site never got it, and
 * a disk came back with it) must not make the both-admit look superfluous. What turns out not to be in force is dropped again.
 */
function expectedEnds(
  { inForce }: Foundings,
  buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
  committed: PerSite<Committed>,
): PerSite<Map<string, number>> {
  const ends = {
    noirmont: new Map(committed.noirmont.lastSeqs),
    delemont: new Map(committed.delemont.lastSeqs),
  };
  for (const founding of inForce)
    for (const { site, epoch, seq } of vectorEnds(founding)) if (!ends[site].has(epoch)) ends[site].set(epoch, seq);
  for (const buffer of buffers.delemont.values()) {
    if (committed.delemont.chain.some((link) => link.epoch === buffer.epoch)) continue;
    for (const cell of buffer.controls) {
      const named = cell.entry.kind === 'ok' ? parseOk(cell.entry.data) : undefined;
      const admit = named === undefined ? undefined : findAdmit(buffers.noirmont, named.admitEntryId);
      const data = admit === undefined ? undefined : parseAdmit(admit.entry.data);
      if (!data?.both) continue;
      for (const { site, epoch, seq } of lastSeqsOf(data.admits))
        if (!ends[site].has(epoch)) ends[site].set(epoch, seq);
    }
  }
  return ends;
}

function findAdmit(buffers: ReadonlyMap<string, EpochBuffer>, entryId: string): Cell | undefined {
  for (const buffer of buffers.values())
    for (const cell of buffer.controls) if (cell.entry.kind === 'admit' && cell.entry.entryId === entryId) return cell;
  return undefined;
}

export const settledT = (committed: PerSite<Committed>): number => Math.max(committed.noirmont.t, committed.delemont.t);

/**
 * Own epochs that wait: by number, then suffix, the running one last, after everything of the own origin that has a place. A site
 * that lost its disk may run a lower number than what comes back to it: an answer written there must not sort before its cause.
 */
export function placeWaiting(
  line: Line,
  buffers: ReadonlyMap<string, EpochBuffer>,
  after: number,
  running: string | undefined,
): void {
  line.waiting.length = 0;
  line.tail = undefined;
  const epochs = [...buffers.keys()]
    .filter((epoch) => line.indexOf(epoch) < 0)
    .sort((a, b) => Number(a === running) - Number(b === running) || compareEpochs(a, b));
  let t = Math.max(line.t, after);
  for (const epoch of epochs) {
    const buffer = must(buffers.get(epoch), 'listed');
    const last = Math.min(buffer.received, line.lastSeqOf(epoch) ?? buffer.received);
    for (let seq = 1; seq <= last; seq++) {
      const cell = must(buffer.stretchAt(seq), 'nothing of a waiting epoch is dropped');
      if (cell instanceof Parked) {
        if (!endsBy(line, buffer, cell, last)) return;
        seq = cell.to;
        if (cell.count === 0) continue;
        cell.t = logTimeUs(Math.max(t + 1, cell.firstWritten));
        cell.link = -1;
        t = cell.lastT;
        line.waiting.push(cell);
        continue;
      }
      if (!cell.readable) continue;
      t = Math.max(t + 1, cell.entry.t);
      cell.t = logTimeUs(t);
      cell.link = -1;
      line.waiting.push(cell);
    }
    line.tail = { epoch, next: last + 1, t };
  }
}

/** Makes a run end at `last` at the latest; false: for that somebody has to read when the entry there was written. */
function endsBy(line: Line, buffer: EpochBuffer, run: Parked, last: number): boolean {
  if (run.to <= last) return true;
  const needed = run.needsToEndAt(last);
  if (needed === undefined) buffer.split(run, last, run.firstWritten - 1);
  else line.cutIn = { run, needed, last };
  return needed === undefined;
}

class Pass {
  readonly lines: PerSite<Line>;
  readonly effects: Effect[] = [];
  readonly foundings: Foundings;
  readonly #buffers: PerSite<ReadonlyMap<string, EpochBuffer>>;
  readonly #committed: PerSite<Committed>;

  constructor(
    founded: Foundings,
    buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
    committed: PerSite<Committed>,
    cut: PerSite<ReadonlyMap<string, number>>,
  ) {
    this.foundings = founded;
    this.#buffers = buffers;
    this.#committed = committed;
    this.lines = {
      noirmont: new Line('noirmont', committed.noirmont, cut.noirmont),
      delemont: new Line('delemont', committed.delemont, cut.delemont),
    };
  }

  /**
   * What lies in an epoch that it admits itself counts only when nothing else can be placed: what admits singly comes earlier in its
   * origin. A both-admit that was confirmed before a founding comes before it.
   */
  run(): void {
    for (;;) {
      let went = false;
      for (const site of SITES) if (this.#advance(this.lines[site])) went = true;
      if (!went && !this.#confirmBoth() && !this.#foundInWaiting() && !this.#admitSelf()) return;
    }
  }

  #advance(line: Line): boolean {
    let went = false;
    for (;;) {
      const link = line.chain[line.index];
      const last = link === undefined ? undefined : line.lastSeqOf(link.epoch);
      if (link === undefined || (last !== undefined && line.next > last)) {
        if (link !== undefined) link.end = Math.max(line.t, line.floor - 1);
        const following = line.chain[line.index + 1];
        const base = following === undefined ? undefined : this.#base(following);
        if (base === undefined) return went;
        const entered = must(following, 'has a base');
        entered.prior = line.reached;
        entered.start = base;
        line.index++;
        line.next = 1;
        line.floor = base;
        line.absence = absenceEntering(line.absence, entered.generation, base);
        line.generation = laterGeneration(line.generation, entered.generation);
        went = true;
        continue;
      }
      const buffer = this.#buffers[line.site].get(link.epoch);
      const cell = buffer?.stretchAt(line.next);
      if (buffer === undefined || cell === undefined) return went;
      if (cell instanceof Parked) {
        if (last !== undefined && !endsBy(line, buffer, cell, last)) return went;
        line.pushParked(cell);
        went = true;
        continue;
      }
      if (this.#waitsForVector(line, cell)) return went;
      went = true;
      if (!cell.readable) {
        line.next++;
        continue;
      }
      cell.t = line.timeOf(cell.entry.t);
      line.push(cell);
      this.#take(line, cell);
    }
  }

  #base(link: Link): number | undefined {
    if (link.after === undefined) return link.min;
    const before = this.lines[link.after.site];
    const end = before.chain[before.indexOf(link.after.epoch)]?.end;
    return end === undefined ? undefined : Math.max(link.min, end + 1);
  }

  #take(line: Line, cell: Cell): void {
    if (cell.entry.kind === 'leave') {
      this.#apply(cell, [], [{ site: line.site, epoch: cell.epoch, seq: cell.seq }]);
      line.absence = absenceLeaving(line.absence, cell.t);
    }
    if (cell.entry.kind === 'found') {
      const founding = this.#next(line);
      if (founding?.cell === cell) this.#applyFound(founding, cell.t);
    }
    if (cell.entry.kind !== 'admit') return;
    const data = parseAdmit(cell.entry.data);
    if (data === undefined || data.both || !this.#isOf(data, line.generation)) return;
    // Nobody admits itself while there are two members.
    const admits = data.admits.filter((admit) => admit.site === otherSite(line.site));
    const { generation } = data;
    const links = admits.map(({ site, epoch }) => ({
      site,
      link: newLink(epoch, { by: cell, min: cell.t + 1, after: undefined, generation }),
    }));
    this.#apply(cell, links, lastSeqsOf(admits));
  }

  #isOf(data: AdmitData, generation: string): boolean {
    return data.generation === generation || TRAPS.olderGenerations;
  }

  /** The founding that this origin may come to next. */
  #next({ site, generation }: Line): Founding | undefined {
    return this.foundings.inForce.find(
      (founding) => founding.cell.site === site && founding.data.parent === generation && !namesItself(founding),
    );
  }
  #waitsForVector(line: Line, cell: Cell): boolean {
    const founding = cell.entry.kind === 'found' ? this.#next(line) : undefined;
    return founding?.cell === cell && !isWhole(founding, this.#buffers, this.#committed);
  }

  /** One that lies in an epoch which waits admits that epoch, without an `ok`. */
  #foundInWaiting(): boolean {
    for (const site of SITES) {
      const line = this.lines[site];
      const founding = this.#next(line);
      if (founding === undefined) continue;
      const { cell, data } = founding;
      if (line.indexOf(cell.epoch) >= 0 || !this.#reaches(line, cell)) continue;
      const last = data.admits.at(-1);
      if (last?.site !== site || last.epoch !== cell.epoch) continue;
      if (!isWhole(founding, this.#buffers, this.#committed)) continue;
      this.#applyFound(founding, cell.entry.t);
      return line.indexOf(cell.epoch) >= 0;
    }
    return false;
  }
  #reaches(line: Line, { epoch, seq }: Cell): boolean {
    return seq <= (line.lastSeqOf(epoch) ?? Number.POSITIVE_INFINITY);
  }

  /** Of the generation before only what the vector covers has a place, and the other site is no member from here on. */
  #applyFound(founding: Founding, t: number): void {
    const { cell, data } = founding;
    const line = this.lines[cell.site];
    const links = this.#listed(data.admits, cell, t + 1, (epoch, site) =>
      site === cell.site && epoch === cell.epoch ? data.generation : data.parent,
    );
    this.#apply(cell, links, vectorEnds(founding), data.generation);
    line.generation = data.generation;
    this.lines[otherSite(cell.site)].absence = { from: t, until: undefined, retiredBy: data.generation };
  }

  /** L11: in a generation with one member a site admits itself; the epochs before the running one in turn. */
  #admitSelf(): boolean {
    for (const site of SITES) {
      const line = this.lines[site];
      if (!this.lines[otherSite(site)].isRetired) continue;
      const waiting = [...this.#buffers[site].keys()].filter((epoch) => line.indexOf(epoch) < 0).sort(compareEpochs);
      for (const epoch of waiting)
        for (const cell of must(this.#buffers[site].get(epoch), 'listed').controls) {
          const data = cell.entry.kind === 'admit' ? parseAdmit(cell.entry.data) : undefined;
          if (data === undefined || data.both || data.generation !== line.generation) continue;
          if (data.admits.some((item) => item.site !== site) || data.admits.at(-1)?.epoch !== epoch) continue;
          if (!this.#reaches(line, cell)) continue;
          const links = this.#listed(data.admits, cell, cell.entry.t + 1, () => data.generation);
          this.#apply(cell, links, lastSeqsOf(data.admits));
          if (line.indexOf(epoch) >= 0) return true;
        }
    }
    return false;
  }

  /** Each epoch that still waits; its log times start past the end of the one listed before it. */
  #listed(
    admits: AdmitData['admits'],
    by: Cell,
    min: number,
    generationOf: (epoch: string, site: SiteId) => string,
    isRunning: (epoch: string) => boolean = (epoch) => epoch === by.epoch,
  ): Effect['links'] {
    const links: Effect['links'] = [];
    let after: EpochName | undefined;
    for (const { site, epoch } of admits) {
      if (this.lines[site].indexOf(epoch) >= 0) continue;
      links.push({ site, link: newLink(epoch, { by, min, after, generation: generationOf(epoch, site) }) });
      if (!isRunning(epoch)) after = { site, epoch };
    }
    return links;
  }

  /** The first that an `ok` of Delémont's running epoch names wins; one that has not arrived is waited for. */
  #confirmBoth(): boolean {
    if (TRAPS.unconfirmedBothAdmits) return this.#takeUnconfirmed();
    const line = this.lines.delemont;
    const waiting = [...this.#buffers.delemont.keys()].filter((epoch) => line.indexOf(epoch) < 0).sort(compareEpochs);
    for (const epoch of waiting) {
      const limit = line.lastSeqOf(epoch) ?? Number.POSITIVE_INFINITY;
      for (const ok of must(this.#buffers.delemont.get(epoch), 'listed').controls) {
        const named = ok.entry.kind === 'ok' && ok.seq <= limit ? parseOk(ok.entry.data) : undefined;
        if (named === undefined) continue;
        const admit = findAdmit(this.#buffers.noirmont, named.admitEntryId);
        if (admit === undefined) break;
        const data = parseAdmit(admit.entry.data);
        if (data === undefined || !this.#isBothAdmit(admit, data, epoch) || this.#isVoided(ok, data)) continue;
        if (!this.#knowsNamed(data)) break;
        this.#applyBoth(admit, data, ok);
        return line.indexOf(epoch) >= 0;
      }
    }
    return false;
  }

  /** Of the generation before a founding, an `ok` that its vector does not cover counts for nothing: whoever founded may not even have known its epoch. */
  #isVoided(ok: Cell, { generation }: AdmitData): boolean {
    const founding = this.foundings.inForce.find(({ data }) => data.parent === generation);
    if (founding === undefined) return false;
    const { cell, data } = founding;
    if (cell.site === ok.site && cell.epoch === ok.epoch) return ok.seq > cell.seq;
    return ok.seq > (data.vector[epochOfSite(ok.site, ok.epoch)] ?? 0);
  }

  #takeUnconfirmed(): boolean {
    for (const buffer of this.#buffers.noirmont.values())
      for (const admit of buffer.controls) {
        const data = admit.entry.kind === 'admit' ? parseAdmit(admit.entry.data) : undefined;
        const delemont = data?.admits.findLast((item) => item.site === 'delemont')?.epoch;
        if (data === undefined || delemont === undefined || !this.#isBothAdmit(admit, data, delemont)) continue;
        this.#applyBoth(admit, data, admit);
        return this.lines.noirmont.indexOf(admit.epoch) >= 0;
      }
    return false;
  }

  /** Both running epochs wait, and it lists them: the one it lies in, and the one the `ok` lies in. */
  #isBothAdmit(admit: Cell, data: AdmitData, okEpoch: string): boolean {
    const { noirmont } = this.lines;
    const runningOf = (site: SiteId) => data.admits.findLast((item) => item.site === site)?.epoch;
    return (
      data.both &&
      this.#isOf(data, newestGeneration(this.lines)) &&
      noirmont.indexOf(admit.epoch) < 0 &&
      admit.seq <= (noirmont.lastSeqOf(admit.epoch) ?? Number.POSITIVE_INFINITY) &&
      runningOf('noirmont') === admit.epoch &&
      runningOf('delemont') === okEpoch
    );
  }

  /** Every other epoch that it names must come before: one whose own admit has not arrived is waited for. */
  #knowsNamed({ admits }: AdmitData): boolean {
    return admits.every(({ site, lastSeqs }) =>
      Object.keys(lastSeqs).every(
        (epoch) =>
          this.lines[site].indexOf(epoch) >= 0 || admits.some((item) => item.site === site && item.epoch === epoch),
      ),
    );
  }

  #applyBoth(admit: Cell, data: AdmitData, ok: Cell): void {
    const links = this.#listed(
      data.admits,
      ok,
      admit.entry.t + 1,
      () => data.generation,
      (epoch) => epoch === admit.epoch || epoch === ok.epoch,
    );
    this.#apply(admit, links, lastSeqsOf(data.admits));
  }

  /** First in force is final: lastSeqs and epochs that stand already are only repeated. */
  #apply(cell: Cell, links: Effect['links'], lastSeqs: Effect['lastSeqs'], founded?: string): void {
    const taken: Effect = { cell, links: [], lastSeqs: [], founded, committed: false };
    for (const item of lastSeqs) {
      const known = this.lines[item.site].lastSeqs;
      if (known.has(item.epoch) && !TRAPS.lastSeqsReplaced) continue;
      known.set(item.epoch, item.seq);
      taken.lastSeqs.push(item);
    }
    for (const item of links) {
      const line = this.lines[item.site];
      const before = line.chain.at(-1);
      if (line.indexOf(item.link.epoch) >= 0) continue;
      if (before !== undefined && line.lastSeqOf(before.epoch) === undefined) continue; // does not say where that one ends
      line.chain.push(item.link);
      taken.links.push(item);
    }
    this.effects.push(taken);
  }
}

const newLink = (epoch: string, of: Pick<Link, 'by' | 'min' | 'after' | 'generation'>): Link => ({
  epoch,
  ...of,
  prior: Number.NEGATIVE_INFINITY,
  start: undefined,
  end: undefined,
});

function lastSeqsOf(admits: AdmitData['admits']): Effect['lastSeqs'] {
  return admits.flatMap(({ site, epoch, lastSeqs }) =>
    Object.entries(lastSeqs)
      .filter(([other]) => other !== epoch)
      .map(([other, seq]) => ({ site, epoch: other, seq })),
  );
}

function sameMap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
