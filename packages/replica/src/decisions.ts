// What became of decisions (L16), and who waits for one. The fold itself remembers keys for seven days; this is only the
// answer to "how did it end", for the entries that came by recently.
import type { Outcome } from '@vigie/engine';
import type { Timing } from './timing.ts';
import type { DecisionStatus } from './types.ts';

/** A day of a busy centre. A status asked for later is no longer known here and reads as the state of the incident or order. */
export const DECISIONS_REMEMBERED_MAX = 10_000;

export class Decisions {
  readonly #timing: Timing;
  readonly #recent = new Map<string, DecisionStatus>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  status(entryId: string): DecisionStatus | undefined {
    return this.#recent.get(entryId);
  }

  note(entryId: string, outcome: Outcome, settled: boolean): void {
    const known = this.#recent.get(entryId);
    // The same entry appended twice applies once: its repeat says nothing new.
    if (outcome.kind === 'repeated' && known !== undefined && outcome.entryId === entryId) return;
    if (known?.settled === true) return;
    this.#recent.delete(entryId);
    this.#recent.set(entryId, { outcome, settled });
    if (settled) for (const wake of this.#waiting.get(entryId) ?? []) wake();
    if (this.#recent.size <= DECISIONS_REMEMBERED_MAX) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      break;
    }
  }

  /** Resolves once the decision is settled, or with what is known after `timeoutMs`. */
  settled(entryId: string, timeoutMs: number): Promise<DecisionStatus | undefined> {
    const known = this.#recent.get(entryId);
    if (known?.settled === true || timeoutMs <= 0) return Promise.resolve(known);
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(entryId) ?? new Set();
      this.#waiting.set(entryId, waiters);
      const end = () => {
        cancel();
        waiters.delete(end);
        if (waiters.size === 0) this.#waiting.delete(entryId);
        resolve(this.#recent.get(entryId));
      };
      const cancel = this.#timing.after(timeoutMs, end);
      waiters.add(end);
    });
  }

  /** Answers everybody who waits, with what is known. */
  close(): void {
    for (const waiters of this.#waiting.values()) for (const wake of waiters) wake();
  }
}
