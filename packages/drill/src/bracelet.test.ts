// The device's side of L14, against servers that answer as a site does.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { SiteId } from '@vigie/model';
import { SiteHttp } from '@vigie/sim';
import { afterEach, expect, test } from 'vitest';
import { Bracelet } from './bracelet.ts';
import { type History, type ReportRecord, emptyHistory } from './history.ts';

type Answer = { readonly durable: 'both' | 'site'; readonly position: string } | 'mute' | 'down';
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

/** A site that answers as told, and notes the sequences of what it took. */
async function site(answer: Answer) {
  const taken: number[][] = [];
  const state = { answer };
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    req.on('end', () => {
      if (state.answer === 'mute') return;
      if (state.answer === 'down') return void res.writeHead(503).end();
      const { reports } = JSON.parse(body) as { reports: { seq: number }[] };
      taken.push(reports.map(({ seq }) => seq));
      res.end(JSON.stringify({ accepted: reports.length, duplicates: 0, rejected: [], ...state.answer }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server has a port');
  const http = new SiteHttp(`http://127.0.0.1:${address.port}`);
  ends.push(() => {
    http.close();
    server.closeAllConnections();
    server.close();
  });
  return { http, taken, state };
}

async function started(answers: Readonly<Record<SiteId, Answer>>, isPinned: boolean) {
  const noirmont = await site(answers.noirmont);
  const delemont = await site(answers.delemont);
  const history: History = emptyHistory({
    kind: 'run',
    drill: 'none',
    runtime: 'processes',
    seed: 1,
    loadFromMs: 0,
    loadToMs: 0,
    calls: false,
    loadAverage: [0, 0],
  });
  const http = { noirmont: noirmont.http, delemont: delemont.http };
  const bracelet = new Bracelet({ deviceId: 'd', token: 't', home: 'noirmont', isPinned, http, history });
  ends.push(() => bracelet.stop());
  return { noirmont, delemont, history, bracelet };
}

const report = (seq: number, pinned: SiteId | null): ReportRecord => ({
  kind: 'report',
  device: 'd',
  seq,
  at: 1_795_000_000_000 + seq,
  lat: 47.2,
  lon: 7,
  pinned,
  firstAttemptMs: null,
  ackMs: null,
  via: null,
  durable: null,
});
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 10));
}
const N1 = 'noirmont.1-aaaa:10';
const N2 = 'noirmont.2-bbbb:1';
const D1 = 'delemont.1-cccc:5';

test.each([{ how: 'mute' }, { how: 'down' }] as const)(
  'a free device goes to the other site when its own is $how, and the first attempt is remembered',
  async ({ how }) => {
    const { delemont, bracelet, history } = await started(
      { noirmont: how, delemont: { durable: 'both', position: D1 } },
      false,
    );
    const one = report(1, null);
    bracelet.send([one]);
    await until(() => !bracelet.isBusy);
    expect(delemont.taken).toEqual([[1]]);
    expect(one).toMatchObject({ via: 'delemont', durable: 'both' });
    expect(one.firstAttemptMs).toBeLessThan(history.answers[0]?.sentMs ?? 0);
  },
);

test('a pinned device keeps trying its own site', async () => {
  const { noirmont, delemont, bracelet } = await started(
    { noirmont: 'down', delemont: { durable: 'both', position: D1 } },
    true,
  );
  const one = report(1, 'noirmont');
  bracelet.send([one]);
  await until(() => one.firstAttemptMs !== null);
  noirmont.state.answer = { durable: 'both', position: N1 };
  await until(() => !bracelet.isBusy);
  expect(delemont.taken).toEqual([]);
  expect(one).toMatchObject({ via: 'noirmont', durable: 'both' });
});

test('[L14] what only one site took goes to the other too, and the first answer stays what it was', async () => {
  const { noirmont, delemont, bracelet } = await started(
    { noirmont: { durable: 'site', position: N1 }, delemont: { durable: 'site', position: D1 } },
    false,
  );
  const one = report(1, null);
  bracelet.send([one]);
  await until(() => !bracelet.isBusy);
  expect([noirmont.taken, delemont.taken]).toEqual([[[1]], [[1]]]);
  expect(one).toMatchObject({ via: 'noirmont', durable: 'site' });
});

test('[L14] a pinned device sends again what an epoch took that is gone, and not what a `both` of its epoch covers', async () => {
  const { noirmont, bracelet } = await started({ noirmont: { durable: 'site', position: N1 }, delemont: 'down' }, true);
  bracelet.send([report(1, 'noirmont')]);
  await until(() => noirmont.taken.length === 1);
  noirmont.state.answer = { durable: 'both', position: N1 };
  bracelet.send([report(2, 'noirmont')]);
  await until(() => noirmont.taken.length === 2);
  noirmont.state.answer = { durable: 'site', position: N1 };
  bracelet.send([report(3, 'noirmont')]);
  await until(() => noirmont.taken.length === 3);
  noirmont.state.answer = { durable: 'site', position: N2 };
  bracelet.send([report(4, 'noirmont')]);
  await until(() => noirmont.taken.length === 5 && !bracelet.isBusy);
  expect(noirmont.taken).toEqual([[1], [2], [3], [4], [3]]);
});
