// Every dependency has a line in docs/decisions/0004-dependencies.md, and every line a dependency; every version is exact.
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const root = new URL('../../', import.meta.url);
const manifests = [
  'package.json',
  ...readdirSync(new URL('packages', root)).map((name) => `packages/${name}/package.json`),
];
const wanted = new Map<string, string>();
for (const path of manifests) {
  const manifest = JSON.parse(readFileSync(new URL(path, root), 'utf8')) as Manifest;
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    if (!name.startsWith('@vigie/')) wanted.set(name, version);
}
const page = readFileSync(new URL('docs/decisions/0004-dependencies.md', root), 'utf8');
const listed = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| dependency') && !line.startsWith('| ---'))
  .flatMap((line) => (line.split('|')[1] ?? '').split(',').map((name) => name.trim()));

test('every dependency has a line in the decisions, and every line a dependency', () => {
  expect(wanted.size).toBeGreaterThan(20);
  expect([...wanted.keys()].filter((name) => !listed.includes(name))).toEqual([]);
  expect(listed.filter((name) => !wanted.has(name))).toEqual([]);
});

test('every dependency is pinned exactly', () => {
  expect([...wanted].filter(([, version]) => !/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(version))).toEqual([]);
});
