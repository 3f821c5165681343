import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileSnapshots } from './file-snapshots.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-snapshots-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
const text = ['state with 47.2247 in it', 'and more', ''];
async function* parts(from: readonly string[] = text): AsyncGenerator<Uint8Array> {
  for (const part of from) yield Buffer.from(part);
}
async function loaded(store: FileSnapshots, name: string): Promise<string[] | undefined> {
  const found = await store.load(name);
  if (found === undefined) return undefined;
  const read: string[] = [];
  for await (const part of found) read.push(Buffer.from(part).toString());
  return read;
}

test('a snapshot comes back as it was, part by part, the newest is named first, and nothing of it can be read on disk', async () => {
  const dir = folder();
  const store = new FileSnapshots({ dir, key: Buffer.alloc(32, 1) });
  await store.save('001', parts(['older']));
  await store.save('002', parts());
  expect(await store.list()).toEqual(['002', '001']);
  expect(await loaded(store, '002')).toEqual(text);
  expect(readFileSync(join(dir, '002.snapshot')).includes('47.2247')).toBe(false);
  await store.remove('002');
  expect([await store.list(), await store.load('002')]).toEqual([['001'], undefined]);
});

test('an altered snapshot, one under another name, and parts in another order do not open', async () => {
  const dir = folder();
  const store = new FileSnapshots({ dir, key: Buffer.alloc(32, 1) });
  await store.save('001', parts());
  const file = readFileSync(join(dir, '001.snapshot'));
  writeFileSync(join(dir, '002.snapshot'), file);
  await expect(loaded(store, '002')).rejects.toThrow('does not open');
  const first = 4 + file.readUInt32BE(0);
  const second = first + 4 + file.readUInt32BE(first);
  writeFileSync(
    join(dir, '001.snapshot'),
    Buffer.concat([file.subarray(first, second), file.subarray(0, first), file.subarray(second)]),
  );
  await expect(loaded(store, '001')).rejects.toThrow('does not open');
  for (const at of [2, 20, first + 10]) {
    const altered = Buffer.from(file);
    altered[at] = (altered[at] as number) ^ 1;
    writeFileSync(join(dir, '001.snapshot'), altered);
    await expect(loaded(store, '001')).rejects.toThrow('does not open');
  }
  await expect(store.load('../x')).rejects.toThrow('not the name');
});

test('a file that a crash left half written is not listed, and one whose parts were given up is not kept', async () => {
  const dir = folder();
  const store = new FileSnapshots({ dir, key: Buffer.alloc(32, 1) });
  writeFileSync(join(dir, '003.snapshot.new'), 'half');
  expect(await store.list()).toEqual([]);
  async function* givenUp(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one');
    throw new Error('given up');
  }
  await expect(store.save('003', givenUp())).rejects.toThrow('given up');
  expect(readdirSync(dir)).toEqual([]);
});
