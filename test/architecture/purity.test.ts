// The core has no clock, no dice, no I/O and no order that depends on the machine: both sites must compute the same bits. The
// linter forbids most of this while one writes; this scan needs no linter, and also sees operators.
import { expect, test } from 'vitest';
import { read, repositoryFiles } from './files.ts';

const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  'the clock': /\bnew Date\b|\bDate\s*[.(]|\bperformance\b|\bTemporal\.Now\b/,
  dice: /\bMath\.random\b|\bcrypto\b/,
  // `**` gave different bits on Node 22 and 24; Math.pow is the same operation.
  powers: /\*\*|\bMath\.pow\b/,
  promises: /\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b/,
  'the locale': /\blocaleCompare\b|\bIntl\b|\btoLocale\w*/,
  'the world': /from\s*['"]node:|\bprocess\b\s*\.|\bfetch\s*\(|\bconsole\b\s*\.|\brequire\s*\(|\bimport\s*\(/,
};

const CORE = ['model', 'geo', 'engine'] as const;

/** The code without comments and without what stands in quotes, except where a module is named. */
export function codeOf(source: string): string {
  return source.replaceAll(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<keep>from\s*'[^'\n]*')|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g,
    (_, keep: string | undefined) => keep ?? ' ',
  );
}

function breaches(source: string): string[] {
  const code = codeOf(source);
  return Object.keys(FORBIDDEN).filter((name) => FORBIDDEN[name]?.test(code) === true);
}

for (const name of CORE)
  test(`${name} is pure`, () => {
    const files = repositoryFiles(`packages/${name}/src`).filter(
      (file) => file.endsWith('.ts') && !/\.test\.ts$|\.bench\.ts$|\/test-support\/|\/testing\/|\/bench\//.test(file),
    );
    expect(files.length).toBeGreaterThan(5);
    const found = files.flatMap((file) => breaches(read(file)).map((what) => `${file} uses ${what}`));
    expect(found).toEqual([]);
  });

test('the scan sees what it forbids, and no words in comments or texts', () => {
  expect(breaches('const t = Date.now();')).toEqual(['the clock']);
  expect(breaches('const d = new Date(0);')).toEqual(['the clock']);
  expect(breaches('const x = 2 ** 3;')).toEqual(['powers']);
  expect(breaches('export async function f() {}')).toEqual(['promises']);
  expect(breaches('names.sort((a, b) => a.localeCompare(b));')).toEqual(['the locale']);
  expect(breaches("import { readFileSync } from 'node:fs';")).toEqual(['the world']);
  expect(breaches('const r = Math.random();')).toEqual(['dice']);
  expect(breaches('// Date.now() is not for us\n/** 2 ** 3, async */\nconst s = "await";')).toEqual([]);
});
