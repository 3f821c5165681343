// One item of an entry, unsealed and parsed: the one way in which the fold, projections and replays read content.
import type { OpenedItem } from '@vigie/engine';
import { type Entry, type Item, ReportBatchReader, type Result, fail, ok } from '@vigie/model';
import { type FoldedKind, isFolded, parsePayload } from './payload.ts';
import type { KeyRing } from './types.ts';

/**
 * Undefined: of a kind that is not folded. `key-missing` is worth waiting for, `malformed-entry` is not. Of a report batch, the
 * reader is `reader`, valid until it is pointed elsewhere; a new one, if none is given.
 */
export function openItem(
  entry: Pick<Entry, 'kind' | 'plain'>,
  item: Item,
  keys: Pick<KeyRing, 'open'>,
  reader: ReportBatchReader = new ReportBatchReader(),
): Result<OpenedItem | undefined> {
  if (!isFolded(entry.kind)) return ok(undefined);
  const plain = unsealItem(entry, item, keys);
  return plain.ok ? parseItem(entry.kind, item.measure, plain.value, reader) : plain;
}

/** The bytes of an item as its writer gave them. */
export const unsealItem = (entry: Pick<Entry, 'plain'>, item: Item, keys: Pick<KeyRing, 'open'>): Result<Uint8Array> =>
  entry.plain === true ? ok(item.bytes) : keys.open(item.measure, item.bytes);

export function parseItem(
  kind: FoldedKind,
  measure: string,
  plain: Uint8Array,
  reader: ReportBatchReader,
): Result<OpenedItem> {
  const parsed = parsePayload(kind, measure, plain, reader);
  return parsed.ok ? ok(parsed.item) : fail('malformed-entry', parsed.detail);
}
