// What live and settled share: one live engine, a scratch engine for bases, the clocks, the tails.
import type { CaseView, Clock, Engine, Outcome } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import { type Result, ok, otherSite } from '@vigie/model';
import { CaseDigests } from './case-digests.ts';
import { type CaseTail, TailItem } from './case-tail.ts';
import { type OriginClocks, PlaceClock } from './clocks.ts';

import { Erasures } from './erasure.ts';
import { type Evaluated, type Evaluator, itemOf } from './evaluate.ts';
import { type MergedPlace, comparePlaces, placeName } from './place.ts';
import { OpenedBytes } from './opened-bytes.ts';
import { isFolded } from './payload.ts';
import { Tails } from './tails.ts';

/** What the fold tells. Called in the middle of it: take notes, ask nothing of the engine that a note does not need. */
export interface FoldHooks {
  /**
   * An item was evaluated, in live or, where live could not yet, in settled; `before` is its outcome of an earlier evaluation,
   * `engine` the one that has just applied it.
   */
  evaluated(item: TailItem, measure: string, before: Outcome | undefined, engine: Engine): void;
  /** An item that was evaluated lies behind the erasure of its measure, as is known now. */
  passedOver(item: TailItem): void;
  malformed(place: string, detail: string): void;
  /** A revision of a shared zone has a place. */
  zone(placed: PlacedEntry, outcome: Outcome): void;
  /** The key of a measure is not held; said once for every measure until it is. */
  keyMissing(measure: string): void;
  /** An entry has settled; its items' outcomes are final. */
  settled(placed: PlacedEntry, items: readonly TailItem[]): void;
  /** The case's live state is its settled state again. */
  promoted(measure: string): void;
  /** A case that stays ahead has moved on in settled state. */
  settledView(measure: string, view: CaseView | undefined): void;
  digest(second: number, value: string): void;
  /** Live is another fold's from here on: of these cases it may say something else than before. */
  replaced(measures: Iterable<string>): void;
}

const ERASED_BEFORE: Outcome = { kind: 'refused', reason: 'unknown_measure' };

export class FoldContext {
  readonly live: Engine;
  readonly scratch: Engine;
  readonly clocks: OriginClocks;
  readonly clock: PlaceClock;
  readonly tails: Tails;
  readonly evaluator: Evaluator;
  readonly opened = new OpenedBytes();
  readonly digests = new CaseDigests();
  hooks: FoldHooks;
  readonly #items = new WeakMap<PlacedEntry, readonly TailItem[]>();
  /** `erased` entries by measure, as soon as they have a place: later items have no effect, earlier ones wait for no key. */
  readonly erased = new Erasures();
  readonly #missing = new Set<string>();
  /** Items of tails that wait for a key. */
  waiting = 0;

  constructor(o: {
    live: Engine;
    scratch: Engine;
    clocks: OriginClocks;
    evaluator: Evaluator;
    hooks: FoldHooks;
  }) {
    this.live = o.live;
    this.scratch = o.scratch;
    this.clocks = o.clocks;
    this.clock = new PlaceClock(o.clocks);
    this.tails = new Tails(o.live, this.opened);
    this.evaluator = o.evaluator;
    this.hooks = o.hooks;
  }

  /** The folded items of an entry, the same objects each time. */
  itemsOf(placed: PlacedEntry): readonly TailItem[] {
    const known = this.#items.get(placed);
    if (known !== undefined) return known;
    const { kind, items } = placed.entry;
    const made = isFolded(kind) ? items.map((_, index) => new TailItem(placed, index, kind)) : NO_ITEMS;
    this.#items.set(placed, made);
    return made;
  }

  /** Gives an item to the live engine at its place, or at a later one. */
  evaluateLive(tail: CaseTail, item: TailItem, place: MergedPlace = item.placed): void {
    const { placed, index } = item;
    if (this.#isAfterErasure(tail.measure, placed)) return this.#passOver(item);
    const clock = this.clock.at(place);
    const other = otherSite(placed.site);
    const due = this.live.nextObsDue(tail.measure, other);
    item.otherObsDue = due;
    if (due < tail.otherObsDue[other]) tail.otherObsDue[other] = due;
    const result = this.evaluator.apply(this.live, placed, index, this.#unsealed(item), clock);
    this.#noteKey(item, tail.measure, result.kind === 'key-missing');
    if (result.kind === 'evaluated') this.#told(item, tail.measure, result, this.live);
  }
  #told(item: TailItem, measure: string, result: Evaluated, engine: Engine): void {
    const before = item.outcome;
    item.outcome = result.outcome;
    if (before === undefined && result.malformed !== undefined)
      this.hooks.malformed(placeName(item.placed, item.index), result.malformed);
    this.hooks.evaluated(item, measure, before, engine);
  }

  /**
   * False: its key is not held. Settled passes an item whose case is not folded yet, and must not pass one that nobody can open; one that
   * has been evaluated has told.
   */
  isOpenable(item: TailItem): boolean {
    if (item.outcome === undefined && !item.waiting) {
      const { measure } = itemOf(item.placed, item.index);
      const bytes = this.#unsealed(item);
      this.#noteKey(item, measure, !bytes.ok && bytes.error.kind === 'key-missing');
    }
    return !item.waiting;
  }

  #unsealed(item: TailItem): Result<Uint8Array> {
    if (item.opened !== undefined) return ok(item.opened);
    const bytes = this.evaluator.unseal(item.placed, item.index);
    if (bytes.ok) this.opened.keep(item, bytes.value);
    return bytes;
  }
  #noteKey(item: TailItem, measure: string, isMissing: boolean): void {
    this.#setWaiting(item, isMissing && !this.erased.has(measure));
    if (!item.waiting || this.#missing.has(measure)) return;
    this.#missing.add(measure);
    this.hooks.keyMissing(measure);
  }

