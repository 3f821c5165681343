// The bytes of unsettled items. While a site is apart they grow for days; beyond a bound the oldest reports give theirs up and are
// read from the log again when settled state comes to them. A case that had to be refolded meanwhile goes on from what it was.
import type { PlacedEntry } from '@vigie/log';
import type { Item } from '@vigie/model';
import type { TailItem } from './case-tail.ts';
import type { Tails } from './tails.ts';

/** Some two days of 1,000 devices that report every minute. */
const UNSETTLED_BYTES_MAX = 256 * 1024 * 1024;
const GIVEN_UP = new Uint8Array(0);

export class ItemMemory {
  readonly #tails: Tails;
  readonly #max: number;
  #bytes = 0;

  constructor(tails: Tails, max: number = UNSETTLED_BYTES_MAX) {
    this.#tails = tails;
    this.#max = max;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get isOver(): boolean {
    return this.#bytes > this.#max;
  }
  /** Enough was given up for a while. */
  get isLow(): boolean {
    return this.#bytes <= this.#max * 0.75;
  }
  clear(): void {
    this.#bytes = 0;
  }
  placed(entry: PlacedEntry, items: readonly TailItem[]): void {
    if (items[0]?.unloaded === false) this.#bytes += sizeOf(entry.entry.items);
  }
  passed(entry: PlacedEntry, items: readonly TailItem[]): void {
    if (items[0]?.unloaded === false) this.#bytes -= sizeOf(entry.entry.items);
  }

  /** Only reports, and only once they are evaluated: everything else is little. */
  unload(entry: PlacedEntry, items: readonly TailItem[]): void {
    if (entry.entry.kind !== 'reports' || items[0]?.unloaded !== false) return;
    for (const item of items) {
      const tail = this.#tailOf(entry, item);
      if (tail === undefined || tail.stale || item.waiting || item.outcome === undefined) return;
    }
    this.#bytes -= sizeOf(entry.entry.items);
    setItems(
      entry,
      entry.entry.items.map(({ measure }) => ({ measure, bytes: GIVEN_UP })),
    );
    this.#mark(entry, items, true);
  }
  reload(entry: PlacedEntry, items: readonly TailItem[], bytes: readonly Item[]): void {
    if (items[0]?.unloaded !== true) return;
    setItems(entry, bytes);
    this.#bytes += sizeOf(bytes);
    this.#mark(entry, items, false);
  }

  #mark(entry: PlacedEntry, items: readonly TailItem[], unloaded: boolean): void {
    for (const item of items) {
      const tail = this.#tailOf(entry, item);
      if (tail !== undefined) this.#tails.markUnloaded(tail, item, unloaded);
    }
  }
  /** Each entry brings the text of its measures anew; a case needs one. */
  static share(item: Item, measure: string): void {
    (item as { measure: string }).measure = measure;
  }
  #tailOf(entry: PlacedEntry, item: TailItem) {
    return this.#tails.get((entry.entry.items[item.index] as Item).measure);
  }
}

/** The merge keeps the entry until it is settled and reads none of its items: this is the one place that swaps them. */
function setItems(entry: PlacedEntry, items: readonly Item[]): void {
  (entry.entry as { items: readonly Item[] }).items = items;
}

function sizeOf(items: readonly Item[]): number {
  let size = 0;
  for (const { bytes } of items) size += bytes.length;
  return size;
}
