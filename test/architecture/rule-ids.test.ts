// docs/RULES.md, docs/LOG.md and the tests speak of the same rules: an id in one and not in the other is a rule without a test, or a test without a rule.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read, repositoryFiles, root } from './files.ts';

const ID = /[A-Z]{2}\d+/;

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, folder, name));
}

test('every rule of docs/RULES.md has a test with its id, and every id of a test is a rule', () => {
  const rules = read('docs/RULES.md');
  const written = [...rules.matchAll(new RegExp(`^- \\*\\*(${ID.source})\\*\\* `, 'gm'))].map((m) => m[1]);
  const tested = ['engine', 'orders', 'replica', 'projections', 'dispatch', 'api', 'console', 'site']
    .flatMap((name) => testFiles(`packages/${name}/src`))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(new RegExp(`['"\`]\\[(${ID.source})\\] `, 'g'))].map((m) => m[1]),
    );
  expect(written.length).toBeGreaterThan(50);
  expect(new Set(written).size).toBe(written.length);
  expect(new Set(tested)).toEqual(new Set(written));
});

test('every rule of docs/LOG.md has a test with its id, and every id of a test is a rule', () => {
  const rules = read('docs/LOG.md');
  const written = [...rules.matchAll(/^- \*\*([LD]\d+)\*\* /gm)].map((m) => m[1]);
  const tested = repositoryFiles('packages', 'test')
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...read(name).matchAll(/\[([LD]\d+)\]/g)].map((m) => m[1]));
  expect(written).toHaveLength(24);
  expect(new Set(tested)).toEqual(new Set(written));
});
