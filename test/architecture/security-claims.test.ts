// docs/security.md claims nothing that no test holds: each claim names a file and the name of a test in it, or a part of that name.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './files.ts';

const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
const claims = [...page.matchAll(/^- \*\*(SE\d+)\*\* ([\s\S]*?)(?=\n- |\n\n|$(?![\s\S]))/gm)].map(([, id, text]) => ({
  id: id ?? '',
  holders: [...(text ?? '').matchAll(/\(`([^`]+\.test\.ts)`: "([^"]+)"\)/g)].map(([, file, name]) => ({
    file: file ?? '',
    name: name ?? '',
  })),
}));

/** The names of tests in a file, as they are written. */
const namesIn = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\btest(?:\.\w+)*\(\s*(['"`])([\s\S]*?[^\\])\1/g)].map(
    ([, , name]) => (name ?? '').replaceAll('\\', ''),
  );

test('claims are numbered without a gap', () => {
  expect(claims.length).toBeGreaterThan(15);
  expect(claims.map(({ id }) => id)).toEqual(claims.map((_, i) => `SE${i + 1}`));
});

test('every test that the page names is one of those looked for here', () => {
  const mentioned = [...page.matchAll(/`[^`]+\.test\.ts`/g)].length;
  // The first paragraph names this file.
  expect(claims.flatMap(({ holders }) => holders).length).toBe(mentioned - 1);
});

test.each(claims)('$id is held by tests that exist', ({ holders }) => {
  expect(holders.length).toBeGreaterThan(0);
  for (const { file, name } of holders) {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(
      namesIn(file).filter((one) => one.includes(name)),
      `${file}: "${name}"`,
    ).not.toEqual([]);
  }
});
