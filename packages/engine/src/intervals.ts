// Active times of a rule: half-open UTC intervals in one flat array [from, to, from, to, ...], sorted and disjoint, so that a
// report costs a comparison and never meets a calendar.
import type { IntervalMs } from '@vigie/model';

export type Intervals = Float64Array;

export function packIntervals(intervals: readonly IntervalMs[]): Intervals {
  const flat = new Float64Array(intervals.length * 2);
  for (let i = 0; i < intervals.length; i++) {
    const [from, to] = intervals[i] as IntervalMs;
    flat[2 * i] = from;
    flat[2 * i + 1] = to;
  }
  return flat;
}

/** The place (an even index) of the first interval that ends after the time; the array's length if there is none. */
export function firstEndingAfter(flat: Intervals, timeMs: number): number {
  let low = 0;
  let high = flat.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((flat[2 * middle + 1] as number) > timeMs) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

export function isActive(flat: Intervals, timeMs: number): boolean {
  const i = firstEndingAfter(flat, timeMs);
  return i < flat.length && (flat[i] as number) <= timeMs;
}

/** The first active moment at or after the time; Infinity if there is none. */
export function activeFrom(flat: Intervals, timeMs: number): number {
  const i = firstEndingAfter(flat, timeMs);
  return i < flat.length ? Math.max(timeMs, flat[i] as number) : Number.POSITIVE_INFINITY;
}

/** What lies inside [from, to). */
export function clipped(intervals: readonly IntervalMs[], fromMs: number, toMs: number): IntervalMs[] {
  const inside: IntervalMs[] = [];
  for (const [from, to] of intervals) {
    const a = Math.max(from, fromMs);
    const b = Math.min(to, toMs);
    if (a < b) inside.push([a, b]);
  }
  return inside;
}

/** Two sorted lists after another; the second begins where the first ends or later. Touching ends are joined. */
export function joined(first: readonly IntervalMs[], second: readonly IntervalMs[]): IntervalMs[] {
  const all: IntervalMs[] = [...first];
  for (const [from, to] of second) {
    const last = all.at(-1);
    if (last !== undefined && last[1] >= from) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}
