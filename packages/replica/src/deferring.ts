// When cases that a heal has overtaken are folded anew. Each message of the other site's past overtakes what live has of its case; folding
// the case for each of them would evaluate a minute of reports a hundred times. So that waits until no more of the past comes, or a second.
import { type Timing, nowMs } from './timing.ts';

/** Longer than the messages of a past lie apart, even on a busy machine. */
export const PAST_GAP_MS = 50;
/** What the two pasts together raise, and neither alone, waits at most this long and then for its turn. */
export const DEFERRED_MS_MAX = 1_000;

export class Deferring {
  readonly #timing: Pick<Timing, 'nowUs'>;
  #pastAtMs = Number.NEGATIVE_INFINITY;
  #sinceMs: number | undefined;

  constructor(timing: Pick<Timing, 'nowUs'>) {
    this.#timing = timing;
  }

  /** Asked before a turn. `bringsPast`: more of the past has come since the last one; `hasStale`: cases are to be folded anew. */
  defers(bringsPast: boolean, hasStale: boolean): boolean {
    const now = nowMs(this.#timing);
    if (bringsPast) this.#pastAtMs = now;
    if (now - this.#pastAtMs > PAST_GAP_MS) {
      this.#sinceMs = undefined;
      return false;
    }
    if (this.#sinceMs === undefined || (!hasStale && now - this.#sinceMs > DEFERRED_MS_MAX)) this.#sinceMs = now;
    return now - this.#sinceMs <= DEFERRED_MS_MAX;
  }
}
