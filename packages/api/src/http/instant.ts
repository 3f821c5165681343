// A time that a client writes: RFC 3339 with its offset, in a query or a body. Handed on as milliseconds since the Unix epoch, UTC.
import { parseRfc3339 } from '@vigie/model';
import { z } from '@hono/zod-openapi';

export const DAY_MS = 86_400_000;

export const instantParam = z
  .string()
  .openapi({ format: 'date-time', example: '2026-11-22T08:30:00Z' })
  .transform((text, ctx) => {
    const ms = parseRfc3339(text);
    if (ms !== undefined) return ms as number;
    ctx.addIssue({ code: 'custom', message: 'must be an RFC 3339 date-time' });
    return z.NEVER;
  });
