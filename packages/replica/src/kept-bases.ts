// Settled bytes of cases that changed lately, with the few settled items since: the next tail of such a case begins with them
// instead of saving the case again, so that saving follows the seconds a case is busy in and not its items.
import type { TailItem } from './case-tail.ts';

/** Items that a refold evaluates beyond what is unsettled, at most. */
const KEPT_ITEMS_MAX = 8;
/** The oldest are dropped beyond it; their cases are saved again when they become ahead. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;
/** An entry's own weight, so that cases without a base count too. */
const OVERHEAD_BYTES = 256;

export interface KeptBase {
  readonly base: Uint8Array | undefined;
  /** All settled, in merged order. */
  readonly items: readonly TailItem[];
}

export class KeptBases {
  readonly #kept = new Map<string, KeptBase>();
  readonly #max: number;
  #bytes = 0;

  constructor(max: number = KEPT_BYTES_MAX) {
    this.#max = max;
  }

  take(measure: string): KeptBase | undefined {
    const kept = this.#kept.get(measure);
    if (kept !== undefined) this.drop(measure);
    return kept;
  }
  keep(measure: string, kept: KeptBase): void {
    this.drop(measure);
    if (kept.items.length > KEPT_ITEMS_MAX) return;
    this.#kept.set(measure, kept);
    this.#bytes += sizeOf(kept);
    if (this.#bytes <= this.#max) return;
    for (const oldest of this.#kept.keys()) {
      this.drop(oldest);
      if (this.#bytes <= this.#max) return;
    }
  }
  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
  drop(measure: string): void {
    const kept = this.#kept.get(measure);
    if (kept === undefined) return;
    this.#kept.delete(measure);
    this.#bytes -= sizeOf(kept);
  }
}

const sizeOf = (kept: KeptBase): number => OVERHEAD_BYTES + (kept.base?.length ?? 0);
