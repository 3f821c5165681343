// An `erased` entry names its measure; the key is destroyed elsewhere, here the case leaves the state.
import type { PlacedEntry } from '@vigie/log';

export function erasedMeasure(placed: PlacedEntry): string | undefined {
  if (placed.entry.kind !== 'erased') return undefined;
  const measure = (placed.entry.data as { measure?: unknown } | undefined)?.measure;
  return typeof measure === 'string' ? measure : undefined;
}
