// Payloads of several cases as one entry: one item each, sealed under the key of its case.
import type { EntryDraft } from '@vigie/log';
import {
  type DispatchAttempt,
  type DispatchReceipt,
  type IncidentEvent,
  type Item,
  type Result,
  ok,
  unreachable,
} from '@vigie/model';
import { encodePayload } from './payload.ts';
import type { KeyRing } from './types.ts';

/** About 1 kB an event; stays far below the size of one entry. */
export const ITEMS_PER_ENTRY_MAX = 300;

/** What a site itself has to say of its cases. */
export type Said =
  | { readonly kind: 'event'; readonly measure: string; readonly event: IncidentEvent }
  | { readonly kind: 'attempt'; readonly measure: string; readonly attempt: DispatchAttempt }
  | { readonly kind: 'receipt'; readonly measure: string; readonly receipt: DispatchReceipt };

/** All of one kind. */
export function itemsEntry(
  entryId: string,
  kind: Said['kind'],
  said: readonly Said[],
  keys: Pick<KeyRing, 'seal'>,
  sealing: boolean,
): Result<EntryDraft> {
  const items: Item[] = [];
  for (const one of said) {
    const item = sealedItem(one.measure, payloadOf(one), keys, sealing);
    if (!item.ok) return item;
    items.push(item.value);
  }
  return ok({ entryId, kind, items, ...(sealing ? {} : { plain: true }) });
}

function payloadOf(said: Said): Uint8Array {
  switch (said.kind) {
    case 'event':
      return encodePayload('event', said.event);
    case 'attempt':
      return encodePayload('attempt', said.attempt);
    case 'receipt':
      return encodePayload('receipt', said.receipt);
    default:
      return unreachable(said);
  }
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
