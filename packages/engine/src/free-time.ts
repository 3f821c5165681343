// Free time of an implementation plan (StGB 79b): the hours of a week that a person may spend away from home beside duty, work and passes.
// A meter charges the time between two fixes that both say away; time that nobody can vouch for counts for the person. Once the hours
// are used up the rule is an inclusion that is active until the week ends, and a pre-alert before that. All three are rows of numbers
// driven by fixes in fix-time order, so that any order of arrival ends the same, however long the week was: 39 numbers a rule and device.
import { OUTSIDE } from '@vigie/geo';
import { type Intervals, firstEndingAfter } from './intervals.ts';
import { FREE_TIME_GAP_MS } from './limits.ts';
import {
  LAST_DETERMINED,
  OPEN_END,
  OPEN_START,
  type PlaceParameters,
  type PlaceSink,
  ROW,
  RUN,
  RUN_FIRST_AT,
  RUN_LAST_AT,
  STANDING,
  step,
} from './place-machine.ts';

export interface FreeTime {
  /** When time away is free time. */
  readonly active: Intervals;
  /** Beginnings of the weeks, rising. */
  readonly weeks: readonly number[];
  readonly budgetMs: number;
  readonly warnLeftMs: number;
}

// A rule has three rows: the alarm's, the pre-alert's, the meter's. These are places of the last, which no machine steps. They lie where a machine that never opens keeps what it begins with: -1, 0.
/** The rows of the pre-alert and of the meter. */
export const FOLLOWERS = 2;
/** Charged in this week. */
const USED = 9;
/** When this week ends; -1 = none yet. */
const WEEK_END = 7;
/** The moments in this week at which the pre-alert began and the hours were used up; -1 = not yet. */
const WARNED_AT = 4;
const SPENT_AT = 8;

const NEVER: PlaceParameters = { breach: OUTSIDE, dwellMs: 0, active: new Float64Array(0) };

/** What was charged in the week of the latest fix, and when that week ends; -1: no fix yet. */
export const chargedOf = (
  rows: Float64Array,
  meterPlace: number,
): { readonly usedMs: number; readonly weekEndMs: number } => ({
  usedMs: rows[meterPlace * ROW + USED] as number,
  weekEndMs: rows[meterPlace * ROW + WEEK_END] as number,
});

/**
 * The last moment at which another fix on the side of the one at `atMs` charges nothing and changes in the rows that begin with place `p`
 * no more than `noteUncharged` does; -1: the next may. Fixes are fed to the two rows that follow as undetermined ones too; the first that
 * the meter got is hashed as the newest while it is (case-hash.ts), so the one after it is not of the usual sort.
 */
export function unchargedUntilMs(rows: Float64Array, p: number, f: FreeTime, atMs: number): number {
  const alarm = p * ROW;
  const warning = alarm + ROW;
  const meter = warning + ROW;
  const standing = rows[alarm + STANDING] as number;
  if (standing === 0 || rows[warning + STANDING] !== standing) return -1;
  if (rows[alarm + LAST_DETERMINED] !== atMs || rows[warning + LAST_DETERMINED] !== atMs) return -1;
  if (rows[alarm + RUN] !== 0 || rows[warning + RUN] !== 1 || rows[warning + RUN_LAST_AT] !== atMs) return -1;
  if (rows[meter + RUN_LAST_AT] !== atMs || rows[meter + RUN_FIRST_AT] === atMs) return -1;
  if ((rows[alarm + OPEN_START] as number) >= 0 || (rows[warning + OPEN_START] as number) >= 0) return -1;
  const weekMs = (rows[meter + WEEK_END] as number) - 1;
  if (weekMs < atMs) return -1;
  if (standing !== OUTSIDE) return weekMs;
  if ((rows[meter + WARNED_AT] as number) >= 0 || (rows[meter + SPENT_AT] as number) >= 0) return -1;
  const i = firstEndingAfter(f.active, atMs);
  if (i >= f.active.length) return weekMs;
  const freeFromMs = f.active[i] as number;
  return freeFromMs < atMs ? -1 : Math.min(weekMs, freeFromMs);
}

/** So many more fixes that charge nothing, the newest at `atMs`. */
export function noteUncharged(rows: Float64Array, p: number, atMs: number, count: number): void {
  const alarm = p * ROW;
  const warning = alarm + ROW;
  const meter = warning + ROW;
  rows[alarm + LAST_DETERMINED] = atMs;
  rows[warning + LAST_DETERMINED] = atMs;
  rows[warning + RUN_FIRST_AT] = atMs;
  rows[warning + RUN_LAST_AT] = atMs;
  rows[meter + RUN] = (rows[meter + RUN] as number) + count;
  rows[meter + RUN_LAST_AT] = atMs;
}

