// One item of an entry, unsealed and parsed: the one way in which the fold, projections and replays read content.
import type { OpenedItem } from '@vigie/engine';
import { type Entry, type Item, ReportBatchReader, type Result, fail, ok } from '@vigie/model';
import { isFolded, parsePayload } from './payload.ts';
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
  let bytes = item.bytes;
  if (entry.plain !== true) {
    const opened = keys.open(item.measure, item.bytes);
    if (!opened.ok) return opened;
    bytes = opened.value;
  }
  const parsed = parsePayload(entry.kind, item.measure, bytes, reader);
  return parsed.ok ? ok(parsed.item) : fail('malformed-entry', parsed.detail);
}
