import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ingest } from '@vigie/ingest';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen, siteServer } from './http-server.ts';

const taken = async (_req: IncomingMessage, res: ServerResponse): Promise<void> => {
  res.end('taken');
};
const ingest = { handle: taken, handleInternal: taken } as unknown as Ingest;
const api = { fetch: () => new Response('answered') };

test('while the log is still being read, what writes is asked to wait, and what looks is answered', async () => {
  let knowsAll = false;
  const server = siteServer(
    ingest,
    api,
    () => knowsAll,
    (_, res) => void res.end('archives'),
    (_, res) => void res.end('log'),
  );
  await listen(server, 0, '127.0.0.1');
  onTestFinished(() => closeServer(server, 0));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, method: string): Promise<unknown> => {
    const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}) });
    return [answer.status, answer.headers.get('retry-after'), (await answer.text()).slice(0, 40)];
  };
  const starting = [503, '1', '{"type":"urn:vigie:problem:starting","ti'];
  expect(await ask('/v1/reports', 'POST')).toEqual(starting);
  expect(await ask('/v1/incidents/1/acknowledge', 'POST')).toEqual(starting);
  expect(await ask('/v1/cluster', 'GET')).toEqual([200, null, 'answered']);
  expect(await ask('/internal/archives', 'GET')).toEqual([200, null, 'archives']);
  expect(await ask('/internal/log/noirmont/1-x?from=1', 'GET')).toEqual([200, null, 'log']);
  knowsAll = true;
  expect(await ask('/v1/reports', 'POST')).toEqual([200, null, 'taken']);
  expect(await ask('/v1/incidents/1/acknowledge', 'POST')).toEqual([200, null, 'answered']);
});
