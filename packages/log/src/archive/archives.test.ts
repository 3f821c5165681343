import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, seqOf } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { entryBytes, originMessage } from '../origin-message.ts';
import { EpochTree } from '../tree/epoch-tree.ts';
import type { OriginMessage } from '../types.ts';
import { verifyArchive } from './archive-file.ts';
import { Archives } from './archives.ts';

const EPOCH = '3-abc';
function messages(count: number, bytes = 20_000): OriginMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const items = [{ measure: 'ab'.repeat(16), bytes: Buffer.alloc(bytes, i) }];
    const entry = entryBytes({ entryId: `e${i}`, kind: 'reports', items }, (1000 + i) as never, null);
    return originMessage('noirmont', EPOCH, i + 1, entry as Uint8Array);
  });
}
function claimOf(all: readonly OriginMessage[]) {
  const tree = new EpochTree('noirmont', EPOCH);
  for (const message of all) tree.add(message);
  return tree.whole();
}
async function* each(all: readonly OriginMessage[]) {
  yield* all;
}
function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-archives-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
async function made(count: number) {
  const dir = folder();
  const all = messages(count);
  const archives = await Archives.open(dir);
  expect(await archives.make('noirmont', EPOCH, each(all), claimOf(all))).toMatchObject({ size: count });
  return { dir, all, archives, file: archives.fileOf('noirmont', EPOCH) };
}
const texts = (all: readonly OriginMessage[]): string[] =>
  all.map(({ seq, bytes }) => `${seq} ${Buffer.from(bytes).toString('base64')}`);

test('[L19] an archive gives back every entry, from any sequence on, also after it is opened again', async () => {
  const { dir, all } = await made(230);
  const archives = await Archives.open(dir);
  expect(archives.list()).toMatchObject([{ site: 'noirmont', epoch: EPOCH, size: 230, root: claimOf(all).root }]);
  expect(archives.get('noirmont', EPOCH)?.blocks.length).toBeGreaterThan(3);
  for (const from of [1, 2, 51, 200, 230, 231]) {
    const read = await archives.read('noirmont', EPOCH, seqOf(from), 1000);
    expect(texts(read)).toEqual(texts(all.slice(from - 1)));
  }
  expect(await archives.read('noirmont', EPOCH, seqOf(10), 3)).toHaveLength(3);
  expect(await archives.read('delemont', EPOCH, seqOf(1), 3)).toEqual([]);
});

test('[L19] an empty epoch has an archive, too', async () => {
  const { archives } = await made(0);
  expect(await archives.read('noirmont', EPOCH, seqOf(1), 3)).toEqual([]);
});

test('[L19] no flipped byte of an archive passes, wherever it is', async () => {
  const { file } = await made(60);
  const bytes = readFileSync(file);
  const { root } = claimOf(messages(60));
  expect(await verifyArchive(file)).toBeDefined();
  for (let at = 5; at < bytes.length; at += 13) {
    const changed = Buffer.from(bytes);
    changed[at] = must(changed[at], 'in range') ^ 1;
    writeFileSync(file, changed);
    const index = await verifyArchive(file);
    // Bits that no decompression reads change nothing of what is read.
    expect([undefined, root]).toContain(index?.root);
  }
  writeFileSync(file, bytes.subarray(0, bytes.length - 1));
  expect(await verifyArchive(file)).toBeUndefined();
});

test('[L19] an archive that does not come out as its tree says is not kept', async () => {
  const dir = folder();
  const archives = await Archives.open(dir);
  const all = messages(5);
  const claim = { ...claimOf(all), root: '00'.repeat(32) };
  expect(await archives.make('noirmont', EPOCH, each(all), claim)).toBeUndefined();
  expect((await Archives.open(dir)).list()).toEqual([]);
});
