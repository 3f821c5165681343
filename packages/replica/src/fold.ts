// One site's fold: live and settled over the changes of the merged order, taken in turns. A turn takes everything that has been
// delivered since the last one, so that a burst costs one refold of a case and not one for each message.
import type { CaseHead, Engine } from '@vigie/engine';
import type { Merge, MergeChange, PlacedEntry } from '@vigie/log';
import { CLOCKS_AT_START, type ClocksState, OriginClocks } from './clocks.ts';

import type { Erasure } from './erasure.ts';
import { FoldContext, type FoldHooks } from './fold-context.ts';
import { LiveFold } from './live-fold.ts';
import type { MergedPlace } from './place.ts';
import { PastFold } from './past-fold.ts';
import { CATCH_UP_DIGEST_SECONDS, SettledFold } from './settled-fold.ts';
import type { KeyRing } from './types.ts';

/** Entries that live takes over from the past in one turn. */
const HANDED_OVER_PER_TURN = 64;

/** Settled state at a settled place, from which a fold goes on. */
export interface FoldStart {
  readonly place: MergedPlace;
  readonly clocks: ClocksState;
  /** Where measures were erased. */
  readonly erased: Iterable<readonly [measure: string, erasure: Erasure]>;
}
export const START_OF_LOG: FoldStart = {
  place: { t: 0, site: 'noirmont' },
  clocks: CLOCKS_AT_START,
  erased: [],
};

/** Microseconds. In joined operation entries of the other site come in milliseconds after they were written. */
const PAST_US = 1_000_000;

export class Fold {
  readonly context: FoldContext;
  readonly live: LiveFold;
  readonly settled: SettledFold;
  readonly #merge: Merge;
  #placed: PlacedEntry[] = [];
  #settling: PlacedEntry[] = [];
  #moved = false;
  #bringsPast = false;
  #past: PastFold | undefined;
  #isPastOver = false;
  /** What live takes over from the past, in merged order, a part each turn. */
  #handedOver: PlacedEntry[] = [];

  constructor(o: {
    merge: Merge;
    live: Engine;
    scratch: Engine;
    keys: Pick<KeyRing, 'open'>;
    hooks: FoldHooks;
    start: FoldStart;
    /** Bytes of unsettled items held in memory. */
    bytesMax?: number;
  }) {
    this.#merge = o.merge;
    this.context = new FoldContext({ ...o, clocks: new OriginClocks(o.start.clocks) });
    this.live = new LiveFold(this.context, o.start.place, o.bytesMax);
    this.settled = new SettledFold(this.context, this.live, o.start.place);
    for (const [measure, erasure] of o.start.erased) this.context.erased.begin(measure, erasure);
  }

  /** A case of the settled state that this fold starts from. Undefined: nothing is known of it before it is looked at. */
  begin(measure: string, bytes: Uint8Array, digest: string): CaseHead | undefined {
    this.settled.begin(measure, digest);
    return this.context.live.layCase(measure, bytes);
  }

