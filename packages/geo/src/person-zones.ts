// The zones of each person as a plain list: never in a tree, where one report would find other people's zones.
//
// Persons are small whole numbers given out by the caller; a zone of a person has a key of the caller's (32 bits), in the order of
// insertion. Removing one moves the last into its place.
import type { RecordedZone } from './recorded-zone.ts';
import { SlotBlocks, ZONES_PER_PERSON_MAX, sizeClass } from './slot-blocks.ts';
import { verdicts } from './verdict.ts';
import { type Slot, ZoneTable } from './zone-table.ts';

export class PersonZones {
  readonly table: ZoneTable;
  readonly #blocks: SlotBlocks;
  /** Per person: first slot of the block, and count of zones (0 = no block). Side by side: one access finds both. */
  #blockOf = new Int32Array(2 * 64);

  constructor(table: ZoneTable = new ZoneTable()) {
    this.table = table;
    this.#blocks = new SlotBlocks(table);
  }

  count(person: number): number {
    return this.#blockOf[2 * person + 1] ?? 0;
  }

  /** Slot of the person's zone number `index`, 0 <= index < count. Valid until the next change to this person's zones. */
  slot(person: number, index: number): Slot {
    return (this.#blockOf[2 * person] as number) + index;
  }

  key(person: number, index: number): number {
    return this.table.tag(this.slot(person, index));
  }

  /** Index of the zone with this key, or -1. */
  find(person: number, key: number): number {
    for (let index = this.count(person) - 1; index >= 0; index--) if (this.key(person, index) === key) return index;
    return -1;
  }

  /** Adds the zone or replaces the one with this key. False if the person has ZONES_PER_PERSON_MAX zones already. */
  put(person: number, key: number, zone: RecordedZone): boolean {
    const index = this.find(person, key);
    if (index >= 0) {
      const slot = this.slot(person, index);
      this.table.clear(slot);
      this.table.set(slot, zone, key);
      return true;
    }
    const count = this.count(person);
    if (count === ZONES_PER_PERSON_MAX) return false;
    this.#resize(person, count, count + 1);
    this.table.set(this.slot(person, count), zone, key);
    return true;
  }

  remove(person: number, key: number): boolean {
    const index = this.find(person, key);
    if (index < 0) return false;
    const count = this.count(person);
    const slot = this.slot(person, index);
    const last = this.slot(person, count - 1);
    this.table.clear(slot);
    if (slot !== last) this.table.move(last, slot);
    this.#resize(person, count - 1, count - 1);
    return true;
  }

  removeAll(person: number): void {
    for (let index = 0; index < this.count(person); index++) this.table.clear(this.slot(person, index));
    this.#resize(person, 0, 0);
  }

  /** Verdicts on a fix for all zones of the person, in the order of their slots, into `out`; returns how many. Allocates nothing. */
  verdicts(person: number, lonE7: number, latE7: number, accuracyM: number, out: Uint8Array): number {
    const count = this.#blockOf[2 * person + 1] ?? 0;
    if (count === 0) return 0;
    verdicts(this.table, this.#blockOf[2 * person] as number, count, lonE7, latE7, accuracyM, out);
    return count;
  }

  bytes(): number {
    return this.table.bytes() + this.#blockOf.byteLength;
  }

  /** Makes room for `count` zones of which the first `kept` stay. */
  #resize(person: number, kept: number, count: number): void {
    if (2 * person >= this.#blockOf.length) this.#growPersons(person + 1);
    const held = this.#blockOf[2 * person + 1] as number;
    const heldClass = held === 0 ? -1 : sizeClass(held);
    const wanted = count === 0 ? -1 : sizeClass(count);
    this.#blockOf[2 * person + 1] = count;
    if (wanted === heldClass) return;
    const from = this.#blockOf[2 * person] as number;
    if (wanted >= 0) {
      const to = this.#blocks.take(wanted);
      for (let index = 0; index < kept; index++) this.table.move(from + index, to + index);
      this.#blockOf[2 * person] = to;
    }
    if (heldClass >= 0) this.#blocks.give(from, heldClass);
  }

  #growPersons(persons: number): void {
    const held = this.#blockOf.length / 2;
    const larger = new Int32Array(2 * Math.max(persons, held + (held >> 1)));
    larger.set(this.#blockOf);
    this.#blockOf = larger;
  }
}
