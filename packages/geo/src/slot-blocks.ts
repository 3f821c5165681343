// Which block of neighbouring slots each person has. Blocks come in a few sizes and are used again; a person's zones lie side by side,
// so that one report reads a run of memory.
import type { ZoneTable } from './zone-table.ts';

/** Block sizes. The last is also the bound on zones of one person: far above any order, below a chunk of the table. */
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024] as const;
export const ZONES_PER_PERSON_MAX = 1024;

/** Index of the smallest size that holds `count`. */
export function sizeClass(count: number): number {
  let c = 0;
  while ((SIZES[c] as number) < count) c++;
  return c;
}

export class SlotBlocks {
  readonly #table: ZoneTable;
  readonly #free: number[][] = SIZES.map(() => []);

  constructor(table: ZoneTable) {
    this.#table = table;
  }

  take(sizeClassWanted: number): number {
    return this.#free[sizeClassWanted]?.pop() ?? this.#table.reserve(SIZES[sizeClassWanted] as number);
  }

  give(first: number, sizeClassHeld: number): void {
    this.#free[sizeClassHeld]?.push(first);
  }
}
