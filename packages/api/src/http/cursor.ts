// Cursors of lists: the place of the last item, opaque to clients.
import { z } from 'zod';

const encodeCursor = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** A query parameter that holds a cursor of these parts. */
export const cursorOf = <T extends readonly [z.ZodType, ...z.ZodType[]]>(...parts: T) => {
  const place = z.tuple(parts as unknown as [z.ZodType, ...z.ZodType[]]);
  return z
    .string()
    .max(500)
    .transform((text, ctx) => {
      let value: unknown;
      try {
        value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      } catch {
        value = undefined;
      }
      const parsed = place.safeParse(value);
      if (parsed.success) return parsed.data as { -readonly [K in keyof T]: z.output<T[K]> };
      ctx.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    });
};

export const limitOf = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

/** One more item than asked was read: whether there are more follows from that. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item | undefined,
  place: (row: Row) => readonly (string | number)[],
): { readonly items: readonly Item[]; readonly next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(view).filter((item) => item !== undefined),
    next: rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null,
  };
}
