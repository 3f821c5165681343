// One item of an entry, unsealed and parsed, for readers beside the fold (projections, replay).
import type { OpenedItem } from '@vigie/engine';
import { type Entry, type Item, ReportBatchReader, type Result, fail, ok } from '@vigie/model';
import { isFolded, parsePayload } from './payload.ts';
import type { KeyRing } from './types.ts';

/** Undefined = of a kind that the fold does not apply. `key-missing` is worth waiting for; `malformed-entry` is not. */
export function openItem(entry: Entry, item: Item, keys: Pick<KeyRing, 'open'>): Result<OpenedItem | undefined> {
  if (!isFolded(entry.kind)) return ok(undefined);
  const bytes = entry.plain === true ? ok(item.bytes) : keys.open(item.measure, item.bytes);
  if (!bytes.ok) return bytes;
  const parsed = parsePayload(entry.kind, item.measure, bytes.value, new ReportBatchReader());
  return parsed.ok ? ok(parsed.item) : fail('malformed-entry', parsed.detail);
}
