// Rules about what is known rather than where somebody is: silence, absence nobody can confirm, undetermined fixes, tampering,
// battery, jamming, reports that came too late or contradict themselves. They go by log time of receipt.
import { type IncidentKind, type LogTimeUs, type Reason, logTimeMs, logTimeUs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { reasonFix, scopeOf } from './reconcile.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { Opening } from './incidents.ts';
import { activeFrom, firstEndingAfter, isActive } from './intervals.ts';
import {
  ABSENCE_WAIT_MS,
  BATTERY_HYSTERESIS_PCT,
  UNDETERMINED_MAX,
  UNDETERMINED_SPAN_MS,
  SOS_SINCE,
} from './limits.ts';
import { LAST_DETERMINED, OPEN_START, ROW, RUN, RUN_FIRST_AT, RUN_LAST_AT, STANDING } from './place-machine.ts';
import type { RuleInstance } from './rule-instance.ts';
import type { Clock } from './types.ts';

/** The rule of what every case has, whatever its order says. */
export const GENERAL_RULE = 'general';

function reason(
  c: CaseState,
  instance: RuleInstance | undefined,
  kind: IncidentKind,
  code: string,
  fixes: Reason['fixes'],
  values: Reason['values'],
): Reason {
  return { rule: instance?.rule.ruleId ?? GENERAL_RULE, kind, version: c.rulesVersion, code, fixes, values };
}

function opening(
  c: CaseState,
  instance: RuleInstance | undefined,
  d: DeviceState,
  kind: IncidentKind,
  code: string,
  key: string,
  openedAtMs: number,
  dueMs: number,
  i: number,
  values: Reason['values'],
): Opening {
  const ruleKey = instance?.key ?? GENERAL_RULE;
  const derived = instance === undefined || instance.rule.kind !== kind;
  return {
    scope:
      instance === undefined ? `${GENERAL_RULE}|${kind}|${code}|${d.deviceId}` : scopeOf(instance, kind, d.deviceId),
    idRule: derived ? `${ruleKey}|${kind}|${code}` : ruleKey,
    ruleId: instance?.rule.ruleId ?? GENERAL_RULE,
    deviceId: d.deviceId,
    kind,
    openingKey: key,
    openedAtMs,
    closedAtMs: -1,
    dueMs,
    signals: 1,
    reason: reason(
      c,
      instance,
      kind,
      code,
      i < 0 ? [{ deviceId: d.deviceId, atMs: openedAtMs }] : [reasonFix(c, d, i, instance?.place ?? -1)],
      values,
    ),
  };
}

// Silence (D5).

/**
 * The log time (microseconds) at which a device's silence passes the limit of a rule, Infinity if that lies ahead of what has been
 * observed. The clock is that of the origin the device is bound to; it stands still in gaps and starts anew at restarts.
 */
export function silenceDueUs(c: CaseState, d: DeviceState, instance: RuleInstance, clock: Clock): number {
  const due = silenceDueObs(d, instance, clock);
  if (clock.obs(d.boundTo) < due) return Number.POSITIVE_INFINITY;
  const toldUntilMs = silenceToldUntilMs(c, d, instance);
  if (toldUntilMs >= 0) return activeFrom(instance.active, toldUntilMs) * 1000;
  const atUs = clock.timeOfObs(d.boundTo, due);
  return isActive(instance.active, atUs / 1000) ? atUs : activeFrom(instance.active, Math.ceil(atUs / 1000)) * 1000;
}

/** An incident of this very silence, which a revision ended with its rule: nobody has heard the device since. */
const isTold = (d: DeviceState, scope: string, r: IncidentRecord): boolean =>
  r.scope === scope && r.closedAtMs >= 0 && r.certainty !== 'withdrawn' && r.openedAtMs * 1000 > d.lastReportUs;

/** -1: of this silence nobody was told. */
function silenceToldUntilMs(c: CaseState, d: DeviceState, instance: RuleInstance): number {
  if (c.incidents.list.length === 0) return -1;
  const scope = scopeOf(instance, 'silence', d.deviceId);
  let untilMs = -1;
  for (const r of c.incidents.list) if (isTold(d, scope, r)) untilMs = Math.max(untilMs, r.closedAtMs);
  return untilMs;
}

/** The same on the observed clock of the origin. */
export function silenceDueObs(d: DeviceState, instance: RuleInstance, clock: Clock): number {
  const gapUs = (instance.rule.maxGapMs as number) * 1000;
  let start = d.obsAtLast;
  for (;;) {
    const restart = clock.obsRestartAfter?.(d.boundTo, start) ?? clock.obsRestart(d.boundTo);
    // A restart at the very value comes too late: the entry that reached it lies before, and fired the silence.
    if (!(restart > start) || restart >= start + gapUs) return start + gapUs;
    start = restart;
  }
}

export function openSilence(c: CaseState, d: DeviceState, clock: Clock, now: LogTimeUs): void {
  for (const instance of c.ofKind('silence')) {
    const due = silenceDueUs(c, d, instance, clock);
    if (due > now) continue;
    const scope = scopeOf(instance, 'silence', d.deviceId);
    if (c.incidents.openOf(scope) !== undefined) continue;
    const openedAtMs = logTimeMs(logTimeUs(due));
    const last = d.history.length - 1;
    const key = last >= 0 ? `${d.history.key(last)}@${d.lastReportUs}` : `@${openedAtMs}`;
    c.incidents.raise(
      opening(c, instance, d, 'silence', 'silent', key, openedAtMs, openedAtMs, d.lastFix, {
        maxGapMs: instance.rule.maxGapMs as number,
        lastReportMs: d.lastReportUs < 0 ? -1 : Math.floor(d.lastReportUs / 1000),
      }),
      now,
      // A rule that a later revision brings back tells of it anew.
      (known) => !isTold(d, scope, known),
    );
  }
}

/** The device is heard: silence is over. What it had buffered explains it. */
export function endSilence(c: CaseState, d: DeviceState, now: LogTimeUs, earliestFixMs: number): void {
  if (!c.incidents.hasOpen('silence')) return;
  for (const instance of c.ofKind('silence')) {
    const r = c.incidents.openOf(scopeOf(instance, 'silence', d.deviceId));
    if (r === undefined) continue;
    c.incidents.close(r, logTimeMs(now));
    if (earliestFixMs < r.openedAtMs) c.incidents.takeBack(r, 'explained', logTimeMs(now));
  }
}

// Absence unconfirmed: a rule begins while the last known side already breaks it, and nobody hears more.

/** The edge since the last fix from which the standing is unconfirmed, and when that becomes a task. */
function absence(c: CaseState, d: DeviceState, p: number): { edgeMs: number; dueMs: number } | undefined {
  const place = c.places[p] as CaseState['places'][number];
  const { rule, active } = place.instance;
  const o = p * ROW;
  const breach = rule.kind === 'exclusion' ? 1 : 2;
  if (
    place.isRing ||
    rule.kind === 'free_time' ||
    d.rows[o + STANDING] !== breach ||
    (d.rows[o + OPEN_START] as number) >= 0
  )
    return undefined;
  const last = d.rows[o + LAST_DETERMINED] as number;
  const wait = Math.max(rule.graceMs ?? 0, ABSENCE_WAIT_MS);
  for (let i = firstEndingAfter(active, last); i < active.length; i += 2) {
    const edgeMs = active[i] as number;
    if (edgeMs > last && edgeMs + wait < (active[i + 1] as number)) return { edgeMs, dueMs: edgeMs + wait };
  }
  return undefined;
}

const absenceScope = (c: CaseState, d: DeviceState, p: number): string =>
  scopeOf((c.places[p] as CaseState['places'][number]).instance, 'absence_unconfirmed', d.deviceId);

export function absenceDueMs(c: CaseState, d: DeviceState): number {
  let due = Number.POSITIVE_INFINITY;
  if (d.role !== 'wearer') return due;
  for (let p = 0; p < c.places.length; p++) {
    const a = absence(c, d, p);
    if (a !== undefined && a.dueMs < due && c.incidents.openOf(absenceScope(c, d, p)) === undefined) due = a.dueMs;
  }
  return due;
}

export function watchAbsence(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  if (d.role !== 'wearer') return;
  const nowMs = logTimeMs(now);
  for (let p = 0; p < c.places.length; p++) {
    const { instance, isRing } = c.places[p] as CaseState['places'][number];
    if (isRing) continue;
    const a = absence(c, d, p);
    if (a === undefined && !c.incidents.hasOpen('absence_unconfirmed')) continue;
    const open = c.incidents.openOf(absenceScope(c, d, p));
    if (open !== undefined) {
      if (a === undefined || a.edgeMs !== open.reason.values['edgeMs']) c.incidents.takeBack(open, 'explained', nowMs);
      else continue;
    }
    if (a === undefined || a.dueMs > nowMs) continue;
    const i = d.history.lastAtOrBefore(d.rows[p * ROW + LAST_DETERMINED] as number);
    const code = instance.rule.kind === 'inclusion' ? 'absence_unconfirmed' : 'presence_unconfirmed';
    c.incidents.raise(
      opening(c, instance, d, 'absence_unconfirmed', code, `@${a.edgeMs}`, a.dueMs, a.dueMs, i, {
        edgeMs: a.edgeMs,
        lastFixMs: d.rows[p * ROW + LAST_DETERMINED] as number,
        graceMs: instance.rule.graceMs ?? 0,
      }),
      now,
    );
  }
}

// Checks: undetermined fixes in a row.

export function watchUndetermined(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  if (d.role !== 'wearer' || d.history.length === 0) return;
  for (let p = 0; p < c.places.length; p++) {
    const { instance, isRing } = c.places[p] as CaseState['places'][number];
    if (isRing || instance.rule.kind === 'free_time') continue;
    const o = p * ROW;
    const run = d.rows[o + RUN] as number;
    if (run === 0 && !c.incidents.hasOpen('check')) continue;
    const scope = scopeOf(instance, 'check', d.deviceId);
    const open = c.incidents.openOf(scope);
    if (run === 0) {
      if (open !== undefined) c.incidents.close(open, logTimeMs(now));
      continue;
    }
    const lastMs = d.rows[o + RUN_LAST_AT] as number;
    const spanMs = lastMs - (d.rows[o + RUN_FIRST_AT] as number);
    if (open !== undefined) {
      c.incidents.count(open, run);
      continue;
    }
    if (run < UNDETERMINED_MAX && spanMs < UNDETERMINED_SPAN_MS) continue;
    if (!isActive(instance.active, lastMs)) continue;
    const i = d.history.lastAtOrBefore(lastMs);
    const key = `${d.history.key(i)}@${d.rows[o + RUN_FIRST_AT] as number}`;
    c.incidents.raise(
      opening(c, instance, d, 'check', 'undetermined', key, lastMs, lastMs, i, { count: run, spanMs }),
      now,
    );
  }
}

// What a report says of the device.

/** No order has to ask for it: whoever carries a device may call, and a person answers. Repeated calls count inside the first until then. */
export function calledForHelp(c: CaseState, d: DeviceState, i: number, atMs: number, now: LogTimeUs): void {
  if (c.rulesVersion < SOS_SINCE) return;
  if (atMs < c.order.validFromMs || atMs >= c.order.validToMs) return;
  const o = opening(c, undefined, d, 'sos', 'sos', d.history.key(i), atMs, atMs, i, {});
  const open = c.incidents.list.findLast(
    (r) => r.scope === o.scope && r.status !== 'resolved' && r.certainty === 'raised',
  );
  if (open !== undefined) c.incidents.count(open, open.signals + 1);
  else c.incidents.raise(o, now);
}

/** Tampering never ends by itself: signals count inside the incident until a person has resolved it. */
export function tampered(
  c: CaseState,
  d: DeviceState,
  i: number,
  code: 'strap_open' | 'case_open',
  atMs: number,
  now: LogTimeUs,
): void {
  for (const instance of c.ofKind('tamper')) {
    if (!isActive(instance.active, atMs)) continue;
    const scope = scopeOf(instance, 'tamper', d.deviceId);
    const open = c.incidents.list.findLast(
      (r) => r.scope === scope && r.status !== 'resolved' && r.certainty === 'raised',
    );
    if (open !== undefined) c.incidents.count(open, open.signals + 1);
    else c.incidents.raise(opening(c, instance, d, 'tamper', code, d.history.key(i), atMs, atMs, i, {}), now);
  }
}

export function battery(c: CaseState, d: DeviceState, i: number, pct: number, atMs: number, now: LogTimeUs): void {
  if (atMs < d.batteryAt) return;
  d.batteryPct = pct;
  d.batteryAt = atMs;
  for (const instance of c.ofKind('battery')) {
    const minPct = instance.rule.minPct as number;
    if (pct >= minPct && !c.incidents.hasOpen('battery')) continue;
    const open = c.incidents.openOf(scopeOf(instance, 'battery', d.deviceId));
    if (open !== undefined) {
      if (pct >= Math.min(100, minPct + BATTERY_HYSTERESIS_PCT)) c.incidents.close(open, atMs);
      else if (pct < minPct) c.incidents.count(open, open.signals + 1);
    } else if (pct < minPct && isActive(instance.active, atMs))
      c.incidents.raise(
        opening(c, instance, d, 'battery', 'battery_low', d.history.key(i), atMs, atMs, i, { pct, minPct }),
        now,
      );
  }
}

export function jamming(
  c: CaseState,
  d: DeviceState,
  i: number,
  isJammed: boolean,
  atMs: number,
  now: LogTimeUs,
): void {
  if (atMs < d.jammingAt) return;
  d.jammingAt = atMs;
  if (!isJammed) d.jammedSince = -1;
  else if (d.jammedSince < 0) d.jammedSince = atMs;
  if (!isJammed)
    for (const instance of c.ofKind('jamming')) {
      const open = c.incidents.openOf(scopeOf(instance, 'jamming', d.deviceId));
      if (open !== undefined) c.incidents.close(open, atMs);
    }
  else watchJamming(c, d, now, i);
}

export function jammingDueMs(c: CaseState, d: DeviceState): number {
  let due = Number.POSITIVE_INFINITY;
  if (d.jammedSince < 0) return due;
  for (const instance of c.ofKind('jamming')) {
    if (c.incidents.openOf(scopeOf(instance, 'jamming', d.deviceId)) !== undefined) continue;
    due = Math.min(due, activeFrom(instance.active, d.jammedSince) + (instance.rule.graceMs ?? 0));
  }
  return due;
}

export function watchJamming(c: CaseState, d: DeviceState, now: LogTimeUs, i = d.history.length - 1): void {
  if (d.jammedSince < 0) return;
  for (const instance of c.ofKind('jamming')) {
    const openedAtMs = activeFrom(instance.active, d.jammedSince) + (instance.rule.graceMs ?? 0);
    const open = c.incidents.openOf(scopeOf(instance, 'jamming', d.deviceId));
    if (open !== undefined || openedAtMs > Math.max(logTimeMs(now), d.jammingAt)) continue;
    c.incidents.raise(
      opening(c, instance, d, 'jamming', 'jammed', `@${d.jammedSince}`, openedAtMs, openedAtMs, i, {
        sinceMs: d.jammedSince,
        graceMs: instance.rule.graceMs ?? 0,
      }),
      now,
    );
  }
}

/** Something about a report that a person must look at: a task that a person closes. */
export function flag(
  c: CaseState,
  d: DeviceState,
  kind: 'check' | 'stale',
  code: string,
  key: string,
  atMs: number,
  values: Reason['values'],
  now: LogTimeUs,
): void {
  const nowMs = logTimeMs(now);
  const o = opening(c, undefined, d, kind, code, key, nowMs, nowMs, -1, values);
  const open = c.incidents.openOf(o.scope);
  if (open !== undefined) c.incidents.count(open, open.signals + 1);
  else c.incidents.raise({ ...o, reason: { ...o.reason, fixes: [{ deviceId: d.deviceId, atMs }] } }, now);
}

/** At a stop or the end of what a rule watched: knowledge incidents have nothing left to know. Tampering stays a person's. */
export function endKnowledge(c: CaseState, atMs: number): void {
  for (const r of c.incidents.list) {
    if (r.closedAtMs >= 0 || r.certainty !== 'raised' || !ENDS_WITH_MEASURE.has(r.kind)) continue;
    c.incidents.close(r, Math.max(atMs, r.openedAtMs));
  }
}
const ENDS_WITH_MEASURE: ReadonlySet<IncidentRecord['kind']> = new Set([
  'silence',
  'battery',
  'jamming',
  'motion_without_fix',
  'absence_unconfirmed',
  'check',
]);
