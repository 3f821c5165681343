import { expect, onTestFinished, test } from 'vitest';
import { startNats } from '../../../../test/support/nats.ts';
import { eventually } from '../testing/two-sites.ts';
import { openJetStreamLog } from './jetstream-log.ts';

test('what lay on the disk is delivered as far as there is room, and on from there when there is again', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  onTestFinished(() => nats.stop());
  const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url });
  onTestFinished(() => log.close());
  for (let i = 0; i < 60; i++)
    expect((await log.append({ entryId: `e${i}`, kind: 'heartbeat', items: [], data: {} })).kind).toBe('stored');
  const seqs: number[] = [];
  let room = 25;
  let goOn = (): void => {};
  const subscription = await log.subscribe(undefined, (message) => seqs.push(message.seq), {
    isFull: () => seqs.length >= room,
    onRoom: (go) => (goOn = go),
  });
  onTestFinished(() => subscription.stop());
  await eventually('a part is delivered', () => seqs.length === 25);
  // Everything that the server has sent by the answer to a later question has come.
  await log.survey();
  expect(seqs).toHaveLength(25);
  room = 40;
  goOn();
  expect(seqs).toHaveLength(40);
  room = Number.POSITIVE_INFINITY;
  goOn();
  await eventually('the rest is delivered', () => seqs.length === 60);
  expect(seqs).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  await log.append({ entryId: 'new', kind: 'heartbeat', items: [], data: {} });
  await eventually('what is written from then on comes by itself', () => seqs.length === 61);
}, 60_000);
