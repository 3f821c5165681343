// Logs that were recorded once replay to what they replayed to then, for ever: promise 6. A change of the engine that alters a digest
// needs a new rules version in the log, not a new expectation here.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SITES } from '@vigie/model';
import { expect, test } from 'vitest';
import { replayLog } from './replay.ts';
import { type GoldenExpectation, expectationOf, readGoldenLog } from './testing/golden-log.ts';
import { TestKeys } from './testing/two-sites.ts';

const root = join(import.meta.dirname, '../../../test/logs');
const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

test('there are recorded logs', () => {
  expect(names.length).toBeGreaterThan(0);
});

test.for(names)('the recorded log %s still replays to its recorded digest and incidents', async (name) => {
  const messages = readGoldenLog(join(root, name, 'log.ndjson'));
  const expected = JSON.parse(readFileSync(join(root, name, 'expected.json'), 'utf8')) as {
    [site: string]: GoldenExpectation;
  };
  for (const site of SITES) {
    const replay = await replayLog(messages, new TestKeys(), { site, everySecond: true });
    expect(replay.recorded.different).toEqual([]);
    expect(expectationOf(replay)).toEqual(expected[site]);
  }
});
