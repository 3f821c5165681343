// What the documents say is held by tests: the tests that they name are there, and carry the ids that they are named for.
import { expect, test } from 'vitest';
import { read, repositoryFiles } from './files.ts';

const documents = repositoryFiles('docs', 'README.md').filter((name) => name.endsWith('.md'));
const tests = repositoryFiles('packages', 'test').filter((name) => /\.test\.tsx?$/.test(name));
const ofName = (named: string): string[] => tests.filter((file) => `/${file}`.endsWith(`/${named}`));
/** `L8 and L12 in `merge.test.ts``, or the name alone. */
const NAMED = /(?:((?:[LD]\d+(?:, | and )?)+) in )?`([\w./-]+\.test\.tsx?)`/g;

/** What is wrong with the tests that a text names. */
function wrongIn(text: string): string[] {
  return [...text.matchAll(NAMED)].flatMap(([, ids, named = '']) => {
    const files = ofName(named);
    if (files.length === 0) return [`${named} is not there`];
    const held = files.map(read).join('\n');
    return [...(ids ?? '').matchAll(/[LD]\d+/g)].flatMap(([id]) =>
      held.includes(`[${id}]`) ? [] : [`${named} holds no ${id}`],
    );
  });
}

test('every test that a document names is there, and holds the rule that it is named for', () => {
  expect(documents.flatMap((name) => wrongIn(read(name)).map((wrong) => `${name}: ${wrong}`))).toEqual([]);
});

test('every row of what a site may do alone names what holds it', () => {
  const text = read('docs/ARCHITECTURE.md');
  const chapter = text.slice(text.indexOf('## What a site may do alone'), text.indexOf('## What determinism rests on'));
  const rows = chapter.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:\||---)/.test(line));
  expect(rows.length).toBeGreaterThan(12);
  for (const row of rows) expect(row).toMatch(/`[\w./-]+\.ts`|drills? `[a-z-]+`/);
});

test('the check of names sees one that is not there', () => {
  expect(wrongIn('held by `no-such.test.ts`')).toEqual(['no-such.test.ts is not there']);
  expect(wrongIn('L99 in `merge.test.ts`')).toEqual(['merge.test.ts holds no L99']);
});

test('every drill says what breaks and what it must show, and has one row of figures', () => {
  const [said = '', seen = ''] = read('docs/drills.md').split('## What they have found');
  const rows = (text: string, cells: number): string[] =>
    text.split('\n').flatMap((line) => {
      const name = /^\| `([a-z-]+)[^`]*` \|/.exec(line)?.[1];
      return name !== undefined && line.split(' | ').length === cells ? [name] : [];
    });
  const named = repositoryFiles('packages/drill/src')
    .filter((file) => file.endsWith('drills.ts'))
    .flatMap((file) => [...read(file).matchAll(/^ {4}name: '([a-z-]+)'/gm)].map(([, name = '']) => name));
  expect(named.length).toBeGreaterThan(10);
  expect(new Set(rows(said, 3))).toEqual(new Set(named));
  expect(new Set(rows(seen, 7))).toEqual(new Set(named));
  expect(rows(said, 3).length + rows(seen, 7).length).toBe(2 * named.length);
});
