// Owed events as an entry: one item an event, sealed under the key of its case, several in one append.
import type { EntryDraft } from '@vigie/log';
import { type Item, type Result, ok } from '@vigie/model';
import type { OwedEvent } from './duties.ts';
import { encodePayload } from './payload.ts';
import type { KeyRing } from './types.ts';

/** About 1 kB an event; stays far below the size of one entry. */
export const EVENTS_PER_ENTRY_MAX = 300;

export function eventEntry(
  entryId: string,
  events: readonly OwedEvent[],
  keys: Pick<KeyRing, 'seal'>,
  sealing: boolean,
): Result<EntryDraft> {
  const items: Item[] = [];
  for (const { measure, event } of events) {
    const item = sealedItem(measure, encodePayload('event', event), keys, sealing);
    if (!item.ok) return item;
    items.push(item.value);
  }
  return ok({ entryId, kind: 'event', items, ...(sealing ? {} : { plain: true }) });
}

export function sealedItem(
  measure: string,
  payload: Uint8Array,
  keys: Pick<KeyRing, 'seal'>,
  sealing: boolean,
): Result<Item> {
  if (!sealing) return ok({ measure, bytes: payload });
  const sealed = keys.seal(measure, payload);
  return sealed.ok ? ok({ measure, bytes: sealed.value }) : sealed;
}
