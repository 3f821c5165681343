// Boxes by cell, for boxes of a few cells: a search looks at one cell, or at the few that its reach touches. Boxes too large for that
// belong elsewhere (see SharedZones). Each cell's boxes lie in one run of integers.
import { IntHeap } from './int-heap.ts';
import { IntMap } from './int-map.ts';

/** 2^17 units of 1e-7 degree: 1.46 km from south to north, 1.0 km from west to east at 47 degrees. */
const CELL_BITS = 17;
/** Boxes over more cells than this are not taken: an edit would have to visit them all. */
export const CELLS_PER_BOX_MAX = 64;
/** west, south, east, north, value */
const ENTRY_INTS = 5;

/** A cell begins with the count of integers in use and the room it has. */
const USED = 0;
const ROOM = 1;
const FIRST_ENTRY = 2;
const ROOM_FIRST = 4 * ENTRY_INTS;

/** Cells over the whole globe, also past the antimeridian where boxes may reach, number less than 2^30. */
const keyOf = (cx: number, cy: number): number => (cx + 16_384) * 16_384 + cy + 8_192;

/** How many cells a box covers. */
export function cellsOf(west: number, south: number, east: number, north: number): number {
  const across = (east >> CELL_BITS) - (west >> CELL_BITS) + 1;
  return across * ((north >> CELL_BITS) - (south >> CELL_BITS) + 1);
}

export class CellIndex {
  /** Cell number to its place in the heap. */
  readonly #cells = new IntMap();
  readonly #heap = new IntHeap();

  insert(west: number, south: number, east: number, north: number, value: number): void {
    for (let cx = west >> CELL_BITS; cx <= east >> CELL_BITS; cx++) {
      for (let cy = south >> CELL_BITS; cy <= north >> CELL_BITS; cy++) {
        const place = this.#withRoom(keyOf(cx, cy));
        const g = this.#heap.chunkOf(place);
        const cell = this.#heap.indexOf(place);
        const used = g[cell + USED] as number;
        const i = cell + FIRST_ENTRY + used;
        g[i] = west;
        g[i + 1] = south;
        g[i + 2] = east;
        g[i + 3] = north;
        g[i + 4] = value;
        g[cell + USED] = used + ENTRY_INTS;
      }
    }
  }

  /** Takes out a box inserted with the same numbers. */
  remove(west: number, south: number, east: number, north: number, value: number): void {
    for (let cx = west >> CELL_BITS; cx <= east >> CELL_BITS; cx++)
      for (let cy = south >> CELL_BITS; cy <= north >> CELL_BITS; cy++) this.#removeFrom(keyOf(cx, cy), value);
  }

  /** Writes the values of all boxes that meet the given one into `out` from place `from` on; returns how many are there then. */
  search(minX: number, minY: number, maxX: number, maxY: number, out: Int32Array, from: number): number {
    const firstX = minX >> CELL_BITS;
    const firstY = minY >> CELL_BITS;
    const lastX = maxX >> CELL_BITS;
    const lastY = maxY >> CELL_BITS;
    let count = from;
    for (let cx = firstX; cx <= lastX; cx++) {
      for (let cy = firstY; cy <= lastY; cy++) {
        const place = this.#cells.get(keyOf(cx, cy));
        if (place < 0) continue;
        const g = this.#heap.chunkOf(place);
        const cell = this.#heap.indexOf(place);
        const end = cell + FIRST_ENTRY + (g[cell + USED] as number);
        for (let i = cell + FIRST_ENTRY; i < end; i += ENTRY_INTS) {
          const west = g[i] as number;
          const south = g[i + 1] as number;
          if (west > maxX || south > maxY || (g[i + 2] as number) < minX || (g[i + 3] as number) < minY) continue;
          // A box in several of the cells searched is reported by the first of them only.
          if (cx !== Math.max(firstX, west >> CELL_BITS) || cy !== Math.max(firstY, south >> CELL_BITS)) continue;
          if (count < out.length) out[count] = g[i + 4] as number;
          count++;
        }
      }
    }
    return count;
  }

  /** The cell's place, with room for one more entry; a full cell moves to a place twice as large. */
  #withRoom(key: number): number {
    const place = this.#cells.get(key);
    if (place < 0) return this.#newCell(key, ROOM_FIRST);
    const g = this.#heap.chunkOf(place);
    const cell = this.#heap.indexOf(place);
    const used = g[cell + USED] as number;
    const room = g[cell + ROOM] as number;
    if (used < room) return place;
    const larger = this.#newCell(key, room * 2);
    const to = this.#heap.indexOf(larger);
    this.#heap.chunkOf(larger).set(g.subarray(cell + FIRST_ENTRY, cell + FIRST_ENTRY + used), to + FIRST_ENTRY);
    this.#heap.chunkOf(larger)[to + USED] = used;
    this.#heap.give(place, FIRST_ENTRY + room);
    return larger;
  }

  #newCell(key: number, room: number): number {
    const place = this.#heap.take(FIRST_ENTRY + room);
    const g = this.#heap.chunkOf(place);
    const cell = this.#heap.indexOf(place);
    g[cell + USED] = 0;
    g[cell + ROOM] = room;
    this.#cells.set(key, place);
    return place;
  }

  #removeFrom(key: number, value: number): void {
    const place = this.#cells.get(key);
    if (place < 0) return;
    const g = this.#heap.chunkOf(place);
    const cell = this.#heap.indexOf(place);
    const used = g[cell + USED] as number;
    const end = cell + FIRST_ENTRY + used;
    for (let i = cell + FIRST_ENTRY; i < end; i += ENTRY_INTS) {
      if (g[i + 4] !== value) continue;
      g.copyWithin(i, end - ENTRY_INTS, end);
      g[cell + USED] = used - ENTRY_INTS;
      break;
    }
    if (g[cell + USED] !== 0) return;
    this.#cells.delete(key);
    this.#heap.give(place, FIRST_ENTRY + (g[cell + ROOM] as number));
  }
}
