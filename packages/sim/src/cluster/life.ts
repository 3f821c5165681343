// One life of a site's process: everything that reaches it goes through here, so that it can be stopped for a while, or for good,
// between any two of its steps. What was on its way to a dead one is lost.
import type { Time } from '@vigie/log';
import type { Timing } from '@vigie/replica';
import type { Schedule } from './schedule.ts';

export class Life implements Timing, Time {
  readonly #schedule: Schedule;
  readonly #aheadUs: () => number;
  #dead = false;
  #paused = false;
  #waiting: (() => void)[] = [];
  /** Turns that were asked for and have not run: the fold may have work left. */
  turns = 0;
  /** The clock never goes back within a life (L5). */
  #lastUs = 0;

  /** `aheadUs`: how far what the site takes for its clock is ahead. */
  constructor(schedule: Schedule, aheadUs: () => number) {
    this.#schedule = schedule;
    this.#aheadUs = aheadUs;
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

  nowUs(): number {
    this.#lastUs = Math.max(this.#lastUs, this.#schedule.nowUs + this.#aheadUs());
    return this.#lastUs;
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
