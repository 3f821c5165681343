import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Door } from '@vigie/api';
import type { Ingest } from '@vigie/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen, siteServer } from './http-server.ts';

const taken = async (_req: IncomingMessage, res: ServerResponse): Promise<void> => {
  res.end('taken');
};
const ingest = { handle: taken, handleInternal: taken } as unknown as Ingest;

/** The address of a site's port. */
async function open(door: Door, knowsAll: () => boolean): Promise<string> {
  const server = siteServer(
    {
      ingest,
      api: { fetch: (_, by) => new Response(`answered ${by}`) },
      knowsAll,
      archives: (_, res) => void res.end('archives'),
      log: (_, res) => void res.end('log'),
    },
    door,
  );
  await listen(server, 0, '127.0.0.1');
  onTestFinished(() => closeServer(server, 0));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what is between the sites answers at the internal port only, and that one answers nothing else', async () => {
  const internal = [
    '/internal/reports',
    '/internal/archives',
    '/internal/log',
    '/internal/keys/1',
    '/metrics',
    '/healthz/live',
  ];
  const others = ['/v1/reports', '/v1/incidents', '/', '/internals', '/metrics2'];
  const at = { public: await open('public', () => true), internal: await open('internal', () => true) };
  const ask = async (url: string) => (await fetch(url)).text();
  // At the public port the API is asked, which knows by which door: its own test has what it says.
  for (const path of internal) expect([path, await ask(at.public + path)]).toEqual([path, 'answered public']);
  expect(await Promise.all(internal.map((path) => ask(at.internal + path)))).toEqual([
    'taken',
    'archives',
    'log',
    'answered internal',
    'answered internal',
    'answered internal',
  ]);
  for (const path of others) expect([path, (await fetch(at.internal + path)).status]).toEqual([path, 404]);
  expect(await ask(`${at.public}/v1/reports`)).toBe('taken');
});

test('while the log is still being read, what writes is asked to wait, and what looks is answered', async () => {
  let knowsAll = false;
  const url = await open('any', () => knowsAll);
  const ask = async (path: string, method: string): Promise<unknown> => {
    const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}) });
    return [answer.status, answer.headers.get('retry-after'), (await answer.text()).slice(0, 40)];
  };
  const starting = [503, '1', '{"type":"urn:vigie:problem:starting","ti'];
  expect(await ask('/v1/reports', 'POST')).toEqual(starting);
  expect(await ask('/v1/incidents/1/acknowledge', 'POST')).toEqual(starting);
  expect(await ask('/v1/cluster', 'GET')).toEqual([200, null, 'answered any']);
  expect(await ask('/internal/archives', 'GET')).toEqual([200, null, 'archives']);
  expect(await ask('/internal/log/noirmont/1-x?from=1', 'GET')).toEqual([200, null, 'log']);
  knowsAll = true;
  expect(await ask('/v1/reports', 'POST')).toEqual([200, null, 'taken']);
  expect(await ask('/v1/incidents/1/acknowledge', 'POST')).toEqual([200, null, 'answered any']);
});
