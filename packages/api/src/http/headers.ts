// Headers of every answer: the position it rests on, who may read it from a page, and that nothing of it is kept.
import type { MiddlewareHandler } from 'hono';
import { formatPosition } from '@vigie/model';
import type { ApiPorts } from '../ports.ts';
import type { Env } from './route.ts';

const ALLOWED = 'Authorization, Content-Type, Last-Event-ID, Idempotency-Key, If-Match, Vigie-Min-Position';
const EXPOSED = 'Vigie-Position, ETag, Location, Retry-After';

export function answerHeaders(ports: ApiPorts): MiddlewareHandler<Env> {
  const origins = consoleOrigins(Object.values(ports.urls));
  return async (c, next) => {
    const origin = c.req.header('origin');
    const allowed = origin !== undefined && origins.has(origin);
    if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined) {
      const headers = new Headers({ Vary: 'Origin' });
      if (allowed) {
        headers.set('Access-Control-Allow-Origin', origin);
        headers.set('Access-Control-Allow-Methods', 'GET, POST');
        headers.set('Access-Control-Allow-Headers', ALLOWED);
        headers.set('Access-Control-Max-Age', '600');
      }
      return new Response(null, { status: 204, headers });
    }
    await next();
    const { headers } = c.res;
    if (allowed) {
      headers.set('Access-Control-Allow-Origin', origin);
      headers.set('Access-Control-Expose-Headers', EXPOSED);
    }
    headers.append('Vary', 'Origin');
    headers.set('Vigie-Position', c.get('position') ?? formatPosition(ports.replica.received()));
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'no-referrer');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    if (!headers.has('Content-Security-Policy'))
      headers.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    return undefined;
  };
}

/** A console on this machine is opened by its name or by its address. */
function consoleOrigins(urls: readonly string[]): ReadonlySet<string> {
  const origins = new Set<string>();
  for (const text of urls) {
    const url = new URL(text);
    origins.add(url.origin);
    if (url.hostname !== 'localhost' && !url.hostname.endsWith('.localhost') && url.hostname !== '127.0.0.1') continue;
    for (const name of ['localhost', '127.0.0.1']) {
      url.hostname = name;
      origins.add(url.origin);
    }
  }
  return origins;
}
