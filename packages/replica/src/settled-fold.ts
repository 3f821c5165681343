// Settled state: the fold of what can no longer change (L8). Passing an entry costs nothing but bookkeeping, because live has
// evaluated it in the same order already; only cases that are ahead at a whole second have their base moved on (L9).
import type { PlacedEntry } from '@vigie/log';
import { assert } from '@vigie/model';
import type { CaseTail, TailItem } from './case-tail.ts';
import { erasedMeasure } from './erasure.ts';
import { itemOf } from './evaluate.ts';
import type { FoldContext } from './fold-context.ts';
import type { LiveFold } from './live-fold.ts';
import type { FoldedKind } from './payload.ts';
import { type MergedPlace, comparePlaces } from './place.ts';
import { SettledDigest } from './settled-digest.ts';

const SECOND_US = 1_000_000;
/** While settled time runs through the past (a heal, a restart), one second of so many is digested: both sites take the same ones. */
export const CATCH_UP_DIGEST_SECONDS = 16;
/** While the past is read before anything is compared: a multiple, so that what is taken is taken at the other site too. */
export const PAST_DIGEST_SECONDS = 64 * CATCH_UP_DIGEST_SECONDS;
/** Entries passed in one turn; what is left waits for the next, so that newly received messages come in between. */
const PASSED_PER_TURN_MAX = 2_000;
/** Items evaluated for a digest in one turn, for the same reason. */
const DIGEST_ITEMS_PER_TURN_MAX = 250;

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
  readonly #digest: SettledDigest;

  constructor(context: FoldContext, live: LiveFold, place: MergedPlace) {
    this.#context = context;
    this.#live = live;
    this.#place = place;
    this.#digest = new SettledDigest(context);
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
  /** The digest of a second is being taken; until it is, nothing more is passed. */
  get isDigesting(): boolean {
    return this.#digest.place !== undefined;
  }
  markChanged(measure: string): void {
    this.#digest.markChanged(measure);
  }
  /** A case that this fold starts from, with its digest. */
  begin(measure: string, digest: string): void {
    this.#digest.begin(measure, digest);
  }
  /** The digest of a case that has not changed since the last digest of all. */
  digestOf(measure: string): string | undefined {
    return this.#digest.of(measure);
  }

  add(settled: readonly PlacedEntry[]): void {
    for (const placed of settled) this.#queue.push(placed);
  }

  /**
   * Passes what has settled, up to the first entry that must wait; false: more can be passed in the next turn. Timers of live must be up
   * to date. A case that live still has to fold anew is passed all the same: its base says what is settled of it.
   */
  pass(entriesMax: number = PASSED_PER_TURN_MAX, digestItemsMax: number = DIGEST_ITEMS_PER_TURN_MAX): boolean {
    let left = entriesMax;
    while (this.#head < this.#queue.length) {
      const placed = this.#queue[this.#head] as PlacedEntry;
      if (left-- <= 0) return false;
      if (!this.#isReady(placed)) break;
      if (!this.passSecond(placed, digestItemsMax)) return false;
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

  /**
   * Brings every case's base and digest up to the settled end, a slice at a time; true once they are. Until then nothing is to be passed.
   */
  bringUp(itemsMax: number = DIGEST_ITEMS_PER_TURN_MAX): boolean {
    if (!this.isDigesting) this.#digest.start(this.#place, false);
    return this.#digest.goOn(itemsMax) !== undefined;
  }

  /** A tail that has nothing unsettled left is settled state itself: dropped, without a second evaluation. */
  promoteIfDone(tail: CaseTail): void {
    if (tail.stale || tail.firedAt !== undefined || tail.settledCount < tail.items.length) return;
    this.#context.tails.end(tail);
    this.#digest.markChanged(tail.measure);
    this.#context.hooks.promoted(tail.measure);
  }

  /** The digest of settled state with all timers up to a settled place. */
  digestAt(place: MergedPlace): string {
    assert(!this.isDigesting, 'one digest at a time');
    return this.#digest.at(place, this.pastDigestSeconds === undefined);
  }

  #isReady(placed: PlacedEntry): boolean {
    return this.#context.itemsOf(placed).every((item) => this.#context.isOpenable(item));
  }

  /**
   * Before an entry is passed; false: the digest of the second that begins with it is not done yet. `reaches`: brings the timers of all
   * cases up to the end of the second before.
   */
  passSecond(
    placed: PlacedEntry,
    digestItemsMax: number = Number.POSITIVE_INFINITY,
    reaches: (end: MergedPlace) => void = () => {},
  ): boolean {
    const second = Math.floor(placed.t / SECOND_US);
    if (second === this.#second) return true;
    if (!this.isDigesting) {
      const every = this.#second === undefined ? undefined : this.#digestSeconds(second);
      if (every === undefined || (every > 1 && second % CATCH_UP_DIGEST_SECONDS !== 0)) {
        this.#second = second;
        return true;
      }
      const end: MergedPlace = { t: second * SECOND_US - 1, site: 'delemont' };
      reaches(end);
      if (second % every !== 0) {
        this.#second = second;
        // The bases of tails may ask for earlier places.
        if (this.#context.tails.size === 0) this.#context.clocks.forgetThrough(end);
        return true;
      }
      this.#digest.start(end, this.pastDigestSeconds === undefined);
    }
    return this.#goOnDigesting(second, digestItemsMax);
  }
  #goOnDigesting(second: number, itemsMax: number): boolean {
    const end = this.#digest.place as MergedPlace;
    const value = this.#digest.goOn(itemsMax);
    if (value === undefined) return false;
    this.#second = second;
    this.#context.hooks.digest(second, value);
    // All bases are at or after this place: nobody asks for an earlier one.
    this.#context.clocks.forgetThrough(end);
    return true;
  }

  #digestSeconds(second: number): number {
    if (this.everySecond) return 1;
    if (this.pastDigestSeconds !== undefined) return this.pastDigestSeconds;
    return this.#live.end.t >= (second + 2) * SECOND_US ? CATCH_UP_DIGEST_SECONDS : 1;
  }

  /** Settled state has come to the end of this entry. */
  passed(placed: PlacedEntry, items: readonly TailItem[]): void {
    const { tails, hooks } = this.#context;
    this.#place = { t: placed.t, site: placed.site };
    for (const item of items) this.#passItem(item);
    hooks.settled(placed, items);
    for (const tail of tails.takeFiredThrough(this.#place)) this.promoteIfDone(tail);
    this.#context.erased.settle(placed);
    if (placed.entry.kind === 'erased') this.#erase(placed);
  }

  #passItem(item: TailItem): void {
    const { measure } = itemOf(item.placed, item.index);
    const tail = this.#context.tails.get(measure);
    if (tail === undefined) {
      this.#digest.markChanged(measure);
      return;
    }
    tail.settledCount++;
    // A case that live has not folded anew yet: what became of a decision is told by the base.
    if (tail.stale && isDecision(item.kind)) this.#context.advanceBase(tail, this.#place);
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
      this.#context.opened.dropAll(tail.items.splice(0, tail.settledCount));
      tail.settledCount = 0;
      this.promoteIfDone(tail);
    }
    live.dropCase(measure);
    tails.kept.drop(measure);
    this.#digest.markChanged(measure);
  }
}

const isDecision = (kind: FoldedKind): boolean => kind !== 'reports' && kind !== 'event';
