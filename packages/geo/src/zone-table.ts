// Zones packed for the hot path. A zone is a slot: a 32-byte header (box, where its numbers lie, kind, tag); its vertices
// take 8 bytes each elsewhere. A fix outside the box costs one look at the header; nothing here allocates while it decides.
//
// Slots and numbers live in chunks, so that growing never copies and a million persons never need one huge array.
import { SCALE_SLOTS, writeRecordedScale } from './ellipsoid.ts';
import { IntHeap } from './int-heap.ts';
import { CELLS_INTS, writeCells } from './polygon-cells.ts';
import type { RecordedZone } from './recorded-zone.ts';
import {
  CELLS_AT,
  EAST_EDGE,
  HAS_CELLS,
  HEADER_SLOTS,
  KIND,
  NORTH_EDGE,
  NUMBERS_AT,
  OWN_SCALE,
  RINGS_SHIFT,
  SCALE_INTS,
  SOUTH,
  TAG,
  WEST,
} from './zone-layout.ts';
import {
  kindOf,
  lengthOfNumbers,
  middleLatE7,
  numbersOf,
  packNumbers,
  packScale,
  unpackScale,
  unpackZone,
} from './zone-packing.ts';

/** A zone's place in its table, stable while the zone is there. */
export type Slot = number;

const CHUNK_BITS = 12;
/** Slots of one chunk; a block of slots never straddles two. */
const CHUNK_SLOTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SLOTS - 1;

export class ZoneTable {
  readonly #headers: Int32Array[] = [];
  readonly #heap = new IntHeap();
  #slotsUsed = 0;

  /** Reserves neighbouring slots, at most CHUNK_SLOTS. */
  reserve(count: number): Slot {
    const room = CHUNK_SLOTS - (this.#slotsUsed & CHUNK_MASK);
    if (count > room) this.#slotsUsed += room;
    const first = this.#slotsUsed;
    this.#slotsUsed += count;
    while (this.#headers.length << CHUNK_BITS < this.#slotsUsed)
      this.#headers.push(new Int32Array(CHUNK_SLOTS * HEADER_SLOTS));
    return first;
  }

  /** Packs a zone into a free slot. The tag is the caller's. */
  set(slot: Slot, zone: RecordedZone, tag: number): void {
    const kind = kindOf(zone);
    const before = (kind & OWN_SCALE) === 0 ? 0 : SCALE_INTS;
    const at = this.#heap.take(before + numbersOf(zone));
    const g = this.#heap.chunkOf(at);
    const k = this.#heap.indexOf(at);
    if (before > 0) packScale(zone.scale, g, k);
    packNumbers(zone, g, k + before);
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    h[i + WEST] = zone.boxE7[0];
    h[i + SOUTH] = zone.boxE7[1];
    h[i + EAST_EDGE] = zone.boxE7[2];
    h[i + NORTH_EDGE] = zone.boxE7[3];
    h[i + NUMBERS_AT] = at + before;
    h[i + KIND] = kind;
    h[i + TAG] = tag;
  }

  /** Gives the zone's memory back. The slot stays the caller's, empty. */
  clear(slot: Slot): void {
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    const kind = h[i + KIND] as number;
    const at = h[i + NUMBERS_AT] as number;
    const before = (kind & OWN_SCALE) === 0 ? 0 : SCALE_INTS;
    const length = lengthOfNumbers(kind, this.#heap.chunkOf(at), this.#heap.indexOf(at));
    this.#heap.give(at - before, before + length);
    if ((kind & HAS_CELLS) !== 0) this.#heap.give(h[i + CELLS_AT] as number, CELLS_INTS);
    h.fill(0, i, i + HEADER_SLOTS);
  }

  /** Moves a zone to an empty slot; its numbers stay where they are. */
  move(from: Slot, to: Slot): void {
    const source = this.headersOf(from);
    const target = this.headersOf(to);
    const i = this.headerAt(from);
    const j = this.headerAt(to);
    for (let n = 0; n < HEADER_SLOTS; n++) {
      target[j + n] = source[i + n] as number;
      source[i + n] = 0;
    }
  }

  /** The zone as it was recorded. */
  read(slot: Slot): RecordedZone {
    const i = this.headerAt(slot);
    const h = this.headersOf(slot);
    const at = h[i + NUMBERS_AT] as number;
    const scale = new Float64Array(SCALE_SLOTS);
    const latE7 = this.loadScale(slot, scale);
    return unpackZone(h.subarray(i, i + HEADER_SLOTS), scale, latE7, this.#heap.chunkOf(at), this.#heap.indexOf(at));
  }

  tag(slot: Slot): number {
    return this.headersOf(slot)[this.headerAt(slot) + TAG] as number;
  }

  /** Bytes held, free room included. */
  bytes(): number {
    return this.#headers.length * CHUNK_SLOTS * HEADER_SLOTS * 4 + this.#heap.bytes();
  }

  /** The recorded scale of a zone, into `out` (see `writeScale` for the order); returns the latitude it was taken at. */
  loadScale(slot: Slot, out: Float64Array): number {
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    if (((h[i + KIND] as number) & OWN_SCALE) === 0) {
      const latE7 = middleLatE7(h[i + SOUTH] as number, h[i + NORTH_EDGE] as number);
      writeRecordedScale(latE7, out);
      return latE7;
    }
    const at = h[i + NUMBERS_AT] as number;
    return unpackScale(this.#heap.chunkOf(at), this.#heap.indexOf(at) - SCALE_INTS, out);
  }

  /** Where a polygon's cells lie; works them out at the first call. */
  cells(slot: Slot): number {
    const h = this.headersOf(slot);
    const i = this.headerAt(slot);
    const kind = h[i + KIND] as number;
    if ((kind & HAS_CELLS) === 0) {
      const numbers = h[i + NUMBERS_AT] as number;
      const at = this.#heap.take(CELLS_INTS);
      const g = this.numbersOf(numbers);
      writeCells(h, i, g, this.numbersAt(numbers), kind >>> RINGS_SHIFT, this.numbersOf(at), this.numbersAt(at));
      h[i + CELLS_AT] = at;
      h[i + KIND] = kind | HAS_CELLS;
    }
    return h[i + CELLS_AT] as number;
  }

  // Where the parts of a slot lie; for the kernels beside this file.
  headersOf(slot: Slot): Int32Array {
    return this.#headers[slot >>> CHUNK_BITS] as Int32Array;
  }
  headerAt(slot: Slot): number {
    return (slot & CHUNK_MASK) * HEADER_SLOTS;
  }
  numbersOf(at: number): Int32Array {
    return this.#heap.chunkOf(at);
  }
  numbersAt(at: number): number {
    return this.#heap.indexOf(at);
  }
}
