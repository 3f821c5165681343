// Zones that hold for many persons (a stadium, a court, a school): an R-tree of boxes over packed zones. An edit touches the few nodes
// on its path; the tree is never built anew.
import RBush, { type BBox } from 'rbush';
import { eastReachE7, northReachE7 } from './reach.ts';
import { TURN_E7 } from './e7.ts';
import type { RecordedZone } from './recorded-zone.ts';
import { type Slot, ZoneTable } from './zone-table.ts';

interface Item extends BBox {
  readonly slot: Slot;
}

/** What rbush keeps; its `toJSON` hands out the tree itself. */
interface Node extends BBox {
  readonly children: readonly (Node | Item)[];
  readonly leaf: boolean;
}

export class SharedZones {
  readonly table: ZoneTable;
  readonly #tree = new RBush<Item>(16);
  readonly #items = new Map<number, Item>();
  readonly #free: Slot[] = [];
  /** Nodes still to be looked at; kept between searches so that none allocates. */
  readonly #stack: Node[] = [];

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
    const item: Item = { minX, minY, maxX, maxY, slot };
    this.#items.set(key, item);
    this.#tree.insert(item);
  }

  remove(key: number): boolean {
    const item = this.#items.get(key);
    if (item === undefined) return false;
    this.#items.delete(key);
    this.#tree.remove(item);
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
    const reachX = eastReachE7(reachM, latE7);
    const reachY = northReachE7(reachM);
    let count = this.#collect(lonE7, latE7, reachX, reachY, out, 0);
    // Boxes may reach over the antimeridian by up to 30 degrees.
    if (lonE7 < -1_500_000_000) count = this.#collect(lonE7 + TURN_E7, latE7, reachX, reachY, out, count);
    else if (lonE7 > 1_500_000_000) count = this.#collect(lonE7 - TURN_E7, latE7, reachX, reachY, out, count);
    if (count <= 1 || count > out.length) return count;
    this.#sortByKey(out, count);
    return withoutRepeats(out, count);
  }

  #collect(lonE7: number, latE7: number, reachX: number, reachY: number, out: Int32Array, from: number): number {
    const minX = lonE7 - reachX;
    const maxX = lonE7 + reachX;
    const minY = latE7 - reachY;
    const maxY = latE7 + reachY;
    const stack = this.#stack;
    let count = from;
    let node: Node | undefined = this.#tree.toJSON() as Node;
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
