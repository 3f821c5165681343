import type { Page } from '@vigie/api/contract';
import type { Answer } from './http.ts';

export type AllPages<Item> =
  | { readonly kind: 'ok'; readonly items: readonly Item[]; readonly position: string | null; readonly cut: boolean }
  | Exclude<Answer<never>, { kind: 'ok' }>;

/** Follows `next` to the end of a list or to `max` items. The position is the first page's: what came after is in the events. */
export async function readAll<Item>(
  read: (rest: string) => Promise<Answer<Page<Item>>>,
  max: number,
): Promise<AllPages<Item>> {
  const items: Item[] = [];
  let position: string | null = null;
  let after: string | null = null;
  do {
    const answer: Answer<Page<Item>> = await read(after === null ? '' : `&after=${encodeURIComponent(after)}`);
    if (answer.kind !== 'ok') return answer;
    if (after === null) position = answer.position;
    items.push(...answer.body.items);
    after = answer.body.next;
  } while (after !== null && items.length < max);
  return { kind: 'ok', items, position, cut: after !== null };
}
