import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileSnapshots } from './file-snapshots.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-snapshots-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
const bytes = Buffer.from('state with 47.2247 in it');

test('a snapshot comes back as it was, the newest is named first, and nothing of it can be read on disk', async () => {
  const dir = folder();
  const store = new FileSnapshots({ dir, key: Buffer.alloc(32, 1) });
  await store.save('001', Buffer.from('older'));
  await store.save('002', bytes);
  expect(await store.list()).toEqual(['002', '001']);
  expect(Buffer.from((await store.load('002')) ?? [])).toEqual(bytes);
  expect(readFileSync(join(dir, '002.snapshot')).includes('47.2247')).toBe(false);
  await store.remove('002');
  expect([await store.list(), await store.load('002')]).toEqual([['001'], undefined]);
});

test('an altered snapshot, and one under another name, do not open', async () => {
  const dir = folder();
  const store = new FileSnapshots({ dir, key: Buffer.alloc(32, 1) });
  await store.save('001', bytes);
  const file = readFileSync(join(dir, '001.snapshot'));
  writeFileSync(join(dir, '002.snapshot'), file);
  await expect(store.load('002')).rejects.toThrow('does not open');
  file[20] = (file[20] as number) ^ 1;
  writeFileSync(join(dir, '001.snapshot'), file);
  await expect(store.load('001')).rejects.toThrow('does not open');
  await expect(store.load('../x')).rejects.toThrow('not the name');
});

test('a file that a crash left half written is not listed', async () => {
  const dir = folder();
  writeFileSync(join(dir, '003.snapshot.new'), 'half');
  expect(await new FileSnapshots({ dir, key: Buffer.alloc(32, 1) }).list()).toEqual([]);
});
