// live(v): settled state plus everything received and unsettled, in merged order (L9). One engine; an entry that arrives behind
// one already applied refolds its case from the case's base, and nothing else.
import type { PlacedEntry } from '@vigie/log';
import { SITES, assert, otherSite } from '@vigie/model';
import type { CaseTail, TailItem } from './case-tail.ts';
import type { FoldContext } from './fold-context.ts';
import { itemOf } from './evaluate.ts';
import { type MergedPlace, comparePlaces, placeName } from './place.ts';

/**
 * Items evaluated again in one turn; what is left waits for the next, so that newly received messages come in between. An item
 * takes 10-20 us, and several times that on a machine which a heal keeps busy: devices wait 250 ms for an answer, so a turn must
 * stay well below.
 */
const REFOLD_ITEMS_PER_TURN_MAX = 250;
/** Something new of a case that is to be folded anew makes that happen at once, in one turn for cases of so many items together. */
const FRESH_ITEMS_PER_TURN_MAX = 500;

/** Microseconds. While the sites are joined, entries of the other one come in milliseconds after they were written. */
const BEHIND_US_MAX = 2_000_000;

export class LiveFold {
  readonly #context: FoldContext;
  /** Everything placed and not yet passed by settled, in merged order, from #head on. */
  #order: PlacedEntry[] = [];
  #head = 0;
  #end: MergedPlace;
  /** A restart of silence, a switch of the rules, or an entry before a restart, has come in behind or has moved: what was known of timers is true of no case. */
  #lookAtAll = false;
  #unsettledItems = 0;
  /** Of FRESH_ITEMS_PER_TURN_MAX, in this turn. */
  #freshLeft = 0;
  /** Entries that were folded once and are not held, because too much waits to settle; undefined: all are held. */
  #foldedOnce: number | undefined;

  constructor(context: FoldContext, start: MergedPlace) {
    this.#context = context;
    this.#end = start;
  }

  /** The end of the merged order as received. */
  get end(): MergedPlace {
    return this.#end;
  }
  /** Items of cases among them; heartbeats that wait for the other's are nothing that anybody waits for. */
  get unsettledItems(): number {
    return this.#unsettledItems;
  }
  get unsettledEntries(): number {
    return this.#order.length - this.#head + (this.#foldedOnce ?? 0);
  }

