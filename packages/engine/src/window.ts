// The late window: what leaves it is closed into the machines' bases, and the standings that changed inside and before it.
import { fixTimeMs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { freshRows } from './device-state.ts';
import { collector, feed } from './fold-place.ts';
import { pairTransitions, trimPairs } from './fold-proximity.ts';
import { CLOSING_LAG_MS, HISTORY_REPORTS_MAX, LATE_WINDOW_MS } from './limits.ts';
import type { Transition } from './types.ts';

type Moves = typeof collector.moves;

/** Closes what has left the late window, of all devices of the case at once; from then on it cannot change. */
export function trim(c: CaseState, nowMs: number): void {
  let any = false;
  for (const d of c.devices) if (leaving(d, nowMs - LATE_WINDOW_MS - CLOSING_LAG_MS) > 0) any = true;
  if (!any) return;
  const oldest = nowMs - LATE_WINDOW_MS;
  trimPairs(c, (d) => leaving(d, oldest));
  for (const d of c.devices) trimDevice(c, d, leaving(d, oldest));
}

function leaving(d: DeviceState, oldestMs: number): number {
  let count = Math.max(0, d.history.length - HISTORY_REPORTS_MAX);
  while (count < d.history.length && d.history.at(count) < oldestMs) count++;
  return count;
}

function trimDevice(c: CaseState, d: DeviceState, count: number): void {
  if (count === 0) return;
  const { history } = d;
  if (d.role === 'wearer') {
    d.base ??= freshRows(c.places.length);
    collector.clear();
    for (let i = 0; i < count; i++) {
      if (c.pastTransitions !== undefined) collector.moves = recorder(c, d, i, c.pastTransitions);
      feed(c, d, d.base, i);
    }
    collector.clear();
  }
  d.floorMs = history.at(count - 1);
  for (let i = count - 1; i >= 0; i--) {
    if (!history.hasFix(i)) continue;
    d.anchor = {
      at: history.at(i),
      latE7: history.latE7(i),
      lonE7: history.lonE7(i),
      accuracyMm: history.accuracyMm(i),
    };
    break;
  }
  history.drop(count);
  d.lastFix = d.lastFix < count ? -1 : d.lastFix - count;
}

const SIDES = ['unknown', 'inside', 'outside'];

function recorder(c: CaseState, d: DeviceState, i: number, to: Transition[]): Moves {
  return (p, from, side, atMs) => {
    const place = c.places[p] as CaseState['places'][number];
    if (place.isRing) return;
    const decided = atMs === d.history.at(i) ? i : d.history.lastAtOrBefore(atMs);
    to.push({
      ruleId: place.instance.rule.ruleId,
      deviceId: d.deviceId,
      from: SIDES[from] as string,
      to: SIDES[side] as string,
      at: fixTimeMs(atMs),
      reportKey: decided >= 0 ? d.history.key(decided) : '',
    });
  };
}

/** Standings that changed, per device and rule in fix-time order; the past ones only if they were kept. */
export function transitionsOf(c: CaseState): Transition[] {
  const all: Transition[] = [...(c.pastTransitions ?? [])];
  for (const d of c.devices) {
    if (d.role !== 'wearer') continue;
    const rows = d.base === undefined ? freshRows(c.places.length) : d.base.slice();
    collector.clear();
    for (let i = 0; i < d.history.length; i++) {
      collector.moves = recorder(c, d, i, all);
      feed(c, d, rows, i);
    }
    collector.clear();
  }
  return [...all, ...pairTransitions(c)];
}
