import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, createApi } from '../app.ts';
import { ask } from '../testing/client.ts';
import { TwoSites } from '../testing/two-sites.ts';

let dir: string;
let two: TwoSites;
let api: Api;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-test-console-'));
  await mkdir(join(dir, 'dist/assets'), { recursive: true });
  await writeFile(join(dir, 'dist/index.html'), '<!doctype html><title>Vigie</title>');
  await writeFile(join(dir, 'dist/assets/main-1234.js'), 'export {};');
  await writeFile(join(dir, 'secret.txt'), 'not for anybody');
  two = await TwoSites.start();
  api = createApi({
    ...two.noirmont.ports,
    console: {
      dir: join(dir, 'dist'),
      headers: { 'Content-Security-Policy': "default-src 'self'" },
      cacheControlOf: (path) => (path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    },
  });
});
afterAll(async () => {
  await two.close();
  await rm(dir, { recursive: true, force: true });
});

test('the page is served under its own policy, its assets may be kept', async () => {
  const page = await ask(api, '/');
  expect([page.status, page.text]).toEqual([200, '<!doctype html><title>Vigie</title>']);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const script = await ask(api, '/assets/main-1234.js');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
});

test.for([
  '/secret.txt',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets',
  '/v1/index.html',
  '//etc/passwd',
])('%s names no file of the page', async (path) => {
  const answer = await ask(api, path);
  expect([answer.status, answer.text.includes('not for anybody')]).toEqual([404, false]);
});
