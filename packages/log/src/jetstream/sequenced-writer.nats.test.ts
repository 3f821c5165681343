import { connect } from '@nats-io/transport-node';
import { afterEach, expect, test } from 'vitest';
import { type TestNats, startNats } from '../../../../test/support/nats.ts';
import { eventually } from '../testing/two-sites.ts';
import { JetStreamApi } from './api.ts';
import { SequencedWriter } from './sequenced-writer.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function opened(batches: boolean, subject = 'copy.1') {
  const nats: TestNats = await startNats({ domain: 'noirmont' });
  ends.push(() => nats.stop());
  const nc = await connect({ servers: nats.url });
  ends.push(() => nc.close());
  const api = new JetStreamApi(nc);
  await api.create({ name: 'COPY', subjects: ['copy.1'], storage: 'file', num_replicas: 1, allow_atomic: true });
  let stored = 0;
  const refused: { seq: number; why: string }[] = [];
  const writer = new SequencedWriter({
    nc,
    subject,
    batches,
    ackTimeoutMs: 20_000,
    onStored: () => void stored++,
    onRefused: (seq, why) => void refused.push({ seq, why }),
  });
  const lastSeq = async (): Promise<number> => {
    const info = await api.stream('COPY');
    return info.ok ? info.value.state.last_seq : -1;
  };
  return { writer, refused, stored: () => stored, lastSeq, message: (seq: number) => api.message('COPY', seq) };
}
const bytes = (n: number): Uint8Array => new TextEncoder().encode(`message ${n}`);

for (const batches of [true, false]) {
  const how = batches ? 'in atomic batches' : 'one by one';
  test(`each message lies at its own sequence, with many under way (${how})`, async () => {
    const { writer, refused, stored, lastSeq, message } = await opened(batches);
    for (let seq = 1; seq <= 500; seq++) writer.write(seq, bytes(seq));
    expect(writer.pending).toBe(500);
    await eventually('all stored', () => writer.pending === 0);
    writer.write(501, bytes(501));
    await eventually('another stored', () => writer.pending === 0);
    expect(refused).toEqual([]);
    expect(await lastSeq()).toBe(501);
    for (const seq of [1, 2, 15, 16, 17, 217, 500, 501])
      expect(await message(seq)).toEqual({ ok: true, value: bytes(seq) });
    // Fifteen one by one, and then whatever had come meanwhile at once, 200 at most.
    expect(stored() < 30).toBe(batches);
    writer.stop();
  });

  test(`a copy that somebody else has written to is refused as a whole (${how})`, async () => {
    const { writer, refused, lastSeq } = await opened(batches);
    for (let seq = 1; seq <= 60; seq++) writer.write(seq + 1, bytes(seq));
    await eventually('refused', () => refused.length > 0);
    expect(refused).toHaveLength(1);
    expect(await lastSeq()).toBe(0);
  });
}

test('a batch that would not be next is refused, and said once', async () => {
  const { writer, refused, lastSeq } = await opened(true);
  for (let seq = 1; seq <= 15; seq++) writer.write(seq, bytes(seq));
  for (let seq = 17; seq <= 60; seq++) writer.write(seq, bytes(seq));
  await eventually('refused', () => refused.length > 0);
  expect(refused).toHaveLength(1);
  expect(await lastSeq()).toBe(15);
});

test('what would not be next is refused by the stream and said once; nothing after it is stored', async () => {
  const { writer, refused, stored, lastSeq } = await opened(false);
  for (const seq of [1, 2, 4, 5]) writer.write(seq, bytes(seq));
  await eventually('refused', () => refused.length > 0);
  writer.write(3, bytes(3));
  expect(refused).toEqual([{ seq: 4, why: expect.stringContaining('wrong last sequence') }]);
  expect([stored(), await lastSeq()]).toEqual([2, 2]);
});

test('a stream that is not there is said', async () => {
  const gone = await opened(true, 'copy.2');
  gone.writer.write(1, bytes(1));
  await eventually('refused', () => gone.refused.length > 0);
  expect(gone.refused).toEqual([{ seq: 1, why: 'no stream takes it' }]);
});

test('a server that stands still is given up after the time an acknowledgement may take', async () => {
  const nats: TestNats = await startNats({ domain: 'noirmont' });
  ends.push(() => nats.stop());
  const nc = await connect({ servers: nats.url });
  ends.push(() => nc.close());
  // Somebody listens and never answers.
  nc.subscribe('copy.3');
  await nc.flush();
  const refused: string[] = [];
  const onRefused = (seq: number, why: string): void => void refused.push(`${seq}: ${why}`);
  const writer = new SequencedWriter({
    nc,
    subject: 'copy.3',
    batches: true,
    ackTimeoutMs: 100,
    onStored: () => {},
    onRefused,
  });
  writer.write(7, bytes(7));
  writer.write(8, bytes(8));
  await eventually('refused', () => refused.length > 0);
  expect(refused).toEqual(['7: no acknowledgement in time']);
});
