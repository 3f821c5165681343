import { appendFile, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
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

test('[D4] what is of an erased measure is cut out of both files, what comes meanwhile is kept, and the rest stays', async () => {
  const gone = 'ffeeddccbbaa99887766554433221100';
  const quarantine = await open(20_000);
  for (let n = 0; n < 14; n++) {
    quarantine.keep({ ...record(n, 1_000), ...(n % 2 === 0 ? { measure: gone } : {}) });
    await quarantine.flush();
  }
  expect((await readdir(dir)).sort()).toEqual(['quarantine.0', 'quarantine.1']);
  const erasing = quarantine.erase(new Set([gone]));
  quarantine.keep(record(14));
  await erasing;
  quarantine.keep(record(15));
  await quarantine.close();
  const left = await readQuarantine(dir, key);
  expect(left.map(({ receivedAtMs }) => receivedAtMs)).toEqual([1, 3, 5, 7, 9, 11, 13, 14, 15]);
  const again = await open();
  await again.erase(new Set([gone])); // as every start does
  again.keep(record(16));
  await again.close();
  expect((await readQuarantine(dir, key)).length).toBe(10);
});
test('cuts that are asked for at once, while raw bytes come in, take turns', async () => {
  const measures = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(32));
  const quarantine = await open();
  for (let n = 0; n < 80; n++) quarantine.keep({ ...record(n), measure: measures[n % 8] ?? '' });
  const cuts = measures.slice(0, 4).map((measure) => quarantine.erase(new Set([measure])));
  for (let n = 80; n < 84; n++) {
    quarantine.keep(record(n));
    await Promise.resolve();
  }
  await Promise.all(cuts);
  await quarantine.close();
  const left = await readQuarantine(dir, key);
  expect(left.map(({ measure }) => measure).filter((measure) => measures.indexOf(measure) % 8 < 4).length).toBe(4);
  expect(left.length).toBe(44);
});
test('what is too old goes, also from a quarantine that nothing comes into any more', async () => {
  const quarantine = await open();
  for (let n = 0; n < 5; n++) quarantine.keep(record(n));
  await quarantine.forgetBefore(3);
  await quarantine.close();
  expect((await readQuarantine(dir, key)).map(({ receivedAtMs }) => receivedAtMs)).toEqual([3, 4]);
});
test('a cut that the disk refuses says so and loses nothing', async () => {
  const quarantine = await open();
  quarantine.keep(record(1));
  await quarantine.flush();
  await mkdir(join(dir, 'quarantine.0.new')); // no file can be written in its place
  await expect(quarantine.forgetBefore(2)).rejects.toThrow('EISDIR');
  quarantine.keep(record(2));
  await quarantine.close();
  expect((await readQuarantine(dir, key)).length).toBe(2);
});
