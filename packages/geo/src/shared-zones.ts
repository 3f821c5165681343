// Zones that hold for many persons (a stadium, a court, a school). Small ones are found by cell, large ones by an R-tree of boxes; an edit
// touches the cells of the zone or the few nodes on its path, and nothing is ever built anew.
import RBush, { type BBox } from 'rbush';
import { CELLS_PER_BOX_MAX, CellIndex, cellsOf } from './cell-index.ts';
import { HALF_TURN_E7, TURN_E7 } from './e7.ts';
import { eastReachE7, northReachE7 } from './reach.ts';
import type { RecordedZone } from './recorded-zone.ts';
import { type Slot, ZoneTable } from './zone-table.ts';

interface Item extends BBox {
  readonly slot: Slot;
  readonly isSmall: boolean;
}

/** What rbush keeps; its `toJSON` hands out the tree itself. */
interface Node extends BBox {
  readonly children: readonly (Node | Item)[];
  readonly leaf: boolean;
}

/** A search over more cells than this (a reach of some 40 km) costs more than a look at every zone, and does that instead. */
const CELLS_SEARCHED_MAX = 4_096;
/** No box reaches farther than 30 degrees past the antimeridian. */
const PAST_ANTIMERIDIAN_E7 = 300_000_000;

export class SharedZones {
  readonly table: ZoneTable;
  readonly #cells = new CellIndex();
  readonly #large = new RBush<Item>(16);
  readonly #items = new Map<number, Item>();
  readonly #free: Slot[] = [];
  /** Nodes still to be looked at; kept between searches so that none allocates. */
  readonly #stack: Node[] = [];
  #largeCount = 0;

  constructor(table: ZoneTable = new ZoneTable()) {
    this.table = table;
  }

  get size(): number {
    return this.#items.size;
  }

  /** Adds the zone or replaces the one with this key (32 bits). Visible to the next search. */
  put(key: number, zone: RecordedZone): void {
    this.remove(key);
    const slot = this.#free.pop() ?? this.table.reserve(1);
    this.table.set(slot, zone, key);
    const [minX, minY, maxX, maxY] = zone.boxE7;
    const isSmall = cellsOf(minX, minY, maxX, maxY) <= CELLS_PER_BOX_MAX;
    const item: Item = { minX, minY, maxX, maxY, slot, isSmall };
    this.#items.set(key, item);
    if (isSmall) this.#cells.insert(minX, minY, maxX, maxY, slot);
    else {
      this.#large.insert(item);
      this.#largeCount++;
    }
  }

  remove(key: number): boolean {
    const item = this.#items.get(key);
    if (item === undefined) return false;
    this.#items.delete(key);
    if (item.isSmall) this.#cells.remove(item.minX, item.minY, item.maxX, item.maxY, item.slot);
    else {
      this.#large.remove(item);
      this.#largeCount--;
    }
    this.table.clear(item.slot);
    this.#free.push(item.slot);
    return true;
  }

  slot(key: number): Slot | undefined {
    return this.#items.get(key)?.slot;
  }

  /** Keys in ascending order, whatever the order of insertion. */
  keys(): number[] {
    return [...this.#items.keys()].sort((a, b) => a - b);
  }

  /**
   * Slots of all zones whose box comes within `reachM` of the point, into `out` in ascending order of key; returns how many there are,
   * which may be more than `out` holds: then make it larger and ask again. Every other zone is outside by more than `reachM`.
   */
  near(lonE7: number, latE7: number, reachM: number, out: Int32Array): number {
    const reachX = Math.min(eastReachE7(reachM, latE7), HALF_TURN_E7);
    const reachY = northReachE7(reachM);
    let count = this.#collect(lonE7, latE7, reachX, reachY, out, 0);
    const sure = HALF_TURN_E7 - PAST_ANTIMERIDIAN_E7 - reachX;
    if (lonE7 < -sure) count = this.#collect(lonE7 + TURN_E7, latE7, reachX, reachY, out, count);
    if (lonE7 > sure) count = this.#collect(lonE7 - TURN_E7, latE7, reachX, reachY, out, count);
    if (count <= 1 || count > out.length) return count;
    this.#sortByKey(out, count);
    return withoutRepeats(out, count);
  }

  #collect(lonE7: number, latE7: number, reachX: number, reachY: number, out: Int32Array, from: number): number {
    // Shifts take 32 bits, and no box lies past these.
    const edge = HALF_TURN_E7 + PAST_ANTIMERIDIAN_E7;
    const minX = Math.max(lonE7 - reachX, -edge);
    const maxX = Math.min(lonE7 + reachX, edge);
    if (minX > maxX) return from;
    const minY = Math.max(latE7 - reachY, -HALF_TURN_E7);
    const maxY = Math.min(latE7 + reachY, HALF_TURN_E7);
    let count = from;
    if (cellsOf(minX, minY, maxX, maxY) <= CELLS_SEARCHED_MAX)
      count = this.#cells.search(minX, minY, maxX, maxY, out, count);
    else
      for (const item of this.#items.values()) {
        if (!item.isSmall || item.minX > maxX || item.maxX < minX || item.minY > maxY || item.maxY < minY) continue;
        if (count < out.length) out[count] = item.slot;
        count++;
      }
    return this.#largeCount === 0 ? count : this.#collectLarge(minX, minY, maxX, maxY, out, count);
  }

  #collectLarge(minX: number, minY: number, maxX: number, maxY: number, out: Int32Array, from: number): number {
    const stack = this.#stack;
    let count = from;
    let node: Node | undefined = this.#large.toJSON() as Node;
    while (node !== undefined) {
      const children: readonly (Node | Item)[] = node.children;
      const isLeaf = node.leaf;
      for (let i = 0; i < children.length; i++) {
        const child = children[i] as Node | Item;
        if (child.maxX < minX || child.minX > maxX || child.maxY < minY || child.minY > maxY) continue;
        if (isLeaf) {
          if (count < out.length) out[count] = (child as Item).slot;
          count++;
        } else stack.push(child as Node);
      }
      node = stack.pop();
    }
    return count;
  }

  /** Insertion sort: a point has few shared zones near it. */
  #sortByKey(out: Int32Array, count: number): void {
    for (let i = 1; i < count; i++) {
      const slot = out[i] as number;
      const key = this.table.tag(slot);
      let j = i - 1;
      while (j >= 0 && this.table.tag(out[j] as number) > key) {
        out[j + 1] = out[j] as number;
        j--;
      }
      out[j + 1] = slot;
    }
  }
}

/** A box that goes round the globe is found from both sides of the antimeridian. */
function withoutRepeats(out: Int32Array, count: number): number {
  let kept = 1;
  for (let i = 1; i < count; i++) {
    if (out[i] === out[kept - 1]) continue;
    out[kept] = out[i] as number;
    kept++;
  }
  return kept;
}
