// Between the sites only: keys of measures, offered when made and fetched when missed. Not in the OpenAPI document.
import { timingSafeEqual } from 'node:crypto';
import { readBytes } from '../http/body.ts';
import { problem, problemOf } from '../http/problem.ts';
import type { Router } from '../http/route.ts';
import { sha256 } from '../tokens.ts';

const KEY_BYTES_MAX = 1_000;
const MEASURE = /^[0-9a-f]{32}$/;

export function internalKeyRoutes({ app, ports }: Router): void {
  const expected = sha256(ports.internalToken);
  app.on(['GET', 'PUT'], '/internal/keys/:measure', async (c) => {
    const token = /^Bearer +(\S{1,512})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined || !timingSafeEqual(sha256(token), expected)) return problem('unauthenticated');
    const measure = c.req.param('measure');
    if (!MEASURE.test(measure)) return problem('not-found');
    if (c.req.method === 'GET') {
      const key = ports.keys.give(measure);
      if (key === undefined) return problem('not-found');
      return new Response(new Uint8Array(key), { headers: { 'Content-Type': 'application/octet-stream' } });
    }
    const body = await readBytes(c.req.raw, KEY_BYTES_MAX);
    if (!body.ok) return problem('invalid-input', { status: 413 });
    const taken = await ports.keys.take(measure, body.value);
    return taken.ok ? new Response(null, { status: 204 }) : problemOf(taken.error);
  });
}
