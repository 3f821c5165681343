import { expect, test } from 'vitest';
import { fixTimes } from './load.ts';

test('an upload holds the fixes of its second', () => {
  expect(fixTimes(10_000, 9_000)).toEqual([9_336, 9_668, 10_000]);
});

test('fix times rise from upload to upload, however late one goes out', () => {
  let last = 0;
  for (const newest of [10_000, 11_350, 12_000, 12_001, 12_001, 13_000]) {
    const times = fixTimes(newest, last);
    expect([last, ...times]).toEqual([...new Set([last, ...times])].toSorted((a, b) => a - b));
    last = times.at(-1) ?? last;
  }
});
