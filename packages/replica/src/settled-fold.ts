// Settled state: the fold of what can no longer change (L8). Passing an entry costs nothing but bookkeeping, because live has
// evaluated it in the same order already; only cases that are ahead at a whole second have their base moved on (L9).
import type { PlacedEntry } from '@vigie/log';
import { caseDigest } from './digest-bytes.ts';
import type { CaseTail, TailItem } from './case-tail.ts';
import { DigestTree } from './digest-tree.ts';
import { erasedMeasure } from './erasure.ts';
import { itemOf } from './evaluate.ts';
import type { FoldContext } from './fold-context.ts';
import { type LiveFold, REFOLD_ITEMS_PER_TURN_MAX } from './live-fold.ts';
import { type MergedPlace, comparePlaces } from './place.ts';

const SECOND_US = 1_000_000;
/** While settled time runs through the past (a heal, a restart), one second of so many is digested: both sites take the same ones. */
export const CATCH_UP_DIGEST_SECONDS = 16;
/** While the past is read before anything is compared: a multiple, so that what is taken is taken at the other site too. */
export const PAST_DIGEST_SECONDS = 64 * CATCH_UP_DIGEST_SECONDS;
/** Entries passed in one turn; what is left waits for the next, so that newly received messages come in between. */
const PASSED_PER_TURN_MAX = 2_000;

export class SettledFold {
  readonly #context: FoldContext;
  readonly #live: LiveFold;
  #queue: PlacedEntry[] = [];
  #head = 0;
  #place: MergedPlace;
  /** The last whole second that settled log time has reached; undefined before the first settled entry. */
  #second: number | undefined;
  /** While the past is read: one second of so many is digested, whatever the queue looks like; undefined: the past is over. */
  pastDigestSeconds: number | undefined;
  /** Every second is digested, also of the past: for who compares with digests that were recorded. */
  everySecond = false;
  readonly #tree = new DigestTree();
  /** Cases whose settled state may have changed since the tree was brought up to date. */
  readonly #changed = new Set<string>();

  constructor(context: FoldContext, live: LiveFold, place: MergedPlace) {
    this.#context = context;
    this.#live = live;
    this.#place = place;
    if (place.t > 0) this.#second = Math.floor(place.t / SECOND_US);
  }

  /** The last settled entry that has been passed. */
  get place(): MergedPlace {
    return this.#place;
  }
  /** Settled by the order, but not passed: an item waits for its key, or for the next turn. */
  waiting(): readonly PlacedEntry[] {
    return this.#queue.slice(this.#head);
  }
  get waitingCount(): number {
    return this.#queue.length - this.#head;
  }
  markChanged(measure: string): void {
    this.#changed.add(measure);
  }

  add(settled: readonly PlacedEntry[]): void {
    for (const placed of settled) this.#queue.push(placed);
  }

