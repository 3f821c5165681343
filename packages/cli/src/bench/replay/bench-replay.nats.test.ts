import { expect, test, vi } from 'vitest';
import { benchReplay } from './bench-replay.ts';
import { WrittenLog } from './written-log.ts';

const SMALL = { persons: 40, reports: 4_000, perUpload: 10, rounds: 1, say: () => undefined };

test('a replay of a log that the run has written reads all of it into one state', async () => {
  const result = await benchReplay(SMALL);
  expect(result.faults).toEqual([]);
  expect(result.ok).toBe(true);
  // Each case and each upload once, though both sites wrote.
  expect(result.evaluations).toBe(40 + 400);
});

test('an entry that the reading does not give fails the run', async () => {
  const original = Object.getOwnPropertyDescriptor(WrittenLog.prototype, 'entries') as { get: () => number };
  const more = vi.spyOn(WrittenLog.prototype, 'entries', 'get').mockImplementation(function (this: WrittenLog) {
    return original.get.call(this) + 1;
  });
  try {
    expect((await benchReplay(SMALL)).ok).toBe(false);
  } finally {
    more.mockRestore();
  }
});
