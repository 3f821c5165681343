// Time as an argument: the site clock, and timers that belong to it. Real in a site, by hand in tests.
import type { SiteClock } from './types.ts';

export interface Time extends SiteClock {
  /** Runs once after so many milliseconds; the answer cancels. */
  after(ms: number, run: () => void): () => void;
}

/** How fast the site clock may follow the wall clock: 500 ppm, what NTP itself slews at most. Never a step (L5). */
const SLEW_PER_US = 500e-6;
const COMPARE_EVERY_US = 1_000_000;

/** Monotonic from the start of the process, slewed towards the wall clock. */
export function systemClock(): SiteClock {
  let offsetUs = 0;
  let comparedAt = 0;
  return {
    nowUs: () => {
      const monotonicUs = (performance.timeOrigin + performance.now()) * 1000;
      if (monotonicUs - comparedAt >= COMPARE_EVERY_US) {
        const limit = comparedAt === 0 ? 0 : (monotonicUs - comparedAt) * SLEW_PER_US;
        const behindUs = Date.now() * 1000 - (monotonicUs + offsetUs);
        offsetUs += Math.max(-limit, Math.min(limit, behindUs));
        comparedAt = monotonicUs;
      }
      return Math.round(monotonicUs + offsetUs);
    },
  };
}

export const systemTime = (clock: SiteClock = systemClock()): Time => ({
  nowUs: () => clock.nowUs(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});

/** Time that moves only when told to. Timers run in order of their due time, then of their making. */
export class ManualTime implements Time {
  #nowUs: number;
  #made = 0;
  readonly #due: { readonly atUs: number; readonly made: number; readonly run: () => void }[] = [];

  constructor(startUs = 1_750_000_000_000_000) {
    this.#nowUs = startUs;
  }
  nowUs(): number {
    return this.#nowUs;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { atUs: this.#nowUs + Math.max(0, ms) * 1000, made: this.#made++, run };
    const i = this.#due.findIndex((other) => other.atUs > timer.atUs);
    if (i < 0) this.#due.push(timer);
    else this.#due.splice(i, 0, timer);
    return () => {
      const k = this.#due.indexOf(timer);
      if (k >= 0) this.#due.splice(k, 1);
    };
  }
  advance(ms: number): void {
    const until = this.#nowUs + ms * 1000;
    for (let next = this.#due[0]; next !== undefined && next.atUs <= until; next = this.#due[0]) {
      this.#due.shift();
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      next.run();
    }
    this.#nowUs = until;
  }
}
