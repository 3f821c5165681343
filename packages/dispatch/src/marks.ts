// Attempts and receipts on their way into the log. Those that wait while an append is in flight travel together in the next entry.
import type { Time } from '@vigie/log';
import type { DispatchAttempt, DispatchReceipt } from '@vigie/model';

export type Mark =
  | { readonly kind: 'attempt'; readonly measure: string; readonly attempt: DispatchAttempt }
  | { readonly kind: 'receipt'; readonly measure: string; readonly receipt: DispatchReceipt };

/** Beyond it the oldest are dropped: the other site then delivers once more what it was not told about. */
const MARKS_WAITING_MAX = 20_000;
const MARKS_PER_ENTRY_MAX = 300;
/** The log did not take them. */
const AGAIN_MS = 250;

interface Waiting {
  readonly mark: Mark;
  readonly stored: () => void;
}

export class Marks {
  readonly #time: Time;
  readonly #append: (kind: Mark['kind'], marks: readonly Mark[]) => Promise<boolean>;
  #waiting: Waiting[] = [];
  #appending = false;
  #cancel: (() => void) | undefined;
  #closed = false;
  /** Never written, for want of room. */
  dropped = 0;

  constructor(time: Time, append: (kind: Mark['kind'], marks: readonly Mark[]) => Promise<boolean>) {
    this.#time = time;
    this.#append = append;
  }

  /** Resolves once it lies in the log. */
  put(mark: Mark): Promise<void> {
    return new Promise((stored) => {
      this.#waiting.push({ mark, stored });
      if (this.#waiting.length > MARKS_WAITING_MAX) {
        this.#waiting.shift();
        this.dropped++;
      }
      void this.#drain();
    });
  }
  get waiting(): number {
    return this.#waiting.length;
  }
  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  async #drain(): Promise<void> {
    if (this.#appending || this.#closed || this.#cancel !== undefined) return;
    this.#appending = true;
    while (this.#waiting.length > 0 && !this.#closed) {
      const { kind } = (this.#waiting[0] as Waiting).mark;
      const end = this.#waiting.findIndex(({ mark }) => mark.kind !== kind);
      const part = this.#waiting.splice(0, Math.min(end < 0 ? this.#waiting.length : end, MARKS_PER_ENTRY_MAX));
      const isStored = await this.#append(
        kind,
        part.map(({ mark }) => mark),
      );
      if (isStored) for (const { stored } of part) stored();
      else {
        this.#waiting = [...part, ...this.#waiting];
        this.#again();
        break;
      }
    }
    this.#appending = false;
  }
  #again(): void {
    this.#cancel = this.#time.after(AGAIN_MS, () => {
      this.#cancel = undefined;
      void this.#drain();
    });
  }
}
