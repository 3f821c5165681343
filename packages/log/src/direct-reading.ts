// L13, second sentence: no entry of the other origin has come for a second although its site answers. Then that site is asked for its origin
// itself, live only, and the copy is begun anew. Detection goes on so while a copy stands still, and while the own log server is away.
import type { Seq } from '@vigie/model';
import type { Merge } from './merge/merge.ts';
import type { Time } from './time.ts';
import type { OriginMessage } from './types.ts';

/** L13. Heartbeats come four times a second. */
const QUIET_MS = 1_000;
/** Between two questions while nothing new is told: what an alarm of the other site waits for at most. */
const ASK_EVERY_MS = 250;
/** After a question without an answer: the other site is not reached either way. */
const ASK_AGAIN_MS = 1_000;
/**
 * A site that answers again after it did not has been apart: for so long the copy alone is waited for. It brings the past once and settled;
 * told before, the past would be folded twice in the seconds in which both sites have the most to do.
 */
const AFTER_OUTAGE_MS = 3_000;
/** A copy that is begun anew gets this long before it is begun anew again. */
const RENEW_EVERY_MS = 3_000;

export interface DirectSource {
  /** The other site's own origin from there on, as its site tells it; undefined: no answer. Never throws. */
  readonly ask: (epoch: string, from: Seq) => Promise<readonly OriginMessage[] | undefined>;
  /** Begins the copy of that epoch anew, from where it ends. */
  readonly renew: (epoch: string) => void;
  /** True: the other origin is read so from now on; false: not any more. */
  readonly onReading?: (reading: boolean) => void;
}

export class DirectReading {
  readonly #o: { readonly time: Time; readonly merge: Merge; readonly source: DirectSource };
  readonly #take: (message: OriginMessage) => void;
  #heardUs: number;
  #renewedUs = Number.NEGATIVE_INFINITY;
  /** Since when every question was answered; undefined: the last one was not. */
  #answersFromUs: number | undefined = Number.NEGATIVE_INFINITY;
  #reading = false;
  #asking = false;
  #stopped = false;
  #cancel: () => void = () => {};

  constructor(
    o: { readonly time: Time; readonly merge: Merge; readonly source: DirectSource },
    take: (message: OriginMessage) => void,
  ) {
    this.#o = o;
    this.#take = take;
    this.#heardUs = o.time.nowUs();
    this.#look();
  }

  /** The copy has brought an entry. */
  heard(): void {
    this.#heardUs = this.#o.time.nowUs();
    if (this.#reading && this.#o.merge.directCount === 0) this.#read(false);
  }
  /** Something is missed that the other site may have: it is asked at once, however lately the copy has brought something. */
  askNow(): void {
    if (this.#asking || this.#stopped) return;
    this.#cancel();
    void this.#ask();
  }
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  get #quietMs(): number {
    return (this.#o.time.nowUs() - this.#heardUs) / 1000;
  }
  get #isReached(): boolean {
    return this.#answersFromUs !== undefined && this.#o.time.nowUs() - this.#answersFromUs >= AFTER_OUTAGE_MS * 1000;
  }
  #look(): void {
    if (this.#quietMs < QUIET_MS) this.#again(QUIET_MS - this.#quietMs);
    else void this.#ask();
  }
  #again(ms: number): void {
    if (!this.#stopped) this.#cancel = this.#o.time.after(ms, () => this.#look());
  }

  async #ask(): Promise<void> {
    const { merge, source } = this.#o;
    const from = merge.directFrom;
    this.#asking = true;
    const told = from === undefined ? [] : await source.ask(from.epoch, from.seq);
    this.#asking = false;
    if (this.#stopped) return;
    if (from === undefined) return this.#again(ASK_AGAIN_MS);
    if (told === undefined) this.#answersFromUs = undefined;
    else this.#answersFromUs ??= this.#o.time.nowUs();
    if (told === undefined || !this.#isReached) return this.#again(ASK_AGAIN_MS);
    const before = merge.directCount;
    for (const message of told) this.#take(message);
    if (merge.directCount <= before) return this.#again(ASK_EVERY_MS);
    if (this.#quietMs >= QUIET_MS) {
      this.#read(true);
      this.#renew(from.epoch);
    }
    // What lies behind one answer is asked for at once.
    this.#again(1);
  }
  #renew(epoch: string): void {
    const now = this.#o.time.nowUs();
    if ((now - this.#renewedUs) / 1000 < RENEW_EVERY_MS) return;
    this.#renewedUs = now;
    this.#o.source.renew(epoch);
  }
  #read(reading: boolean): void {
    if (this.#reading === reading) return;
    this.#reading = reading;
    this.#o.source.onReading?.(reading);
  }
}