  /** Passes what has settled, up to the first entry that must wait; false: more can be passed in the next turn. Timers of live must be up to date. */
  pass(entriesMax: number = PASSED_PER_TURN_MAX, refoldItemsMax: number = REFOLD_ITEMS_PER_TURN_MAX): boolean {
    let left = entriesMax;
    let refoldLeft = refoldItemsMax;
    while (this.#head < this.#queue.length) {
      const placed = this.#queue[this.#head] as PlacedEntry;
      if (left-- <= 0) return false;
      refoldLeft = this.#refoldStale(placed, refoldLeft);
      if (refoldLeft < 0) return false;
      if (!this.#isReady(placed)) break;
      this.passSecond(placed);
      this.#live.passFirst(placed);
      this.passed(placed, this.#context.itemsOf(placed));
      this.#head++;
    }
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head > PASSED_PER_TURN_MAX) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }

  /** True while the first entry that waits needs its bytes from the log again. */
  get needsBytes(): boolean {
    const first = this.#queue[this.#head];
    return first !== undefined && this.#context.itemsOf(first).some((item) => item.unloaded);
  }

  /** A tail that has nothing unsettled left is settled state itself: dropped, without a second evaluation. */
  promoteIfDone(tail: CaseTail): void {
    if (tail.stale || tail.firedAt !== undefined || tail.settledCount < tail.items.length) return;
    this.#context.tails.end(tail);
    this.#changed.add(tail.measure);
    this.#context.hooks.promoted(tail.measure);
  }

  /** The digest of settled state with all timers up to a settled place. */
  digestAt(place: MergedPlace): string {
    const { tails, live } = this.#context;
    for (const tail of tails.all()) {
      this.#tree.set(tail.measure, this.#context.advanceBase(tail, place));
      this.#changed.delete(tail.measure);
    }
    for (const measure of this.#changed) {
      const base = live.saveCase(measure);
      this.#tree.set(measure, caseDigest(base));
      if (this.pastDigestSeconds === undefined) tails.kept.keep(measure, { base, items: [] });
    }
    this.#changed.clear();
    return this.#tree.value();
  }

  /** Refolds the cases of an entry, as long as there is something left; below zero: some must wait for the next turn. */
  #refoldStale(placed: PlacedEntry, itemsLeft: number): number {
    const { tails } = this.#context;
    let left = itemsLeft;
    for (const item of this.#context.itemsOf(placed)) {
      const tail = tails.get(itemOf(placed, item.index).measure);
      if (tail?.stale !== true || tail.unloaded > 0) continue;
      if (left <= 0) return -1;
      left = Math.max(0, left - tail.items.length);
      this.#live.refoldCase(tail);
    }
    return left;
  }
  #isReady(placed: PlacedEntry): boolean {
    return this.#context.itemsOf(placed).every((item) => !item.unloaded && !item.waiting);
  }

  /** Before an entry is passed. `reaches`: brings the timers of all cases up to the end of the second before. */
  passSecond(placed: PlacedEntry, reaches: (end: MergedPlace) => void = () => {}): void {
    const second = Math.floor(placed.t / SECOND_US);
    if (second === this.#second) return;
    const first = this.#second === undefined;
    this.#second = second;
    if (first) return;
    const every = this.#digestSeconds(second);
    if (every > 1 && second % CATCH_UP_DIGEST_SECONDS !== 0) return;
    const end: MergedPlace = { t: second * SECOND_US - 1, site: 'delemont' };
    reaches(end);
    if (second % every === 0) this.#context.hooks.digest(second, this.digestAt(end));
    else if (this.#context.tails.size > 0) return; // their bases may ask for earlier places
    this.#forgetThrough(end);
  }

  #digestSeconds(second: number): number {
    if (this.everySecond) return 1;
    if (this.pastDigestSeconds !== undefined) return this.pastDigestSeconds;
    const newest = this.#queue[this.#queue.length - 1];
    return newest !== undefined && newest.t >= (second + 2) * SECOND_US ? CATCH_UP_DIGEST_SECONDS : 1;
  }

  /** All bases are at or after this place: nobody asks for an earlier one. */
  #forgetThrough(place: MergedPlace): void {
    this.#context.clocks.forgetThrough(place);
  }

  /** Settled state has come to the end of this entry. */
  passed(placed: PlacedEntry, items: readonly TailItem[]): void {
    const { tails, hooks } = this.#context;
    this.#place = { t: placed.t, site: placed.site };
    for (const item of items) this.#passItem(item);
    hooks.settled(placed, items);
    for (const tail of tails.takeFiredThrough(this.#place)) this.promoteIfDone(tail);
    if (placed.entry.kind === 'erased') this.#erase(placed);
  }

  #passItem(item: TailItem): void {
    const { measure } = itemOf(item.placed, item.index);
    const tail = this.#context.tails.get(measure);
    if (tail === undefined) {
      this.#changed.add(measure);
      return;
    }
    tail.settledCount++;
    // A stale case that could not be refolded: what became of a decision is told by the base.
    if (tail.stale && item.kind !== 'reports') this.#context.advanceBase(tail, this.#place);
    if (tail.firedAt !== undefined && comparePlaces(tail.firedAt, this.#place) <= 0) return;
    this.promoteIfDone(tail);
  }

  #erase(placed: PlacedEntry): void {
    const measure = erasedMeasure(placed);
    if (measure === undefined) return;
    const { tails, live } = this.#context;
    const tail = tails.get(measure);
    if (tail !== undefined) {
      tail.base = undefined;
      tail.items.splice(0, tail.settledCount);
      tail.settledCount = 0;
      this.promoteIfDone(tail);
    }
    live.dropCase(measure);
    tails.kept.drop(measure);
    this.#changed.add(measure);
  }
}
