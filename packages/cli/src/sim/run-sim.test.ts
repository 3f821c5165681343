import { expect, test } from 'vitest';
import { progressOf } from './run-sim.ts';

test('the progress of a long run says how fast it goes and how long the rest takes', () => {
  expect(progressOf({ seeds: 0, failed: 0 }, 1_000, 5_000)).toBe(
    '0 of 1000 seeds, 0 failed, 0.0 a second, the first ones run',
  );
  expect(progressOf({ seeds: 100, failed: 2 }, 1_000, 10_000)).toBe(
    '100 of 1000 seeds, 2 failed, 10.0 a second, 2 min left',
  );
  expect(progressOf({ seeds: 500, failed: 0 }, 100_000, 50_000)).toContain('10.0 a second, 2 h 46 min left');
  expect(progressOf({ seeds: 990, failed: 0 }, 1_000, 99_000)).toContain('1 s left');
});
