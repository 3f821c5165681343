import { expect, test } from 'vitest';
import { countOf, judge, lineOf } from './run-tests.ts';

test('the closing line is read and written in the same form', () => {
  for (const line of ['3 passed, 0 failed', '10 passed, 2 failed, 1 skipped'])
    expect(lineOf(countOf(line) ?? { passed: 0, failed: 0, skipped: 0 })).toBe(line);
  expect(countOf('3 passed')).toBeUndefined();
  expect(countOf('Tests 3 passed, 0 failed (3)')).toBeUndefined();
});

test('a run that says nothing, finds nothing, or ends badly has failed', () => {
  expect(judge(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(judge({ passed: 0, failed: 0, skipped: 4 }, 0)).toEqual({ passed: 0, failed: 1, skipped: 4 });
  expect(judge({ passed: 5, failed: 0, skipped: 0 }, 1).failed).toBe(1);
  expect(judge({ passed: 5, failed: 0, skipped: 0 }, null).failed).toBe(1);
  expect(judge({ passed: 5, failed: 2, skipped: 0 }, 1).failed).toBe(2);
  expect(judge({ passed: 5, failed: 0, skipped: 1 }, 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
});
