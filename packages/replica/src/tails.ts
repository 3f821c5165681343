// The cases that are ahead of settled state. Everything else has one state only, live and settled at once; so memory and work
// follow what is unsettled, not the number of cases.

import type { Engine } from '@vigie/engine';
import { CaseTail } from './case-tail.ts';
import { KeptBases } from './kept-bases.ts';
import type { OpenedBytes } from './opened-bytes.ts';
import { type MergedPlace, comparePlaces } from './place.ts';

interface Fired {
  readonly place: MergedPlace;
  readonly tail: CaseTail;
}

export class Tails {
  readonly #engine: Engine;
  readonly #opened: OpenedBytes;
  readonly #byMeasure = new Map<string, CaseTail>();
  /** In the order of their places: live time only goes on. */
  #fired: Fired[] = [];
  #holds = true;
  readonly kept = new KeptBases();
  /** Told the settled state of a case before it is ahead of it; undefined: it does not exist. */
  onBegin: ((measure: string, base: Uint8Array | undefined) => void) | undefined;
  /** To be refolded. */
  readonly stale = new Set<CaseTail>();

  constructor(engine: Engine, opened: OpenedBytes) {
    this.#engine = engine;
    this.#opened = opened;
  }
  get size(): number {
    return this.#byMeasure.size;
  }
  get(measure: string): CaseTail | undefined {
    return this.#byMeasure.get(measure);
  }
  all(): IterableIterator<CaseTail> {
    return this.#byMeasure.values();
  }
  /** The case's tail; begins it with what is kept of the case, else with the state as it is now: settled, as long as there was none. */
  begin(measure: string): CaseTail {
    let tail = this.#byMeasure.get(measure);
    if (tail === undefined) {
      const kept = this.kept.take(measure);
      tail = new CaseTail(measure, kept === undefined ? this.#engine.packCase(measure) : kept.base);
      if (kept !== undefined) {
        tail.items.push(...kept.items);
        tail.settledCount = kept.items.length;
      }
      this.#byMeasure.set(measure, tail);
      this.onBegin?.(measure, tail.base);
    }
    return tail;
  }
  /** Everything of it is settled. */
  end(tail: CaseTail): void {
    this.#opened.dropAll(tail.items);
    this.kept.keep(tail.measure, tail);
    this.#byMeasure.delete(tail.measure);
    this.stale.delete(tail);
  }
  markStale(tail: CaseTail): void {
    if (!this.#holds) return;
    tail.stale = true;
    this.stale.add(tail);
  }
  /** Items of tails are not held any more: no case is folded anew, and each keeps what it was in settled state. */
  keepOnlyBases(): void {
    this.#holds = false;
    this.kept.clear();
    this.stale.clear();
    this.#fired = [];
    for (const tail of this.all()) tail.stale = false;
  }
  markFired(tail: CaseTail, place: MergedPlace): void {
    if (tail.firedAt !== undefined && comparePlaces(tail.firedAt, place) >= 0) return;
    tail.firedAt = place;
    if (this.#holds) this.#fired.push({ place, tail });
  }
  /** Tails with a timer that fired after `place`. */
  *firedAfter(place: MergedPlace): IterableIterator<CaseTail> {
    for (let i = this.#fired.length - 1; i >= 0; i--) {
      const fired = this.#fired[i] as Fired;
      if (comparePlaces(fired.place, place) <= 0) return;
      if (fired.tail.firedAt === fired.place) yield fired.tail;
    }
  }
  /** Takes the tails whose last firing lies at or before `place`. */
  takeFiredThrough(place: MergedPlace): readonly CaseTail[] {
    let count = 0;
    while (count < this.#fired.length && comparePlaces((this.#fired[count] as Fired).place, place) <= 0) count++;
    if (count === 0) return [];
    const taken: CaseTail[] = [];
    for (const fired of this.#fired.splice(0, count)) {
      if (fired.tail.firedAt !== fired.place) continue;
      fired.tail.firedAt = undefined;
      taken.push(fired.tail);
    }
    return taken;
  }
  /** Places have moved: what fired where will be found anew by refolding. */
  forgetFired(): void {
    for (const fired of this.#fired) fired.tail.firedAt = undefined;
    this.#fired = [];
  }
}
