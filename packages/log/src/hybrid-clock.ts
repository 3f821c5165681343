// L4: a hybrid logical clock, so that an answer never sorts before its cause. L5: a site clock that nobody confirms is not read.
import { type LogTimeUs, logTimeUs } from '@vigie/model';
import type { SiteClock } from './types.ts';

/** L5: at start the site clock must be this near to a reachable peer's. */
const START_SKEW_US_MAX = 2_000_000;

/** One for a site: of what is written in two partitions, too, the answer sorts after its cause. */
export class HybridClock {
  readonly #clock: SiteClock;
  #last = 0;
  #read = 0;
  /** Added to the site clock while it is not trusted, so that time goes on from the last own t. */
  #correctionUs: number | undefined;

  constructor(clock: SiteClock) {
    this.#clock = clock;
  }
  /** max(site clock, own last t + 1, newest t read + 1). */
  next(): LogTimeUs {
    const now = Math.trunc(this.#clock.nowUs() + (this.#correctionUs ?? 0));
    this.#last = Math.max(now, this.#last + 1, this.#read + 1);
    return logTimeUs(this.#last);
  }
  /** A t of any origin was read. Adopted however far it is ahead (L5). */
  read(t: number): void {
    if (t > this.#read) this.#read = t;
  }

  get isTrusted(): boolean {
    return this.#correctionUs === undefined;
  }
  /**
   * L5, at start and whenever the skew is known anew: the peer's clock minus the own one. Too far apart at start: time goes on from
   * the last t known here, or, without one, from the peer's clock; until the two agree again.
   */
  compare(skewUs: number, atStart: boolean): void {
    const agrees = Math.abs(skewUs) <= START_SKEW_US_MAX;
    if (agrees) this.#correctionUs = undefined;
    else if (atStart) {
      const last = Math.max(this.#last, this.#read);
      this.#correctionUs = last === 0 ? skewUs : last - this.#clock.nowUs();
    }
  }
}
