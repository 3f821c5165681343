import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileCase } from '@vigie/orders';
import { expect, test } from 'vitest';
import { Evaluation, type OutputLine } from './evaluate.ts';
import { type Truth, caseOf, differences, linesOf } from './testing/truth.ts';

const root = join(import.meta.dirname, '../../../..');
const data = join(process.env['VIGIE_DATA'] ?? join(root, '../shared/data'), 'geofence-truth');
const own = join(root, 'test/truth');

const readTruths = (folder: string): Truth[] =>
  readdirSync(folder)
    .filter((name) => /\.jsonl?$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Truth);

function evaluated(truth: Truth): OutputLine[] {
  const compiled = compileCase(caseOf(truth));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.fields));
  const output: OutputLine[] = [];
  const evaluation = new Evaluation(compiled.value.recorded, (line) => output.push(line));
  for (const [i, line] of linesOf(truth).entries()) evaluation.line(line, i);
  evaluation.finish(undefined);
  return output;
}

function expectTruth(truths: readonly Truth[]): number {
  let checked = 0;
  for (const truth of truths) {
    const output = evaluated(truth);
    expect({ track: truth.track, wrong: differences(truth, output).slice(0, 5) }).toEqual({
      track: truth.track,
      wrong: [],
    });
    expect(output.at(-1)).toMatchObject({ rejected: 0, reports: truth.fixes.length });
    checked += truth.fixes.length * truth.zones.length;
  }
  return checked;
}

test('transitions agree with every recorded track of the development data', (context) => {
  if (!existsSync(data)) return context.skip(`no development data at ${data}: set VIGIE_DATA`);
  const truths = readTruths(data);
  expect(truths.length).toBeGreaterThanOrEqual(40);
  expect(expectTruth(truths)).toBeGreaterThan(60_000);
}, 60_000);

test('transitions agree with the seeded truth set of this repository', () => {
  const truths = readTruths(own);
  expect(truths.length).toBeGreaterThanOrEqual(6);
  expect(expectTruth(truths)).toBeGreaterThan(5_000);
});

test('the check itself sees a wrong transition', () => {
  const truth = readTruths(own)[0] as Truth;
  const output = evaluated(truth).filter((line) => line.type === 'transition');
  expect(differences(truth, output)).toEqual([]);
  expect(differences(truth, output.slice(1))).not.toEqual([]);
  const [first, ...rest] = output;
  expect(
    differences(truth, [{ ...(first as OutputLine), fixIndex: (first?.['fixIndex'] as number) + 1 }, ...rest]),
  ).not.toEqual([]);
});
