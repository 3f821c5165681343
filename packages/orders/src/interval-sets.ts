// Sets of half-open intervals, sorted and disjoint.
import type { IntervalMs } from '@vigie/model';

/** Sorted; overlapping and touching ones become one, so that a span has no gap. */
export function union(intervals: readonly IntervalMs[]): IntervalMs[] {
  const all: IntervalMs[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from >= to) continue;
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}

/** What of the first lies outside the second; both sorted and disjoint. */
export function without(intervals: readonly IntervalMs[], holes: readonly IntervalMs[]): IntervalMs[] {
  const rest: IntervalMs[] = [];
  let k = 0;
  for (const [from, to] of intervals) {
    let at = from;
    while (k < holes.length && (holes[k] as IntervalMs)[1] <= from) k++;
    for (let j = k; j < holes.length && (holes[j] as IntervalMs)[0] < to; j++) {
      const [a, b] = holes[j] as IntervalMs;
      if (a > at) rest.push([at, a]);
      at = Math.max(at, b);
    }
    if (at < to) rest.push([at, to]);
  }
  return rest;
}

/** The first two that overlap, by index as given. */
export function firstOverlap(intervals: readonly IntervalMs[]): readonly [number, number] | undefined {
  const order = intervals
    .map((interval, i) => ({ interval, i }))
    .sort((a, b) => a.interval[0] - b.interval[0] || a.i - b.i);
  for (let k = 1; k < order.length; k++) {
    const before = order[k - 1] as (typeof order)[number];
    const here = order[k] as (typeof order)[number];
    if (here.interval[0] < before.interval[1]) return [Math.min(before.i, here.i), Math.max(before.i, here.i)];
  }
  return undefined;
}
