// The node-side door: where the built page lies and under which policy a site serves it. The page itself starts in main.tsx.
import { fileURLToPath } from 'node:url';
import type { ConsoleConfig } from '@vigie/api/contract';

/** Written by `pnpm --filter @vigie/console build`; index.html answers `/`, everything else by its path. */
export const CONSOLE_DIST: string = fileURLToPath(new URL('../dist', import.meta.url));

/** What every answer with a file of the page carries. Nothing inline, nothing from elsewhere; the API of the other site is the one exception. */
export function consoleHeaders(config: ConsoleConfig): Readonly<Record<string, string>> {
  const sites = Object.values(config.urls).map((url) => new URL(url).origin);
  return {
    'Content-Security-Policy': [
      "default-src 'self'",
      `connect-src 'self' ${sites.join(' ')}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'geolocation=(), camera=(), microphone=()',
  };
}

/** Files under /assets carry a hash of their content in the name and may be kept; the rest is asked for anew. */
export const cacheControlOf = (path: string): string =>
  path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
