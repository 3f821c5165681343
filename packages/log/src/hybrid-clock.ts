// L4: a hybrid logical clock, so that an answer never sorts before its cause.
import { type LogTimeUs, logTimeUs } from '@vigie/model';
import type { SiteClock } from './types.ts';

export class HybridClock {
  readonly #clock: SiteClock;
  #last = 0;
  #read = 0;

  constructor(clock: SiteClock) {
    this.#clock = clock;
  }
  /** max(site clock, own last t + 1, newest t read + 1). */
  next(): LogTimeUs {
    this.#last = Math.max(Math.trunc(this.#clock.nowUs()), this.#last + 1, this.#read + 1);
    return logTimeUs(this.#last);
  }
  /** A t of any origin was read. Adopted however far it is ahead (L5). */
  read(t: number): void {
    if (t > this.#read) this.#read = t;
  }
}
