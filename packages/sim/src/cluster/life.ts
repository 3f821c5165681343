// One life of a site's process: everything that reaches it goes through here, so that it can be stopped for a while, or for good,
// between any two of its steps. What was on its way to a dead one is lost.
import type { Time } from '@vigie/log';
import type { Timing } from '@vigie/replica';
import type { Schedule } from './schedule.ts';

/** What packages/log allows its clock, too: 500 ppm. */
const SLEW_PER_US = 500e-6;

export class Life implements Timing, Time {
  readonly #schedule: Schedule;
  readonly #aheadUs: () => number;
  #dead = false;
  #paused = false;
  #waiting: (() => void)[] = [];
  /** Turns that were asked for and have not run: the fold may have work left. */
  turns = 0;
  /** How far the clock of this life is ahead, and when that was last brought nearer to what it should be. */
  #ahead: number;
  #slewedUs: number;

  /** `aheadUs`: how far what the site takes for its clock is ahead. */
  constructor(schedule: Schedule, aheadUs: () => number) {
    this.#schedule = schedule;
    this.#aheadUs = aheadUs;
    this.#ahead = aheadUs();
    this.#slewedUs = schedule.nowUs;
  }

  get isDead(): boolean {
    return this.#dead;
  }
  get isPaused(): boolean {
    return this.#paused;
  }
  run(step: () => void): void {
    if (this.#dead) return;
    if (this.#paused) {
      this.#waiting.push(step);
      return;
    }
    this.#schedule.touched = true;
    step();
  }
  pause(): void {
    this.#paused = true;
  }
  resume(): void {
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    // Each in its own turn, as an event loop does.
    for (const step of waiting) this.#schedule.after(0, () => this.run(step));
  }
  end(): void {
    this.#dead = true;
    this.#waiting = [];
  }

  /** L5: synchronised at the start of a life, then slewed, never stepped. */
  nowUs(): number {
    const { nowUs } = this.#schedule;
    const most = (nowUs - this.#slewedUs) * SLEW_PER_US;
    this.#slewedUs = nowUs;
    this.#ahead += Math.max(-most, Math.min(most, this.#aheadUs() - this.#ahead));
    return Math.round(nowUs + this.#ahead);
  }
  after(ms: number, run: () => void): () => void {
    return this.#schedule.after(ms * 1000, () => this.run(run));
  }
  soon(run: () => void): void {
    this.turns++;
    this.#schedule.after(1, () =>
      this.run(() => {
        this.turns--;
        run();
      }),
    );
  }
  /** A promise whose outcome reaches this life only while it lives. */
  promise<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve) => start((value) => this.run(() => resolve(value))));
  }
}