  /** Takes in newly placed entries: at the end they are applied, behind they make their cases stale. */
  place(placed: readonly PlacedEntry[]): void {
    const sorted = [...placed].sort(comparePlaces);
    const first = sorted[0];
    if (first === undefined) return;
    const { clocks } = this.#context;
    for (const entry of sorted) clocks.append(entry);
    for (const entry of sorted) this.noteErasure(entry);
    let restartBehind = false;
    const zonesBehind: string[] = [];
    for (const entry of sorted) {
      const zone = this.noteZone(entry);
      if (zone !== undefined && comparePlaces(entry, this.#end) < 0) zonesBehind.push(zone);
      restartBehind ||= clocks[entry.site].isBeforeRestart(entry);
      if (this.noteRestart(entry)) restartBehind ||= comparePlaces(entry, this.#end) < 0;
    }
    const behind = comparePlaces(first, this.#end) < 0;
    if (behind) this.#insertBehind(sorted, first);
    else for (const entry of sorted) this.#order.push(entry);
    const last = this.#order[this.#order.length - 1] as PlacedEntry;
    this.#end = { t: last.t, site: last.site };
    if (restartBehind) {
      this.#lookAtAll = true;
      for (const tail of this.#context.tails.all()) this.#context.tails.markStale(tail);
    }
    for (const zone of zonesBehind) this.#staleByZone(zone);
    this.#freshLeft = FRESH_ITEMS_PER_TURN_MAX;
    for (const entry of sorted) this.#applyEntry(entry);
  }

  /** Places have moved: everything unsettled is folded anew. `settledEnd` is the last place that cannot move. */
  rebuild(settledEnd: MergedPlace, waitingSettled: readonly PlacedEntry[], unsettled: readonly PlacedEntry[]): void {
    const { clocks, tails } = this.#context;
    clocks.forgetAfter(settledEnd);
    if (clocks.switched.count > 0) this.#context.live.lookAgain(clocks.switched);
    this.#order = [...waitingSettled, ...unsettled];
    this.#head = 0;
    for (const entry of unsettled) clocks.append(entry);
    for (const entry of unsettled) this.noteRestart(entry);
    for (const entry of unsettled) this.noteErasure(entry);
    for (const entry of unsettled) this.noteZone(entry);
    const last = this.#order[this.#order.length - 1] ?? settledEnd;
    this.#end = { t: last.t, site: last.site };
    this.#lookAtAll = true;
    tails.forgetFired();
    this.#unsettledItems = 0;
    for (const tail of tails.all()) {
      const unplaced = tail.items.splice(tail.settledCount);
      // What has lost its place for good waits for nothing; what gets another is looked at again when its case is folded.
      this.#context.waitNoMore(unplaced);
      this.#context.opened.dropAll(unplaced);
      tails.markStale(tail);
    }
    for (const entry of this.#order)
      for (const item of this.#context.itemsOf(entry)) {
        const tail = tails.begin(itemOf(entry, item.index).measure);
        this.#unsettledItems++;
        tail.items.push(item);
        tails.markStale(tail);
      }
  }

  /** Settled state was folded up to here with nothing ahead of it. */
  passedTo(place: MergedPlace): void {
    assert(this.unsettledEntries === 0, 'nothing is ahead of settled state');
    this.#end = place;
  }

  /** Refolds stale cases, the longest stale first; true when none is left. */
  refold(itemsMax: number = REFOLD_ITEMS_PER_TURN_MAX, refolded: (tail: CaseTail) => void = () => {}): boolean {
    let left = itemsMax;
    for (const tail of this.#context.tails.stale) {
      if (left <= 0) return false;
      left -= Math.max(1, tail.items.length);
      this.refoldCase(tail);
      refolded(tail);
    }
    return true;
  }
  refoldCase(tail: CaseTail): void {
    const { live, tails, clock } = this.#context;
    const { measure } = tail;
    tail.stale = false;
    tails.stale.delete(tail);
    for (const site of SITES) tail.otherObsDue[site] = Number.POSITIVE_INFINITY;
    if (tail.base === undefined) live.dropCase(measure);
    else live.loadCase(measure, tail.base);
    // A loaded case knows its next timers once it has been looked at; what is due at the first item fires there anyway.
    const first = tail.items[0];
    if (first !== undefined) live.advanceCase(measure, clock.at(first.placed));
    for (const item of tail.items) this.#context.evaluateLive(tail, item);
    const fired = live.advanceCase(measure, clock.at(this.#end));
    if (fired || tail.firedAt !== undefined) tails.markFired(tail, this.#end);
  }

  /**
   * From here on nothing that is placed is held: each entry is folded once, as it comes. A case keeps what it was in settled state and goes on
   * from what live made of it.
   */
  letGo(): void {
    const { tails, clocks, opened } = this.#context;
    this.#foldedOnce = this.unsettledEntries;
    this.#order = [];
    this.#head = 0;
    this.#lookAtAll = false;
    tails.keepOnlyBases();
    for (const tail of tails.all()) {
      if (tail.last !== undefined) tail.foldedTo = placeOf(tail.last.placed);
      opened.dropAll(tail.items.splice(0));
    }
    clocks.forgetThrough(this.#end);
  }
  /**
   * What has newly come, after `letGo`. What comes behind something of its case that was folded is taken at the end: an alarm must not wait,
   * a stop counts at once, and what people were told is not told again. Reports older than the last moments wait until they settle.
   */
  foldOnce(placed: readonly PlacedEntry[]): void {
    const { clocks, tails, opened } = this.#context;
    const sorted = [...placed].sort(comparePlaces);
    const last = sorted[sorted.length - 1];
    if (last === undefined) return;
    for (const entry of sorted) {
      if (entry.t > clocks[entry.site].lastT) clocks.append(entry);
      this.noteErasure(entry);
      this.noteZone(entry);
      this.noteRestart(entry);
    }
    if (comparePlaces(last, this.#end) > 0) this.#end = { t: last.t, site: last.site };
    for (const entry of sorted) {
      const items = this.#context.itemsOf(entry);
      for (const item of items) {
        const tail = tails.begin(itemOf(entry, item.index).measure);
        const before = laterOf(tail.foldedTo, tail.firedAt);
        const isBehind = before !== undefined && comparePlaces(before, entry) >= 0;
        if (isBehind && item.kind === 'reports' && entry.t < this.#end.t - BEHIND_US_MAX) continue;
        this.#context.evaluateLive(tail, item, isBehind ? this.#end : entry);
        this.#context.forget(item);
        opened.drop(item);
        tail.foldedTo = isBehind ? this.#end : placeOf(entry);
      }
      this.#unsettledItems += items.length;
    }
    this.#foldedOnce = (this.#foldedOnce ?? 0) + sorted.length;
    clocks.forgetThrough(this.#end);
  }

  /** Brings the timers of all cases up to the end of the merged order. A case whose timer fires is ahead of settled by it. */
  advance(): void {
    if (this.#lookAtAll) this.#fireInAll();
    const { live, tails, clock } = this.#context;
    live.advance(clock.at(this.#end), (measure) => tails.markFired(tails.begin(measure), this.#end));
  }

  /** Settled has passed the first unsettled entry, which is this one. */
  passFirst(entry: PlacedEntry): void {
    assert(this.#order[this.#head] === entry, 'what settles is the first of what was placed');
    this.#head++;
    const items = this.#context.itemsOf(entry);
    this.#unsettledItems -= items.length;
    if (this.#head < 1024 || this.#head * 2 < this.#order.length) return;
    this.#order = this.#order.slice(this.#head);
    this.#head = 0;
  }

  #fireInAll(): void {
    const { live, tails, clock } = this.#context;
    this.#lookAtAll = false;
    clock.at(this.#end);
    for (const measure of live.measures()) {
      if (tails.get(measure)?.stale === true) continue;
      if (live.isDue(measure, clock)) tails.markFired(tails.begin(measure), this.#end);
      live.advanceCase(measure, clock);
    }
  }

  /** True if the silence of some origin starts anew at this entry, or other rules are in force after it, or one of them is switched. */
  noteRestart(entry: PlacedEntry): boolean {
    const sites = restartedBy(entry);
    const { clocks, live } = this.#context;
    for (const site of sites) clocks.restart(site, entry);
    const hasVersion = clocks.rules.note(entry);
    const isSwitched = clocks.switched.note(entry);
    if (isSwitched) live.lookAgain(clocks.switched);
    return hasVersion || isSwitched || sites.length > 0;
  }

  /** The id of the shared zone that has another revision from this entry on; the cases that go by it are looked at then. */
  noteZone(entry: PlacedEntry): string | undefined {
    const { clocks, live, hooks } = this.#context;
    if (entry.entry.kind !== 'shared_zone') return undefined;
    const zoneId = clocks.zones.note(entry);
    if (zoneId === undefined) hooks.malformed(placeName(entry, 0), 'not a shared zone');
    else {
      live.zoneChanged(zoneId, entry.t + 1);
      hooks.zone(entry, clocks.zones.outcomeOf(entry.entry));
    }
    return zoneId;
  }

  /** A revision has come in behind: what goes by the zone is folded anew, and orders that may have named it before it was there. */
  #staleByZone(zoneId: string): void {
    const { live, tails } = this.#context;
    for (const tail of tails.all())
      if (live.usesZone(tail.measure, zoneId) || tail.items.some(({ kind }) => kind === 'case' || kind === 'order'))
        tails.markStale(tail);
  }

  /** Known as soon as it has a place: later items have no effect, earlier ones wait for no key. */
  noteErasure(entry: PlacedEntry): void {
    const measure = this.#context.erased.note(entry);
    if (measure === undefined) return;
    const tail = this.#context.tails.get(measure);
    if (tail === undefined) return;
    this.#context.waitNoMore(tail.items);
    this.#context.tails.markStale(tail);
  }

  #insertBehind(sorted: readonly PlacedEntry[], first: PlacedEntry): void {
    let from = this.#order.length;
    while (from > this.#head && comparePlaces(this.#order[from - 1] as PlacedEntry, first) > 0) from--;
    const after = this.#order.slice(from);
    this.#order.length = from;
    let i = 0;
    for (const entry of sorted) {
      while (i < after.length && comparePlaces(after[i] as PlacedEntry, entry) < 0)
        this.#order.push(after[i++] as PlacedEntry);
      this.#order.push(entry);
    }
    while (i < after.length) this.#order.push(after[i++] as PlacedEntry);
    this.#staleByClocks(first);
  }

  /**
   * Entries that came in behind have moved the other origin's observed time on for everything after them. A case is stale by
   * that only if one of its timers on that origin would have fired before an item, or before another timer, already applied.
   */
  #staleByClocks(first: PlacedEntry): void {
    const { clocks, tails, live } = this.#context;
    for (const tail of tails.all()) if (!tail.stale && this.#isStaleByClocks(tail, first)) tails.markStale(tail);
    for (const tail of tails.firedAfter(first)) {
      const { measure } = tail;
      if (
        live.nextObsDue(measure, 'noirmont') <= clocks.noirmont.lastObs ||
        live.nextObsDue(measure, 'delemont') <= clocks.delemont.lastObs
      )
        tails.markStale(tail);
    }
  }

  #isStaleByClocks({ items, otherObsDue }: CaseTail, first: PlacedEntry): boolean {
    const { clocks } = this.#context;
    if (SITES.every((site) => otherObsDue[site] > clocks[site].lastObs)) return false;
    for (let i = items.length - 1; i >= 0; i--) {
      const { placed, otherObsDue: due } = items[i] as TailItem;
      if (comparePlaces(placed, first) <= 0) return false;
      if (due <= clocks[otherSite(placed.site)].obsAt(placed)) return true;
    }
    return false;
  }

  #applyEntry(entry: PlacedEntry): void {
    const items = this.#context.itemsOf(entry);
    this.#unsettledItems += items.length;
    for (const item of items) this.#applyItem(item, itemOf(entry, item.index).measure);
  }

  #applyItem(item: TailItem, measure: string): void {
    const { tails } = this.#context;
    const tail = tails.begin(measure);
    // Each entry brings the text of its measures anew; a case needs one.
    (itemOf(item.placed, item.index) as { measure: string }).measure = tail.measure;
    const isLast = tail.insert(item);
    const firedLater = tail.firedAt !== undefined && comparePlaces(tail.firedAt, item.placed) > 0;
    if (!isLast || firedLater || this.#lookAtAll) tails.markStale(tail);
    else if (!tails.stale.has(tail)) this.#context.evaluateLive(tail, item);
    else this.#applyFresh(tail, item);
  }

  /**
   * The newest of a case that is to be folded anew. An alarm must not wait for that: the case has its turn now, or, where that is too much
   * for one turn, goes on from what live was, as it did while the other site was not heard.
   */
  #applyFresh(tail: CaseTail, item: TailItem): void {
    if (tail.items.length > this.#freshLeft) this.#context.evaluateLive(tail, item);
    else {
      this.#freshLeft -= tail.items.length;
      this.refoldCase(tail);
    }
  }
}

/** The place alone: an entry is not kept for it. */
const placeOf = ({ t, site }: PlacedEntry): MergedPlace => ({ t, site });

const laterOf = (a: MergedPlace | undefined, b: MergedPlace | undefined): MergedPlace | undefined =>
  a === undefined || (b !== undefined && comparePlaces(a, b) < 0) ? b : a;

const NONE: readonly ('noirmont' | 'delemont')[] = [];

/** Origins whose silence clocks start anew at this entry (D5). */
function restartedBy(entry: PlacedEntry): readonly ('noirmont' | 'delemont')[] {
  const { kind, data } = entry.entry;
  if (kind === 'admit') return admittedSites(data);
  if (kind === 'leave') return [entry.site];
  return kind === 'found' ? ['noirmont', 'delemont'] : NONE;
}

function admittedSites(data: unknown): readonly ('noirmont' | 'delemont')[] {
  const admits = (data as { admits?: unknown } | undefined)?.admits;
  if (!Array.isArray(admits)) return NONE;
  const sites = new Set<unknown>(admits.map((admit: unknown) => (admit as { site?: unknown } | null)?.site));
  return (['noirmont', 'delemont'] as const).filter((site) => sites.has(site));
}
