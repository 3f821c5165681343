// What must not stand in the repository: paths of somebody's machine, addresses of somebody's registry, big or derived files.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read, repositoryFiles, root } from './files.ts';

const MACHINE_PATH = /(?<![\w.~$}/-])\/(?:root|work|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\/[\w.-]/;
const isText = (name: string): boolean =>
  /\.(?:tsx?|[cm]?js|json|md|sh|ya?ml|toml|sql|conf|env|txt|html|css|svg)$|(?:^|\/)(?:vigie|run)$/.test(name);
/** 5 MB: what is larger belongs to the cache or to a release. */
const FILE_BYTES_MAX = 5 << 20;

const files = repositoryFiles();

test('no file names a place on somebody’s machine', () => {
  const texts = files.filter(
    (name) => isText(name) && name !== 'pnpm-lock.yaml' && !name.startsWith('test/architecture/'),
  );
  expect(texts.length).toBeGreaterThan(150);
  const found = texts.flatMap((name) =>
    read(name)
      .split('\n')
      .flatMap((line, index) => (MACHINE_PATH.test(line) ? [`${name}:${index + 1} ${line.trim().slice(0, 80)}`] : [])),
  );
  expect(found).toEqual([]);
});

test('the check of paths sees one', () => {
  expect(MACHINE_PATH.test("readFileSync('/root/x')")).toBe(true);
  expect(MACHINE_PATH.test('see /home/anna/vigie')).toBe(true);
  expect(MACHINE_PATH.test('a clone under `/root` included')).toBe(false);
  expect(MACHINE_PATH.test('https://example.org/work/x')).toBe(false);
});

test('the lockfile names packages by version and sum, not by an address', () => {
  const lock = read('pnpm-lock.yaml');
  expect(lock).toContain('integrity: sha512-');
  expect(lock.match(/tarball:|https?:\/\//g) ?? []).toEqual([]);
});

test('nothing derived, secret or huge is kept', () => {
  expect(files.length).toBeGreaterThan(200);
  const wrong = files.filter((name) =>
    /(?:^|\/)(?:node_modules|\.cache|dist)\/|\.(?:log|pem|key|tgz)$|(?:^|\/)access\.json$/.test(name),
  );
  expect(wrong).toEqual([]);
  expect(files.filter((name) => statSync(join(root, name)).size > FILE_BYTES_MAX)).toEqual([]);
});
