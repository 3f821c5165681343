import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MeasureKeys } from './measure-keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const wrappingKey = Buffer.alloc(32, 7);
const open = (name = 'a', more: object = {}) => MeasureKeys.open({ file: join(folder, name), wrappingKey, ...more });
const plain = Buffer.from('47.2247 6.9575 Anna Muster br-17');

test('what is sealed opens again, after a restart too, and shows nothing of itself', async () => {
  const keys = await open();
  const measure = await keys.create();
  const sealed = keys.seal(measure, plain);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  expect(Buffer.from(sealed.value).includes('Muster')).toBe(false);
  await keys.close();
  const again = await open();
  expect(again.open(measure, sealed.value)).toEqual({ ok: true, value: plain });
  expect(readFileSync(join(folder, 'a'), 'utf8')).not.toContain(Buffer.alloc(8, 7).toString('base64'));
  await again.close();
});

test('a flipped bit, another measure, and a missing key are values, each of its kind', async () => {
  const keys = await open();
  const [one, two] = [await keys.create(), await keys.create()];
  const sealed = keys.seal(one, plain);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  for (const at of [0, 11, 12, 20, sealed.value.length - 1]) {
    const altered = Uint8Array.from(sealed.value);
    altered[at] = (altered[at] as number) ^ 1;
    expect(keys.open(one, altered)).toMatchObject({ ok: false, error: { kind: 'malformed-entry' } });
  }
  expect(keys.open(two, sealed.value)).toMatchObject({ ok: false, error: { kind: 'malformed-entry' } });
  expect(keys.open('f'.repeat(32), sealed.value)).toMatchObject({ ok: false, error: { kind: 'key-missing' } });
  await keys.close();
});

test('a line torn by a crash is cut off, and the keys before it hold', async () => {
  const keys = await open();
  const measure = await keys.create();
  await keys.close();
  appendFileSync(join(folder, 'a'), '{"measure":"0011');
  const again = await open();
  expect(again.has(measure)).toBe(true);
  const second = await again.create();
  await again.close();
  const third = await open();
  expect([third.size, third.has(second)]).toEqual([2, true]);
  await third.close();
});

test('a damaged file and a foreign wrapping key stop the start, by name', async () => {
  const keys = await open();
  await keys.create();
  await keys.close();
  await expect(MeasureKeys.open({ file: join(folder, 'a'), wrappingKey: Buffer.alloc(32, 8) })).rejects.toThrow(
    'wrapping key',
  );
  writeFileSync(join(folder, 'b'), 'nonsense\n');
  await expect(open('b')).rejects.toThrow('line 1');
});

test('[L7] a key that is not held is fetched from the other site, once however many ask', async () => {
  const there = await open('there');
  const measure = await there.create();
  let asked = 0;
  const here = await open('here', {
    fetch: async (id: string) => {
      asked++;
      return there.wrapped(id);
    },
  });
  expect(await Promise.all([here.fetch(measure), here.fetch(measure)])).toEqual([true, true]);
  expect(await here.fetch('0'.repeat(32))).toBe(false);
  expect([here.has(measure), asked]).toEqual([true, 2]);
  expect(await here.accept(measure, (await open('other')).wrapped(measure) ?? 'AAAA')).toBe(false);
});

test('[D4] a destroyed key is gone from memory and disk, is not taken back, and the others hold', async () => {
  const keys = await open();
  const [one, two] = [await keys.create(), await keys.create()];
  const wrapped = keys.wrapped(one) as string;
  const sealed = keys.seal(one, plain);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  expect([await keys.destroy(one), await keys.destroy(one)]).toEqual([true, false]);
  expect(keys.open(one, sealed.value)).toMatchObject({ ok: false, error: { kind: 'key-missing' } });
  expect(await keys.accept(one, wrapped)).toBe(false);
  const three = await keys.create();
  await keys.close();
  expect(readFileSync(join(folder, 'a'), 'utf8')).not.toContain(wrapped);
  const again = await open();
  expect([again.size, again.has(one), again.has(two), again.has(three)]).toEqual([2, false, true, true]);
  await again.close();
});

test('[D4] a key that a crash left in the file is destroyed at the next look', async () => {
  const keys = await open();
  const one = await keys.create();
  const line = readFileSync(join(folder, 'a'), 'utf8');
  await keys.destroy(one);
  await keys.close();
  writeFileSync(join(folder, 'a'), line); // a copy of the file was put back
  const again = await open();
  expect([again.has(one), await again.destroy(one)]).toEqual([true, true]);
  await again.close();
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('');
});
