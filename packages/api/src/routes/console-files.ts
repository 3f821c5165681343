// The built console. The list of files is read once, so a path can only ever name one of them.
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Context } from 'hono';
import { problem } from '../http/problem.ts';
import type { Env, Router } from '../http/route.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export function consoleFiles({ app, ports }: Router): void {
  const { console: page } = ports;
  if (page === undefined) return;
  let files: Promise<ReadonlySet<string>> | undefined;
  const list = async (): Promise<ReadonlySet<string>> => {
    const entries = await readdir(page.dir, { recursive: true, withFileTypes: true });
    const paths = entries.filter((e) => e.isFile()).map((e) => relative(page.dir, join(e.parentPath, e.name)));
    return new Set(paths.map((path) => `/${path.split(sep).join('/')}`));
  };
  app.get('*', async (c: Context<Env>) => {
    files ??= list();
    const path = c.req.path === '/' ? '/index.html' : c.req.path;
    try {
      if (!(await files).has(path)) return problem('not-found');
      const bytes = await readFile(join(page.dir, path));
      return new Response(new Uint8Array(bytes), {
        headers: {
          ...page.headers,
          'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
          'Cache-Control': page.cacheControlOf(path),
        },
      });
    } catch (cause) {
      // Not built, or built anew while running: look again next time.
      files = undefined;
      ports.note('error', 'the console cannot be read', cause);
      return problem('not-found');
    }
  });
}