  /** The past is read from here on: nobody asks for live before it is over. */
  beginPast(digestSeconds: number = CATCH_UP_DIGEST_SECONDS): void {
    this.settled.pastDigestSeconds = digestSeconds;
    this.#past = new PastFold(this.context, this.live, this.settled);
  }
  /** From here on everything that has a place is live, as soon as what has settled is folded. */
  endPast(): void {
    this.#isPastOver = true;
    if (this.#past === undefined) this.settled.pastDigestSeconds = undefined;
  }

  /** Notes a change of the merged order; `turn` applies it. */
  take(change: MergeChange): void {
    if (this.#past === undefined && this.#canResumePast)
      this.#past = new PastFold(this.context, this.live, this.settled);
    if (this.#past !== undefined) {
      this.#past.take(change);
      return;
    }
    for (const entry of change.placed) this.#placed.push(entry);
    const first = change.placed[0];
    this.#bringsPast ||= first !== undefined && first.t < this.live.end.t - PAST_US;
    for (const entry of change.settled) this.#settling.push(entry);
    this.#moved ||= change.moved;
  }
  /** Live has cases to fold anew. */
  get hasStale(): boolean {
    return this.context.tails.stale.size > 0;
  }
  get hasWork(): boolean {
    if (this.#past !== undefined || this.#handedOver.length > 0) return true;
    if (this.#placed.length > 0 || this.#settling.length > 0 || this.#moved) return true;
    return this.hasStale || this.settled.isDigesting;
  }

  /** Entries that were delivered and not folded yet: whoever reads them in waits while there are many. */
  get waitingCount(): number {
    return (this.#past?.waitingCount ?? 0) + this.#handedOver.length + this.#placed.length;
  }
  /** What was noted includes entries from well before the end: the other site's, after a heal. More of them are on their way. */
  get bringsPast(): boolean {
    return this.#bringsPast;
  }

  /**
   * Applies what was noted; true when nothing is left to do that could be done.
   * @param defers leaves cases that were overtaken by a past as they are, unless something new comes in of them
   */
  turn(refoldItemsMax?: number, defers = false): boolean {
    if (this.#past !== undefined && !this.#turnOfPast(this.#past, refoldItemsMax)) return !this.#past.hasSettled;
    if (this.#handedOver.length > 0 && !this.#moved) {
      this.live.place(this.#handedOver.splice(0, refoldItemsMax ?? HANDED_OVER_PER_TURN));
      if (this.#handedOver.length > 0) return false;
    }
    this.#handedOver.length = 0;
    const placed = this.#placed;
    const settling = this.#settling;
    const moved = this.#moved || placed.some((entry) => this.#isOvertaken(entry));
    this.#placed = [];
    this.#settling = [];
    this.#moved = false;
    this.#bringsPast = false;
    if (moved) this.#rebuild(settling);
    this.settled.add(settling);
    if (!moved) this.live.place(placed);
    const refolded = defers || this.live.refold(refoldItemsMax, (tail) => this.settled.promoteIfDone(tail));
    this.live.advance();
    const passed = this.settled.pass(refoldItemsMax, refoldItemsMax);
    this.live.unload(this.settled.waitingCount);
    return refolded && passed;
  }

  /** False: the past goes on. */
  #turnOfPast(past: PastFold, itemsMax: number | undefined): boolean {
    past.turn(itemsMax);
    if (!past.isStuck && (past.hasSettled || !this.#isPastOver)) return false;
    const { settled, placed } = past.handOver(this.#merge);
    this.#past = undefined;
    this.settled.add(settled);
    this.#handedOver = [...placed];
    if (this.#isPastOver) this.settled.pastDigestSeconds = undefined;
    return true;
  }

  /**
   * True if an entry after it in its own origin has its place already: an own epoch that still waits is read, after a restart, beside
   * the admitted ones before it, and is placed as soon as it comes. How long an origin was observed is counted in its order.
   */
  #isOvertaken(entry: PlacedEntry): boolean {
    return entry.t <= this.context.clocks[entry.site].lastT;
  }

  /** The past goes on, and nothing is ahead of settled state any more. */
  get #canResumePast(): boolean {
    const { settled, live, context } = this;
    return (
      settled.pastDigestSeconds !== undefined &&
      !this.#isPastOver &&
      !this.hasWork &&
      context.tails.size === 0 &&
      live.unsettledEntries === 0 &&
      settled.waitingCount === 0
    );
  }

  /** What had settled before keeps its place; everything after it is laid out anew. */
  #rebuild(settling: readonly PlacedEntry[]): void {
    const waiting = this.settled.waiting();
    const last = waiting[waiting.length - 1];
    const settledEnd = last === undefined ? this.settled.place : { t: last.t, site: last.site };
    this.live.rebuild(settledEnd, waiting, [...settling, ...this.#merge.unsettled()]);
  }
}
