import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRY_MINOR, ENTRY_VERSION } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { unpackOlder } from './older-version.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-older-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('the version that is kept has another minor of the log format, and its packages find one another', async () => {
  const { main, logFormat } = await unpackOlder(folder());
  expect(logFormat).toMatch(/^\d+\.\d+$/);
  expect(logFormat).not.toBe(`${ENTRY_VERSION}.${ENTRY_MINOR}`);
  expect(logFormat.startsWith(`${ENTRY_VERSION}.`)).toBe(true);
  const model = join(main, '../../node_modules/@vigie/model/src/entry.ts');
  expect(existsSync(model)).toBe(true);
  expect(readFileSync(model, 'utf8')).toContain('export const ENTRY_VERSION');
});

test('without an older version there is nothing to upgrade from', async () => {
  await expect(unpackOlder(folder(), folder())).rejects.toThrow('there is no older version to upgrade from');
});