  /** Gives an item that has settled to the live engine, while nothing is ahead of it. */
  evaluateSettled(item: TailItem, plain: Result<Uint8Array>, clock: Clock): void {
    const { placed, index } = item;
    const { measure } = itemOf(placed, index);
    if (this.#isAfterErasure(measure, placed)) return this.#passOver(item);
    const result = this.evaluator.apply(this.live, placed, index, plain, clock);
    if (result.kind === 'key-missing') return; // of a measure that was erased: nobody waits for it
    item.outcome = result.outcome;
    if (result.malformed !== undefined) this.hooks.malformed(placeName(placed, index), result.malformed);
    this.hooks.evaluated(item, measure, undefined, this.live);
  }

  /** Brings a tail's base up to a settled place; its settled items are then in the base. Returns the digest there, if the case exists. */
  advanceBase(tail: CaseTail, place: MergedPlace): string | undefined {
    const { scratch, clock } = this;
    const { measure } = tail;
    this.#loadSettled(tail, tail.stale);
    const fired = scratch.advanceCase(measure, clock.at(place));
    const changed = fired || tail.settledCount > 0;
    if (changed) {
      this.opened.dropAll(tail.items.splice(0, tail.settledCount));
      tail.settledCount = 0;
      tail.base = scratch.packCase(measure);
      this.hooks.settledView(measure, scratch.view(measure));
    }
    const digest = this.digests.of(scratch, measure);
    scratch.dropCase(measure);
    this.forgetScratch();
    return digest;
  }

  /** What of a case is settled, as a view; the base stays as it is. */
  settledView(tail: CaseTail): CaseView | undefined {
    this.#loadSettled(tail, false);
    const view = this.scratch.view(tail.measure);
    this.scratch.dropCase(tail.measure);
    this.forgetScratch();
    return view;
  }

  /** Puts the base and the settled items into the scratch engine; `tells` what became of them, where live could not. */
  #loadSettled(tail: CaseTail, tells: boolean): void {
    const { measure } = tail;
    if (tail.base !== undefined) this.scratch.loadCase(measure, tail.base);
    for (let i = 0; i < tail.settledCount; i++) {
      const item = tail.items[i] as TailItem;
      if (this.#isAfterErasure(measure, item.placed)) {
        this.#passOver(item);
        continue;
      }
      const { placed, index } = item;
      const clock = this.clock.at(placed);
      const result = this.evaluator.apply(this.scratch, placed, index, this.#unsealed(item), clock);
      if (result.kind === 'evaluated' && tells) this.#told(item, measure, result, this.scratch);
    }
  }

  /** The scratch engine holds a case only for a moment; what it noted of it is nobody's. */
  forgetScratch(): void {
    this.scratch.takeChanged();
    this.scratch.takeMoved();
  }

  keyArrived(measure: string): void {
    this.#missing.delete(measure);
    const tail = this.tails.get(measure);
    if (tail?.items.some((item) => item.waiting) !== true) return;
    this.tails.markStale(tail);
  }
  missingKeys(): ReadonlySet<string> {
    return this.#missing;
  }
  /** What was made of it before the erasure came in does not stand, and its key is waited for no longer. */
  #passOver(item: TailItem): void {
    this.#setWaiting(item, false);
    if (item.outcome === undefined || item.outcome === ERASED_BEFORE) return;
    item.outcome = ERASED_BEFORE;
    this.hooks.passedOver(item);
  }
  /** No key of theirs will come, or is needed: their measure is erased, or they have lost their place. */
  waitNoMore(items: readonly TailItem[]): void {
    for (const item of items) this.#setWaiting(item, false);
  }
  #isAfterErasure(measure: string, placed: PlacedEntry): boolean {
    const erasure = this.erased.get(measure);
    return erasure !== undefined && comparePlaces(placed, erasure) > 0;
  }
  /** It is not held: whoever comes to it when it settles waits for its key. */
  forget(item: TailItem): void {
    this.#setWaiting(item, false);
  }
  #setWaiting(item: TailItem, waiting: boolean): void {
    if (item.waiting === waiting) return;
    item.waiting = waiting;
    this.waiting += waiting ? 1 : -1;
  }
}

const NO_ITEMS: readonly TailItem[] = [];
