// More waits to settle than is held: the sites have been apart for long. Live has folded each entry once, as it came; the entries lie on the
// disk alone, and settled state stands where it was (L8). When they can settle they are read again in merged order and folded beside live,
// from settled state of then. Once that fold has come to the end it is live (L9): days apart cost memory for cases, not for entries.
import type { CaseView, Engine, Outcome } from '@vigie/engine';
import type { Merge, MergeChange, PlacedEntry } from '@vigie/log';
import type { TailItem } from './case-tail.ts';
import type { Fold, FoldStart } from './fold.ts';
import type { FoldContext, FoldHooks } from './fold-context.ts';
import type { SettledFold } from './settled-fold.ts';

/** Cases laid down in one turn, for the fold beside live: some ten milliseconds. */
const CASES_PER_TURN = 100;
/** Items folded beside live in one turn: devices that report meanwhile wait at most some milliseconds longer. */
const ITEMS_PER_TURN = 250;
/** Entries that were read again and wait to be folded: more are read when they are fewer. */
const WAITING_ENTRIES_MAX = 512;

export class Spill {
  readonly start: FoldStart;
  readonly #merge: Merge;
  readonly #context: FoldContext;
  readonly #settled: SettledFold;
  readonly #beside: (start: FoldStart, hooks: FoldHooks) => Fold;
  #again: Fold | undefined;
  /** Cases of settled state that the fold beside live does not have yet. */
  #left: string[] = [];
  #isEnded = false;

  /** @param o.settled with every base and digest at its place, which `start` is made of */
  constructor(o: {
    start: FoldStart;
    merge: Merge;
    context: FoldContext;
    settled: SettledFold;
    beside: (start: FoldStart, hooks: FoldHooks) => Fold;
  }) {
    this.start = o.start;
    this.#merge = o.merge;
    this.#context = o.context;
    this.#settled = o.settled;
    this.#beside = o.beside;
  }

  get waitingCount(): number {
    return this.#again?.waitingCount ?? 0;
  }
  /** More of what waits on the disk may be read. */
  get hasRoom(): boolean {
    return this.waitingCount < WAITING_ENTRIES_MAX;
  }

  take(change: MergeChange): void {
    if (change.settled.length > 0) this.#begin();
    if (this.#again === undefined) return;
    for (const entry of change.settled) this.#again.live.noteErasure(entry);
    this.#again.take(change);
  }

  /** Goes on with the fold beside live; true: there is nothing to do for it now. */
  turn(itemsMax: number | undefined): boolean {
    if (this.#again === undefined) {
      if (this.#merge.isParked) return true;
      this.#begin();
    }
    const again = this.#again as Fold;
    if (this.#left.length > 0) {
      for (const measure of this.#left.splice(-CASES_PER_TURN)) this.#lay(again, measure);
      return false;
    }
    if (!this.#isEnded && !this.#merge.isParked) {
      this.#isEnded = true;
      again.endPast();
    }
    return again.turn(itemsMax ?? ITEMS_PER_TURN);
  }
  /** The fold that is live from here on; undefined: it has not come to the end. */
  get done(): Fold | undefined {
    return this.#isEnded && this.#left.length === 0 && this.#again?.isUpToDate === true ? this.#again : undefined;
  }

  #begin(): void {
    if (this.#again !== undefined) return;
    this.#again = this.#beside(this.start, new BesideHooks(this.#context.hooks));
    this.#left = [...this.#context.live.measures()];
  }
  #lay(again: Fold, measure: string): void {
    const tail = this.#context.tails.get(measure);
    const bytes = tail === undefined ? this.#context.live.packCase(measure) : tail.base;
    const digest = this.#settled.digestOf(measure);
    if (bytes !== undefined && digest !== undefined) again.begin(measure, bytes, digest);
  }
}

/** What a fold beside live tells: all but what is said of cases as people see them, which is live's to tell until it is live itself. */
class BesideHooks implements FoldHooks {
  readonly #live: FoldHooks;

  constructor(live: FoldHooks) {
    this.#live = live;
  }
  evaluated(item: TailItem, measure: string, before: Outcome | undefined, engine: Engine): void {
    this.#live.evaluated(item, measure, before, engine);
  }
  malformed(place: string, detail: string): void {
    this.#live.malformed(place, detail);
  }
  zone(placed: PlacedEntry, outcome: Outcome): void {
    this.#live.zone(placed, outcome);
  }
  keyMissing(measure: string): void {
    this.#live.keyMissing(measure);
  }
  settled(placed: PlacedEntry, items: readonly TailItem[]): void {
    this.#live.settled(placed, items);
  }
  promoted(): void {
    // Told by `replaced` of every case.
  }
  settledView(_measure: string, _view: CaseView | undefined): void {
    // As `promoted`.
  }
  digest(second: number, value: string): void {
    this.#live.digest(second, value);
  }
  passedOver(item: TailItem): void {
    this.#live.passedOver(item);
  }
  replaced(measures: Iterable<string>): void {
    this.#live.replaced(measures);
  }
}
