// Intervals against the obvious: a set of minutes.
import type { IntervalMs } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOverlap, union, without } from './interval-sets.ts';

const intervals = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 })), { maxLength: 12 })
  .map((list) => list.map(([from, length]): IntervalMs => [from, from + length]));
const minutes = (list: readonly IntervalMs[]): number[] =>
  Array.from({ length: 90 }, (_, i) => i).filter((i) => list.some(([a, b]) => a <= i && i < b));
const isTidy = (list: readonly IntervalMs[]): boolean =>
  list.every(
    ([a, b], i) => a < b && (i === 0 || (list[i - 1] as IntervalMs)[1] < a || (list[i - 1] as IntervalMs)[1] <= a),
  );

test('union, difference and overlap agree with sets of minutes', () => {
  fc.assert(
    fc.property(intervals, intervals, (some, holes) => {
      const all = union(some);
      expect([isTidy(all), minutes(all)]).toEqual([true, minutes(some)]);
      const rest = without(all, union(holes));
      const taken = new Set(minutes(holes));
      expect([isTidy(rest), minutes(rest)]).toEqual([true, minutes(some).filter((m) => !taken.has(m))]);
      const count = some.reduce((n, [a, b]) => n + b - a, 0);
      expect(firstOverlap(some) === undefined).toBe(count === minutes(some).length);
    }),
    { numRuns: 500 },
  );
});
