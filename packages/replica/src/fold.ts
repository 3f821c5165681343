// One site's fold: live and settled over the changes of the merged order, taken in turns. A turn takes everything that has been
// delivered since the last one, so that a burst costs one refold of a case and not one for each message.
import { type CaseHead, Engine } from '@vigie/engine';
import type { Merge, MergeChange, PlacedEntry } from '@vigie/log';
import { CLOCKS_AT_START, type ClocksState, OriginClocks } from './clocks.ts';

import type { Erasure } from './erasure.ts';
import type { Evaluator } from './evaluate.ts';
import { FoldContext, type FoldHooks } from './fold-context.ts';
import { LiveFold } from './live-fold.ts';
import type { MergedPlace } from './place.ts';
import { PastFold } from './past-fold.ts';
import { CATCH_UP_DIGEST_SECONDS, PAST_DIGEST_SECONDS, SettledFold } from './settled-fold.ts';
import { Spill } from './spill.ts';

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

/**
 * Bytes of what waits to settle that are held, about: some twenty minutes of 20,000 persons apart. Beyond it entries lie on the disk alone
 * (spill.ts): settled state is whole some minutes later after the heal.
 */
const HELD_BYTES_MAX = 512 * 1024 * 1024;

interface FoldOptions {
  readonly merge: Merge;
  readonly live: Engine;
  readonly scratch: Engine;
  readonly evaluator: Evaluator;
  readonly hooks: FoldHooks;
  readonly start: FoldStart;
  /** Bytes held of what waits to settle. */
  readonly heldBytesMax?: number;
}

export class Fold {
  #context: FoldContext;
  #live: LiveFold;
  #settled: SettledFold;
  readonly #merge: Merge;
  readonly #heldBytesMax: number;
  /** More waits to settle than is held. */
  #spill: Spill | undefined;
  /** On the way there: every base is brought to the settled end first. */
  #isSpilling = false;
  #placed: PlacedEntry[] = [];
  #settling: PlacedEntry[] = [];
  #moved = false;
  #bringsPast = false;
  #past: PastFold | undefined;
  #isPastOver = false;
  /** What live takes over from the past, in merged order, a part each turn. */
  #handedOver: PlacedEntry[] = [];

  constructor(o: FoldOptions) {
    this.#merge = o.merge;
    this.#heldBytesMax = o.heldBytesMax ?? HELD_BYTES_MAX;
    this.#context = new FoldContext({ ...o, clocks: new OriginClocks(o.start.clocks) });
    this.#live = new LiveFold(this.context, o.start.place);
    this.#settled = new SettledFold(this.context, this.live, o.start.place);
    for (const [measure, erasure] of o.start.erased) this.context.erased.begin(measure, erasure);
  }
  /** These three are others after a spill. */
  get context(): FoldContext {
    return this.#context;
  }
  get live(): LiveFold {
    return this.#live;
  }
  get settled(): SettledFold {
    return this.#settled;
  }
  /** What waits to settle lies on the disk alone: settled state stands still here, or is made beside live. */
  get isSpilled(): boolean {
    return this.#spill !== undefined;
  }
  /** More of what waits on the disk may be read again. */
  get hasRoomForAgain(): boolean {
    return this.#spill === undefined || this.#spill.hasRoom;
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
    if (this.#spill !== undefined) {
      this.#spill.take(change);
      for (const entry of change.placed) this.#placed.push(entry);
      return;
    }
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
    if (this.#spill !== undefined) return this.#placed.length > 0;
    if (this.#past !== undefined || this.#handedOver.length > 0) return true;
    if (this.#placed.length > 0 || this.#settling.length > 0 || this.#moved) return true;
    return this.hasStale || this.settled.isDigesting;
  }

  /** Entries that were delivered and not folded yet: whoever reads them in waits while there are many. */
  get waitingCount(): number {
    const past = (this.#past ?? this.#spill)?.waitingCount ?? 0;
    return past + this.#handedOver.length + this.#placed.length;
  }
  /** Live is the fold of everything that was noted. */
  get isUpToDate(): boolean {
    return this.#past === undefined && this.#handedOver.length === 0 && this.#placed.length === 0 && !this.hasStale;
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
    if (this.#spill !== undefined) return this.#turnSpilled(this.#spill, refoldItemsMax);
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
    if (this.#spills(refoldItemsMax)) return false;
    const passed = this.settled.pass(refoldItemsMax, refoldItemsMax);
    return refolded && passed;
  }

  /** False: there is room, or what waits cannot be let go of now. Else this goes on in the next turn. */
  #spills(itemsMax: number | undefined): boolean {
    const { settled, context } = this;
    if (!this.#isSpilling) {
      if (this.#merge.heldBytes <= this.#heldBytesMax || this.hasStale) return false;
      // What has settled is passed first, and a snapshot that is being taken is finished.
      if (settled.waitingCount > 0 || settled.isDigesting || context.tails.onBegin !== undefined) return false;
    }
    this.#isSpilling = !settled.bringUp(itemsMax);
    if (!this.#isSpilling && settled.waitingCount === 0 && context.tails.onBegin === undefined) this.#letGo();
    return this.#isSpilling || this.isSpilled;
  }
  #letGo(): void {
    const { settled, context } = this;
    const { place } = settled;
    const start = { place, clocks: context.clocks.stateAt(place), erased: context.erased.settled() };
    const beside = (from: FoldStart, hooks: FoldHooks): Fold => {
      const fold = new Fold({
        merge: this.#merge,
        live: new Engine(),
        scratch: new Engine(),
        evaluator: context.evaluator,
        hooks,
        start: from,
        heldBytesMax: Number.POSITIVE_INFINITY,
      });
      fold.beginPast(PAST_DIGEST_SECONDS);
      return fold;
    };
    this.#spill = new Spill({ start, merge: this.#merge, context, settled, beside });
    this.live.letGo();
    this.#merge.park();
  }
  #turnSpilled(spill: Spill, itemsMax: number | undefined): boolean {
    const placed = this.#placed;
    this.#placed = [];
    this.#bringsPast = false;
    this.live.foldOnce(placed);
    this.live.advance();
    if (this.#merge.isParked && this.#merge.heldBytes > this.#heldBytesMax) this.#merge.park();
    const rests = spill.turn(itemsMax);
    const { done } = spill;
    if (done !== undefined) this.#become(done);
    return rests && done === undefined;
  }
  /** Takes the place of live: everything it knows, and it alone, is live and settled from here on. */
  #become(other: Fold): void {
    const before = this.#context;
    this.#spill = undefined;
    this.#context = other.#context;
    this.#context.hooks = before.hooks;
    this.#live = other.#live;
    this.#settled = other.#settled;
    this.#settling = other.#settling;
    this.#moved = other.#moved;
    this.#bringsPast = other.#bringsPast;
    const changed = new Set(this.#context.live.takeChanged());
    for (const tail of before.tails.all()) changed.add(tail.measure);
    for (const measure of this.#context.live.takeMoved()) changed.add(measure);
    this.#context.hooks.replaced(changed);
  }

  /** False: the past goes on. */
  #turnOfPast(past: PastFold, itemsMax: number | undefined): boolean {
    past.turn(itemsMax);
    // What is parked cannot be handed over: this waits for a key that is missing, or for what settles next.
    if (this.#merge.isParked) return false;
    const isFull = this.#merge.heldBytes > this.#heldBytesMax;
    if (!past.isStuck && !isFull && (past.hasSettled || !this.#isPastOver)) return false;
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
      this.#spill === undefined &&
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
