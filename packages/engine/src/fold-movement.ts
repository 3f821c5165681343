// What two fixes in a row, or their absence, tell: a zone crossed between them, a speed nobody has, a device that moves without
// finding its place.
import { OUTSIDE, crosses, distanceM, verdict } from '@vigie/geo';
import { type LogTimeUs, type ReasonFix, logTimeMs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { reasonFix, scopeOf } from './reconcile.ts';
import { IN_MOTION } from './history.ts';
import type { Opening } from './incidents.ts';
import { isActive } from './intervals.ts';
import {
  CROSSING_GAP_MS_MAX,
  IMPLAUSIBLE_DISTANCE_M_MIN,
  IMPLAUSIBLE_SPEED_MMPS,
  MOTION_WITHOUT_FIX_MS,
} from './limits.ts';
import type { RuleInstance } from './rule-instance.ts';

function previousFix(d: DeviceState, i: number): number {
  let k = i - 1;
  while (k >= 0 && !d.history.hasFix(k)) k--;
  return k;
}

/** The fix before record `k`, in the history or, for the first one, the last that has left it. */
function fixBefore(c: CaseState, d: DeviceState, p: number, k: number): ReasonFix {
  const i = previousFix(d, k);
  if (i >= 0) return reasonFix(c, d, i, p);
  const { at = 0, ...place } = d.anchor ?? {};
  return { deviceId: d.deviceId, atMs: at, ...place };
}

/** Crossings from index `from` on; `isAll`: the whole window was run again, so what is not found any more is refuted. */
export function watchCrossing(c: CaseState, d: DeviceState, from: number, isAll: boolean, now: LogTimeUs): void {
  if (d.role !== 'wearer') return;
  const { history } = d;
  for (let p = 0; p < c.places.length; p++) {
    const { instance, isRing } = c.places[p] as CaseState['places'][number];
    if (isRing || instance.rule.kind !== 'exclusion') continue;
    // Made at the first crossing: most reports cross nothing.
    let scope = '';
    let found: Set<number> | undefined;
    let raised: Set<number> | undefined;
    for (let k = isAll ? 0 : from; k < history.length; k++) {
      if (!history.hasFix(k) || history.verdict(k, p) !== OUTSIDE) continue;
      if (!crossed(c, d, p, k)) continue;
      const at = history.at(k);
      if (scope === '') scope = scopeOf(instance, 'crossed', d.deviceId);
      found ??= new Set();
      found.add(at);
      raised ??= openedAts(c, scope);
      if (raised.has(at)) continue;
      raised.add(at);
      c.incidents.raise(crossing(c, d, instance, p, fixBefore(c, d, p, k), k), now);
    }
    if (!isAll) continue;
    for (const r of c.incidents.ofScope(scopeOf(instance, 'crossed', d.deviceId), 0))
      if (r.certainty === 'raised' && r.openedAtMs > (d.anchor?.at ?? -1) && found?.has(r.openedAtMs) !== true)
        c.incidents.takeBack(r, 'refuted', r.openedAtMs);
  }
}

/** Whether the way to record `k`, which lies outside, came from outside and led through. Allocates nothing. */
function crossed(c: CaseState, d: DeviceState, p: number, k: number): boolean {
  const { history: h, anchor } = d;
  const i = previousFix(d, k);
  const slot = c.firstSlot + p;
  const { table } = c.zones;
  let lonE7: number;
  let latE7: number;
  let fromMs: number;
  if (i >= 0) {
    if (h.verdict(i, p) !== OUTSIDE) return false;
    lonE7 = h.lonE7(i);
    latE7 = h.latE7(i);
    fromMs = h.at(i);
  } else {
    if (anchor === undefined) return false;
    ({ lonE7, latE7, at: fromMs } = anchor);
    if (verdict(table, slot, lonE7, latE7, anchor.accuracyMm / 1000) !== OUTSIDE) return false;
  }
  const at = h.at(k);
  if (at - fromMs > CROSSING_GAP_MS_MAX || !crosses(table, slot, lonE7, latE7, h.lonE7(k), h.latE7(k))) return false;
  const { active } = (c.places[p] as CaseState['places'][number]).instance;
  return isActive(active, at) && isActive(active, fromMs);
}

const openedAts = (c: CaseState, scope: string): Set<number> =>
  new Set(
    c.incidents
      .ofScope(scope, 0)
      .filter((r) => r.certainty === 'raised')
      .map((r) => r.openedAtMs),
  );

function crossing(
  c: CaseState,
  d: DeviceState,
  instance: RuleInstance,
  p: number,
  before: ReasonFix,
  k: number,
): Opening {
  const at = d.history.at(k);
  return {
    ...opening(c, d, instance, 'crossed', 'crossed', d.history.key(k), at, at, k, {}),
    closedAtMs: at,
    reason: {
      rule: instance.rule.ruleId,
      kind: 'crossed',
      version: c.rulesVersion,
      code: 'crossed',
      fixes: [before, reasonFix(c, d, k, p)],
      values: { gapMs: at - before.atMs },
    },
  };
}

function opening(
  c: CaseState,
  d: DeviceState,
  instance: RuleInstance,
  kind: 'crossed' | 'implausible' | 'motion_without_fix',
  code: string,
  key: string,
  openedAtMs: number,
  dueMs: number,
  i: number,
  values: Record<string, number>,
): Opening {
  return {
    scope: scopeOf(instance, kind, d.deviceId),
    idRule: kind === instance.rule.kind ? instance.key : `${instance.key}|${kind}`,
    ruleId: instance.rule.ruleId,
    deviceId: d.deviceId,
    kind,
    openingKey: key,
    openedAtMs,
    closedAtMs: -1,
    dueMs,
    signals: 1,
    reason: {
      rule: instance.rule.ruleId,
      kind,
      version: c.rulesVersion,
      code,
      fixes: i < 0 ? [{ deviceId: d.deviceId, atMs: openedAtMs }] : [reasonFix(c, d, i)],
      values,
    },
  };
}

/** A report just put in at `k`: the ways to it and from it. The fixes stay what they are; a person looks. */
export function watchSpeed(c: CaseState, d: DeviceState, k: number, now: LogTimeUs): void {
  const rules = c.ofKind('implausible');
  if (rules.length === 0 || !d.history.hasFix(k)) return;
  const before = previousFix(d, k);
  if (before >= 0) checkSpeed(c, d, rules, before, k, now);
  let after = k + 1;
  while (after < d.history.length && !d.history.hasFix(after)) after++;
  if (after < d.history.length) checkSpeed(c, d, rules, k, after, now);
}

/** Whether a step would raise or count an implausible movement, by the strictest rule, its times aside. */
export function isTooFast(
  c: CaseState,
  lon1E7: number,
  lat1E7: number,
  lon2E7: number,
  lat2E7: number,
  accuraciesMm: number,
  stepMs: number,
): boolean {
  const metres = distanceM(lon1E7, lat1E7, lon2E7, lat2E7) - accuraciesMm / 1000;
  if (metres < IMPLAUSIBLE_DISTANCE_M_MIN) return false;
  const speedMmps = speedOf(metres, stepMs);
  return c.ofKind('implausible').some(({ rule }) => speedMmps > (rule.maxSpeedMmps ?? IMPLAUSIBLE_SPEED_MMPS));
}

const speedOf = (metres: number, stepMs: number): number => Math.round((metres * 1_000_000) / Math.max(1, stepMs));

function checkSpeed(
  c: CaseState,
  d: DeviceState,
  rules: readonly RuleInstance[],
  i: number,
  k: number,
  now: LogTimeUs,
): void {
  const { history: h } = d;
  const metres = distanceM(h.lonE7(i), h.latE7(i), h.lonE7(k), h.latE7(k)) - (h.accuracyMm(i) + h.accuracyMm(k)) / 1000;
  if (metres < IMPLAUSIBLE_DISTANCE_M_MIN) return;
  const speedMmps = speedOf(metres, h.at(k) - h.at(i));
  const at = h.at(k);
  for (const instance of rules) {
    if (speedMmps <= (instance.rule.maxSpeedMmps ?? IMPLAUSIBLE_SPEED_MMPS) || !isActive(instance.active, at)) continue;
    const open = c.incidents.openOf(scopeOf(instance, 'implausible', d.deviceId));
    if (open !== undefined) c.incidents.count(open, open.signals + 1);
    else {
      const o = opening(c, d, instance, 'implausible', 'implausible', h.key(k), at, at, i, {
        speedMmps,
        distanceMm: Math.round(metres * 1000),
      });
      c.incidents.raise({ ...o, reason: { ...o.reason, fixes: [reasonFix(c, d, i), reasonFix(c, d, k)] } }, now);
    }
  }
}

/** The device says that it moves, and has no fix for it. Ends with the next fix. */
export function watchMotion(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  const rules = c.ofKind('motion_without_fix');
  if (rules.length === 0 || d.history.length === 0) return;
  const { history } = d;
  let first = -1;
  let last = -1;
  for (let i = d.lastFix + 1; i < history.length; i++) {
    if ((history.flags(i) & IN_MOTION) === 0) continue;
    if (first < 0) first = i;
    last = i;
  }
  if (first < 0 && !c.incidents.hasOpen('motion_without_fix')) return;
  for (const instance of rules) {
    const open = c.incidents.openOf(scopeOf(instance, 'motion_without_fix', d.deviceId));
    if (first < 0) {
      if (open !== undefined) c.incidents.close(open, logTimeMs(now));
      continue;
    }
    const sinceMs = history.at(last) - history.at(first);
    if (open !== undefined || sinceMs < (instance.rule.maxMs ?? MOTION_WITHOUT_FIX_MS)) continue;
    const at = history.at(last);
    if (!isActive(instance.active, at)) continue;
    c.incidents.raise(
      opening(c, d, instance, 'motion_without_fix', 'motion_without_fix', history.key(first), at, at, d.lastFix, {
        sinceMs,
      }),
      now,
    );
  }
}
