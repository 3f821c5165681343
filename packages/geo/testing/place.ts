// A zone as written, in a table of its own: for tests that ask about one zone.
import { compileZone, type Slot, ZoneTable } from '../src/index.ts';

export interface Placed {
  readonly table: ZoneTable;
  readonly slot: Slot;
}

export function place(input: unknown): Placed {
  const compiled = compileZone(input);
  if (!compiled.ok) throw new Error(`the zone was refused: ${JSON.stringify(compiled.errors)}`);
  const table = new ZoneTable();
  const slot = table.reserve(1);
  table.set(slot, compiled.zone, 0);
  return { table, slot };
}
