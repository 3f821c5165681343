// Keys that are not held here yet: asked of the other site again and again, and told to people after 5 s.
import { type Timing, nowMs } from './timing.ts';
import type { KeyRing } from './types.ts';

const ASK_AGAIN_MS = 1_000;
/** The settled fold waits for a missing key, with an alarm after this. */
const ALARM_AFTER_MS = 5_000;

interface Wait {
  readonly sinceMs: number;
  alarmed: boolean;
  cancel: (() => void) | undefined;
}

export class KeyWaits {
  readonly #keys: Pick<KeyRing, 'fetch' | 'has'>;
  readonly #timing: Timing;
  readonly #onKey: (measure: string) => void;
  readonly #onAlarm: (measure: string, sinceMs: number) => void;
  /** One a measure, so bounded by the number of cases. */
  readonly #waits = new Map<string, Wait>();
  #closed = false;

  constructor(o: {
    keys: Pick<KeyRing, 'fetch' | 'has'>;
    timing: Timing;
    onKey: (measure: string) => void;
    onAlarm: (measure: string, sinceMs: number) => void;
  }) {
    this.#keys = o.keys;
    this.#timing = o.timing;
    this.#onKey = o.onKey;
    this.#onAlarm = o.onAlarm;
  }
  get size(): number {
    return this.#waits.size;
  }

  add(measure: string): void {
    if (this.#waits.has(measure) || this.#closed) return;
    const wait: Wait = { sinceMs: nowMs(this.#timing), alarmed: false, cancel: undefined };
    this.#waits.set(measure, wait);
    this.#ask(measure, wait);
  }
  remove(measure: string): void {
    this.#waits.get(measure)?.cancel?.();
    this.#waits.delete(measure);
  }
  close(): void {
    this.#closed = true;
    for (const measure of this.#waits.keys()) this.remove(measure);
  }

  #ask(measure: string, wait: Wait): void {
    void this.#keys.fetch(measure).then((held) => {
      if (this.#waits.get(measure) !== wait) return;
      if (held || this.#keys.has(measure)) {
        this.#waits.delete(measure);
        this.#onKey(measure);
        return;
      }
      const waitedMs = nowMs(this.#timing) - wait.sinceMs;
      if (waitedMs >= ALARM_AFTER_MS && !wait.alarmed) {
        wait.alarmed = true;
        this.#onAlarm(measure, waitedMs);
      }
      wait.cancel = this.#timing.after(ASK_AGAIN_MS, () => this.#ask(measure, wait));
    });
  }
}
