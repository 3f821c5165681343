import { appendFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IngestNote } from './ports.ts';
import { FileQuarantine, readQuarantine } from './quarantine.ts';

const key = new Uint8Array(32).fill(7);
const record = (n: number, size = 20) => ({
  measure: '00112233445566778899aabbccddeeff',
  deviceId: 'bracelet-1',
  receivedAtMs: n,
  field: 'lat',
  reason: 'must be a number',
  raw: Buffer.from(`47.2247${'x'.repeat(size)}`),
});
let dir: string;
let notes: IngestNote[];
const open = (bytesMax = 1_000_000) =>
  FileQuarantine.open({ dir, key, bytesMax, note: (note) => void notes.push(note) });
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quarantine-'));
  notes = [];
});
afterEach(() => rm(dir, { recursive: true }));

test('what is kept can be read again, over a restart, and is not plain on disk', async () => {
  const first = await open();
  first.keep(record(1));
  first.keep(record(2));
  await first.close();
  const second = await open();
  second.keep(record(3));
  await second.close();
  const records = await readQuarantine(dir, key);
  expect(records.map(({ receivedAtMs }) => receivedAtMs)).toEqual([1, 2, 3]);
  expect(Buffer.from(records[0]?.raw ?? []).toString()).toMatch(/^47\.2247/);
  for (const name of await readdir(dir)) {
    const bytes = await readFile(join(dir, name));
    for (const plain of ['47.2247', 'bracelet-1', 'lat']) expect(bytes.includes(plain)).toBe(false);
  }
});
test('a record cut short by a crash does not garble what comes after it', async () => {
  const first = await open();
  first.keep(record(1));
  await first.close();
  await appendFile(join(dir, 'quarantine.0'), Buffer.from([0, 0, 1, 0, 9, 9]));
  const second = await open();
  second.keep(record(2));
  await second.close();
  expect((await readQuarantine(dir, key)).map(({ receivedAtMs }) => receivedAtMs)).toEqual([1, 2]);
});
test('the bound holds: the oldest half goes', async () => {
  const quarantine = await open(20_000);
  for (let n = 0; n < 100; n++) {
    quarantine.keep(record(n, 1_000));
    await quarantine.flush();
  }
  await quarantine.close();
  const kept = (await readQuarantine(dir, key)).map(({ receivedAtMs }) => receivedAtMs);
  expect(kept.length).toBeLessThan(20);
  expect(kept.at(-1)).toBe(99);
  expect(kept).toEqual(kept.map((_, i) => 100 - kept.length + i));
});
test('more than can wait is dropped, counted and said once', async () => {
  const quarantine = await open(100_000_000);
  for (let n = 0; n < 40; n++) quarantine.keep(record(n, 1_000_000));
  expect(quarantine.dropped).toBeGreaterThan(20);
  expect(notes.map(({ kind }) => kind)).toEqual(['quarantine-full']);
  await quarantine.close();
});
