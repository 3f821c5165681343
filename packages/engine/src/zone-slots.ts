// The zones of all cases in geo's one packed table. A case holds a block of slots; blocks given back are used again. Not part of
// the state: the recorded zones in the orders are, and the block is made from them.
import { type RecordedZone, type Slot, ZoneTable } from '@vigie/geo';
import { RecentTexts } from './recent-texts.ts';
import { ReportSlabs } from './report-slabs.ts';
import { SharedParts } from './shared-parts.ts';

/** A wider ring has no place in a tag, and its case goes the exact way always. */
export const RING_MM_MAX = 2_000_000_000;
/** Tag of a zone whose pre-alert ring is the next slot; the tag of that one, and of every other, is the ring's distance from the edge. */
export const RING_FOLLOWS = -0x8000_0000;

export class ZoneSlots {
  readonly table = new ZoneTable();
  readonly parts = new SharedParts();
  readonly texts = new RecentTexts();
  readonly reports = new ReportSlabs();
  readonly #free = new Map<number, Slot[]>();

  /** Tags: millimetres of a ring outside the edge, negative inside, 0 = the edge alone; or `RING_FOLLOWS`. */
  take(zones: readonly RecordedZone[], tags: readonly number[]): Slot {
    if (zones.length === 0) return -1;
    const first = this.#free.get(zones.length)?.pop() ?? this.table.reserve(zones.length);
    for (let i = 0; i < zones.length; i++) this.table.set(first + i, zones[i] as RecordedZone, tags[i] as number);
    return first;
  }

  give(first: Slot, count: number): void {
    if (count === 0) return;
    for (let i = 0; i < count; i++) this.table.clear(first + i);
    const free = this.#free.get(count);
    if (free === undefined) this.#free.set(count, [first]);
    else free.push(first);
  }
}
