// When a replica that has just started, or whose process stood still, tells people: not before it knows what the other site told them
// meanwhile. What its devices repeat to it, and the timers that a jump of log time lets fire, would else be told a second time.
import { type Timing, nowMs } from './timing.ts';

/** The other site is not heard for so long after everything here was read: then there is nobody to wait for. */
const UNHEARD_MS = 1_500;
/** It is heard, but what it holds does not come: whoever lives there tells people meanwhile (D3), but nobody waits for ever. */
const HELD_BACK_MS_MAX = 15_000;
const LOOK_EVERY_MS = 50;
/** A timer this late: the process stood still, and the other site acted. */
const SLEPT_MS = 1_000;
const WATCH_EVERY_MS = 250;
/** What came meanwhile lies in the process's own sockets: it is read in a moment. */
const AWAKE_AFTER_MS = 1_000;

export interface FirstWordOptions {
  readonly timing: Timing;
  /** L12: everything that the other site held is here and applied. */
  readonly knowsAll: () => boolean;
  readonly hearsPeer: () => boolean;
  readonly speak: () => void;
  readonly holdBack: () => void;
}

export class FirstWord {
  readonly #o: FirstWordOptions;
  #sinceMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(o: FirstWordOptions) {
    this.#o = o;
  }
  /** Everything that was here at the start is applied. */
  hasRead(): void {
    this.#sinceMs = nowMs(this.#o.timing);
    this.#look();
  }
  close(): void {
    this.#cancel?.();
  }

  #look(): void {
    const { timing, knowsAll, hearsPeer } = this.#o;
    const waitedMs = nowMs(timing) - (this.#sinceMs ?? 0);
    if (knowsAll() || waitedMs >= (hearsPeer() ? HELD_BACK_MS_MAX : UNHEARD_MS)) this.#speak();
    else this.#cancel = timing.after(LOOK_EVERY_MS, () => this.#look());
  }

  #speak(): void {
    this.#o.speak();
    this.#watch();
  }
  #watch(): void {
    const dueMs = nowMs(this.#o.timing) + WATCH_EVERY_MS;
    this.#cancel = this.#o.timing.after(WATCH_EVERY_MS, () => {
      if (nowMs(this.#o.timing) - dueMs < SLEPT_MS) this.#watch();
      else {
        this.#o.holdBack();
        this.#cancel = this.#o.timing.after(AWAKE_AFTER_MS, () => this.#speak());
      }
    });
  }
}
