// What items of cases that are ahead say, unsealed. A heal folds each of them several times, and unsealing is most of what an item
// costs; so the bytes are kept until the item is part of a base. Live state holds the same in plain.
import type { TailItem } from './case-tail.ts';

/** Some 300,000 uploads of three reports. Beyond it items are unsealed again at each evaluation. */
const OPENED_BYTES_MAX = 64 * 1024 * 1024;
/** The item's own weight, so that small ones count too. */
const OVERHEAD_BYTES = 96;

export class OpenedBytes {
  readonly #max: number;
  #size = 0;

  constructor(max: number = OPENED_BYTES_MAX) {
    this.#max = max;
  }
  get size(): number {
    return this.#size;
  }
  keep(item: TailItem, bytes: Uint8Array): void {
    const size = bytes.length + OVERHEAD_BYTES;
    if (item.opened !== undefined || this.#size + size > this.#max) return;
    item.opened = bytes;
    this.#size += size;
  }
  drop(item: TailItem): void {
    if (item.opened === undefined) return;
    this.#size -= item.opened.length + OVERHEAD_BYTES;
    item.opened = undefined;
  }
  dropAll(items: readonly TailItem[]): void {
    for (const item of items) this.drop(item);
  }
}