/** One fix of the wearer, at the rows that begin with place `p`. */
export function stepFreeTime(
  rows: Float64Array,
  p: number,
  f: FreeTime,
  atMs: number,
  verdict: number,
  sink: PlaceSink & { place: number },
): void {
  const alarm = p * ROW;
  const meter = alarm + 2 * ROW;
  const lastMs = rows[alarm + LAST_DETERMINED] as number;
  const isVouched =
    verdict === OUTSIDE &&
    rows[alarm + STANDING] === OUTSIDE &&
    rows[alarm + RUN] === 0 &&
    atMs - lastMs <= FREE_TIME_GAP_MS;
  let fromMs = lastMs;
  if (atMs >= (rows[meter + WEEK_END] as number)) {
    const weekEndMs = rows[meter + WEEK_END] as number;
    if (isVouched) {
      // Away over the end of the week: its last moments are charged to it, and may use it up.
      charge(rows, meter, f, lastMs, weekEndMs);
      stepBoth(rows, p, f, weekEndMs - 1, verdict, sink);
      fromMs = weekEndMs;
    }
    rows[meter + USED] = 0;
    rows[meter + WARNED_AT] = -1;
    rows[meter + SPENT_AT] = -1;
    rows[meter + WEEK_END] = f.weeks.find((ms) => ms > atMs) ?? Number.POSITIVE_INFINITY;
  }
  if (isVouched) charge(rows, meter, f, fromMs, atMs);
  stepBoth(rows, p, f, atMs, verdict, sink);
}

function charge(rows: Float64Array, meter: number, f: FreeTime, fromMs: number, toMs: number): void {
  const { active, budgetMs } = f;
  const warnMs = budgetMs - f.warnLeftMs;
  let used = rows[meter + USED] as number;
  for (let i = firstEndingAfter(active, fromMs); i < active.length && (active[i] as number) < toMs; i += 2) {
    const from = Math.max(fromMs, active[i] as number);
    const before = used;
    used += Math.min(toMs, active[i + 1] as number) - from;
    if (f.warnLeftMs > 0 && (rows[meter + WARNED_AT] as number) < 0 && used >= warnMs)
      rows[meter + WARNED_AT] = from + Math.max(0, warnMs - before);
    if ((rows[meter + SPENT_AT] as number) < 0 && used > budgetMs) rows[meter + SPENT_AT] = from + (budgetMs - before);
  }
  rows[meter + USED] = used;
}

function stepBoth(
  rows: Float64Array,
  p: number,
  f: FreeTime,
  atMs: number,
  verdict: number,
  sink: PlaceSink & { place: number },
): void {
  const alarm = p * ROW;
  const warning = alarm + ROW;
  const meter = warning + ROW;
  const weekEndMs = rows[meter + WEEK_END] as number;
  const warnedAt = rows[meter + WARNED_AT] as number;
  const spentAt = rows[meter + SPENT_AT] as number;
  const sinceMs = Math.min(atMs, rows[alarm + LAST_DETERMINED] as number);
  cutWarning(rows, warning, spentAt);
  sink.place = p + 1;
  const warnEndMs = spentAt < 0 ? weekEndMs : spentAt;
  step(rows, warning, warnedAt < 0 ? NEVER : during(f, warnedAt, warnEndMs, sinceMs, atMs), atMs, verdict, sink);
  sink.place = p;
  step(rows, alarm, spentAt < 0 ? NEVER : during(f, spentAt, weekEndMs, sinceMs, atMs), atMs, verdict, sink);
}

/** The pre-alert ends where the alarm begins. */
function cutWarning(rows: Float64Array, warning: number, spentAt: number): void {
  const start = rows[warning + OPEN_START] as number;
  if (spentAt < 0 || start < 0) return;
  rows[warning + OPEN_END] = Math.max(start, Math.min(rows[warning + OPEN_END] as number, spentAt));
}

/** The active times of a machine: what of the free times lies in [fromMs, toMs), as far as a fix at `atMs` asks for it. */
function during(f: FreeTime, fromMs: number, toMs: number, sinceMs: number, atMs: number): PlaceParameters {
  const flat: number[] = [];
  const { active } = f;
  for (let i = firstEndingAfter(active, Math.max(fromMs, sinceMs)); i < active.length; i += 2) {
    const from = Math.max(active[i] as number, fromMs);
    const to = Math.min(active[i + 1] as number, toMs);
    if (from > atMs || from >= to) break;
    flat.push(from, to);
  }
  return { breach: OUTSIDE, dwellMs: 0, active: Float64Array.from(flat) };
}

/** After a revision has cut running episodes anew: none outlasts its week, and no pre-alert the alarm. */
export function reclipFreeTime(rows: Float64Array, p: number): void {
  const alarm = p * ROW;
  const warning = alarm + ROW;
  const meter = warning + ROW;
  for (const o of [alarm, warning])
    if ((rows[o + OPEN_START] as number) >= 0)
      rows[o + OPEN_END] = Math.min(rows[o + OPEN_END] as number, rows[meter + WEEK_END] as number);
  cutWarning(rows, warning, rows[meter + SPENT_AT] as number);
}
