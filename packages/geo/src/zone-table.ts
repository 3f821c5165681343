// Zones packed for the hot path. A zone is a slot: a 32-byte header (box, where its numbers lie, kind, tag) and a 32-byte scale; its
// vertices take 8 bytes each. A fix outside the box costs one look at the header; nothing here allocates while it decides.
//
// Slots and numbers live in chunks, so that growing never copies and a million persons never need one huge array.
import { SCALE_SLOTS } from './ellipsoid.ts';
import { IntHeap } from './int-heap.ts';
import type { RecordedZone } from './recorded-zone.ts';
import { EAST_EDGE, HEADER_SLOTS, KIND, NORTH_EDGE, NUMBERS_AT, SCALE_LAT, SOUTH, TAG, WEST } from './zone-layout.ts';
import { kindOf, lengthOfNumbers, numbersOf, packNumbers, unpackZone } from './zone-packing.ts';

/** A zone's place in its table, stable while the zone is there. */
export type Slot = number;

const CHUNK_BITS = 12;
/** Slots of one chunk; a block of slots never straddles two. */
export const CHUNK_SLOTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SLOTS - 1;

export class ZoneTable {
  readonly #headers: Int32Array[] = [];
  readonly #scales: Float64Array[] = [];
  readonly #heap = new IntHeap();
  #slotsUsed = 0;

  /** Reserves neighbouring slots, at most CHUNK_SLOTS. */
  reserve(count: number): Slot {
    const room = CHUNK_SLOTS - (this.#slotsUsed & CHUNK_MASK);
    if (count > room) this.#slotsUsed += room;
    const first = this.#slotsUsed;
    this.#slotsUsed += count;
    while (this.#headers.length << CHUNK_BITS < this.#slotsUsed) {
      this.#headers.push(new Int32Array(CHUNK_SLOTS * HEADER_SLOTS));
      this.#scales.push(new Float64Array(CHUNK_SLOTS * SCALE_SLOTS));
    }
    return first;
  }

  /** Packs a zone into a free slot. The tag is the caller's. */
  set(slot: Slot, zone: RecordedZone, tag: number): void {
    const numbers = this.#heap.take(numbersOf(zone));
    packNumbers(zone, this.#heap.chunkOf(numbers), this.#heap.indexOf(numbers));
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    const [west, south, east, north] = zone.boxE7;
    h[i + WEST] = west;
    h[i + SOUTH] = south;
    h[i + EAST_EDGE] = east;
    h[i + NORTH_EDGE] = north;
    h[i + NUMBERS_AT] = numbers;
    h[i + KIND] = kindOf(zone);
    h[i + TAG] = tag;
    h[i + SCALE_LAT] = zone.scale.latE7;
    const s = this.scalesOf(slot);
    const j = this.scaleAt(slot);
    s[j] = zone.scale.eastPm;
    s[j + 1] = zone.scale.eastPmPerDegree;
    s[j + 2] = zone.scale.northPm;
    s[j + 3] = zone.scale.northPmPerDegree;
  }

  /** Gives the zone's numbers back. The slot stays the caller's, empty. */
  clear(slot: Slot): void {
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    const at = h[i + NUMBERS_AT] as number;
    const length = lengthOfNumbers(h[i + KIND] as number, this.#heap.chunkOf(at), this.#heap.indexOf(at));
    this.#heap.give(at, length);
    h.fill(0, i, i + HEADER_SLOTS);
  }

  /** Moves a zone to an empty slot; its numbers stay where they are. */
  move(from: Slot, to: Slot): void {
    const i = this.headerAt(from);
    const source = this.headersOf(from);
    this.headersOf(to).set(source.subarray(i, i + HEADER_SLOTS), this.headerAt(to));
    source.fill(0, i, i + HEADER_SLOTS);
    const j = this.scaleAt(from);
    this.scalesOf(to).set(this.scalesOf(from).subarray(j, j + SCALE_SLOTS), this.scaleAt(to));
  }

  /** The zone as it was recorded. */
  read(slot: Slot): RecordedZone {
    const i = this.headerAt(slot);
    const h = this.headersOf(slot);
    const j = this.scaleAt(slot);
    const at = h[i + NUMBERS_AT] as number;
    return unpackZone(
      h.subarray(i, i + HEADER_SLOTS),
      this.scalesOf(slot).subarray(j, j + SCALE_SLOTS),
      this.#heap.chunkOf(at),
      this.#heap.indexOf(at),
    );
  }

  tag(slot: Slot): number {
    return this.headersOf(slot)[this.headerAt(slot) + TAG] as number;
  }

  /** Bytes held, free room included. */
  bytes(): number {
    return this.#headers.length * CHUNK_SLOTS * 8 * (HEADER_SLOTS / 2 + SCALE_SLOTS) + this.#heap.bytes();
  }

  // Where the parts of a slot lie; for the kernels beside this file.
  headersOf(slot: Slot): Int32Array {
    return this.#headers[slot >>> CHUNK_BITS] as Int32Array;
  }
  headerAt(slot: Slot): number {
    return (slot & CHUNK_MASK) * HEADER_SLOTS;
  }
  scalesOf(slot: Slot): Float64Array {
    return this.#scales[slot >>> CHUNK_BITS] as Float64Array;
  }
  scaleAt(slot: Slot): number {
    return (slot & CHUNK_MASK) * SCALE_SLOTS;
  }
  numbersOf(at: number): Int32Array {
    return this.#heap.chunkOf(at);
  }
  numbersAt(at: number): number {
    return this.#heap.indexOf(at);
  }
}
