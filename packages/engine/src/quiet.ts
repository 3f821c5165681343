// The usual report: the next one of a device, of good standing, that changes nothing but where and when the device was last. It is put
// into the history and counted; what the machines would note of it (the time of the last fix, one signal more of a running episode) is
// settled when somebody asks. Whether a report is of this sort takes a few comparisons with what was worked out at the last one that
// was not: a box in which no verdict changes, and times until which no schedule, timer or age does. Everything else goes the exact way
// (fold-reports.ts), and both ways end in the same bytes (quiet.property.test.ts).
import { crosses, cutToReach, cutToSameSide, distanceM, eastReachE7, northReachE7, widestBox } from '@vigie/geo';
import { FIX_TIME_MS_MIN, type ReportBatchReader, logTimeMs } from '@vigie/model';
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { FIX_TIME_MS_TOP, HASH_SEED_A, HASH_SEED_B, MOTION, TOLD } from './fold-reports.ts';
import { isTooFast } from './fold-movement.ts';
import { type Draft, HAS_FIX, IN_MOTION, NAMED } from './history.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type Intervals, firstEndingAfter } from './intervals.ts';
import { CLOSING_LAG_MS, HISTORY_REPORTS_MAX, IMPLAUSIBLE_DISTANCE_M_MIN, LATE_WINDOW_MS } from './limits.ts';
import {
  ALARM,
  FED_TO,
  type PairState,
  WARNING,
  alarmOf,
  feedFix,
  fixTimeOf,
  isKnown,
  otherOf,
  warningOf,
} from './pair-state.ts';
import {
  CANDIDATE,
  LAST_DETERMINED,
  OPEN_CONFIRMED_AT,
  OPEN_END,
  OPEN_SIGNALS,
  OPEN_START,
  ROW,
  RUN,
  STANDING,
} from './place-machine.ts';
import type { Clock, Place } from './types.ts';
import { judgeFix } from './verdicts.ts';

/** A case of more devices than this goes the exact way always. */
const DEVICES_MAX = 4;
/** A step of so many 1e-7 degrees, east and north together, is shorter than `IMPLAUSIBLE_DISTANCE_M_MIN`. */
const STEP_E7_SURE = Math.floor((IMPLAUSIBLE_DISTANCE_M_MIN / 0.01117) * 0.99);
/** Metres of 1e-7 degree, at most. */
const M_PER_E7_MAX = 0.01117;

const draft: Draft = {
  at: 0,
  flags: 0,
  latE7: 0,
  lonE7: 0,
  accuracyMm: 0,
  boot: 0,
  seq: 0,
  hashA: 0,
  hashB: 0,
  beacons: 0,
};
const box = new Int32Array(4);

/** Takes an upload in if all of it is of the usual sort. False: nothing has happened, and it goes the exact way. */
export function takeQuietly(c: CaseState, batch: ReportBatchReader, place: Place, clock: Clock): boolean {
  const now = clock.t;
  if (c.nextDueUs <= now) return false;
  if (c.nextObs[0] <= clock.obs('noirmont') || c.nextObs[1] <= clock.obs('delemont')) return false;
  const nowMs = logTimeMs(now);
  if (nowMs > c.quietUntilMs) return false;
  const d = deviceOf(c, batch);
  if (d === undefined || d.quietWest > d.quietEast || d.boundTo !== place.site) return false;
  const { count } = batch;
  if (count === 0 || !areUsual(c, d, batch, nowMs)) return false;
  const { history } = d;
  for (let i = 0; i < count; i++) {
    readInto(draft, batch, i);
    history.appendLikeLast(draft);
    const pct = batch.batteryPct(i);
    if (pct <= 100) {
      d.batteryPct = pct;
      d.batteryAt = draft.at;
    }
  }
  d.lastFix = history.length - 1;
  d.runs.goOn(count);
  d.reports += count;
  d.lastReportUs = now;
  d.obsAtLast = clock.obs(place.site);
  d.quietCount += count;
  c.quietCount += count;
  c.fedToMs = draft.at;
  return true;
}

function deviceOf(c: CaseState, batch: ReportBatchReader): DeviceState | undefined {
  const { devices } = c;
  for (let i = 0; i < devices.length; i++) {
    const d = devices[i] as DeviceState;
    if (batch.isOf(d.deviceId)) return d;
  }
  return undefined;
}

/** Looks only, but may move the device's box along with fixes that stay on their sides. */
function areUsual(c: CaseState, d: DeviceState, batch: ReportBatchReader, nowMs: number): boolean {
  const { history } = d;
  const { count } = batch;
  const last = history.length - 1;
  if (last + 1 + count > HISTORY_REPORTS_MAX) return false;
  let before: number = Math.max(history.at(last), c.fedToMs);
  let lonBefore = history.lonE7(last);
  let latBefore = history.latE7(last);
  const run = d.runs.latest();
  if (run === undefined) return false;
  for (let i = 0; i < count; i++) {
    const at: number = batch.at(i);
    if (!Number.isInteger(at) || at < FIX_TIME_MS_MIN || at > FIX_TIME_MS_TOP) return false;
    if (at <= before || at > d.quietUntilMs || at > nowMs + c.aheadMs || at < nowMs - LATE_WINDOW_MS) return false;
    if (!batch.hasFix(i) || (batch.events(i) & TOLD) !== 0) return false;
    if (batch.boot(i) !== run.boot || batch.seq(i) !== run.last + 1 + i) return false;
    if (batch.hasExtras(i) && c.beacons.length > 0) return false;
    const pct = batch.batteryPct(i);
    if (pct < d.quietMinPct) return false;
    const lonE7 = batch.lonE7(i);
    const latE7 = batch.latE7(i);
    const accuracyMm = batch.accuracyMm(i);
    if (!isInBox(d, lonE7, latE7, accuracyMm) && !moveBox(c, d, lonBefore, latBefore, lonE7, latE7, accuracyMm))
      return false;
    if (Math.abs(lonE7 - lonBefore) + Math.abs(latE7 - latBefore) > STEP_E7_SURE && c.watchesSpeed) {
      const accuracyBeforeMm = i === 0 ? history.accuracyMm(last) : batch.accuracyMm(i - 1);
      const ownBefore = i === 0 ? history.at(last) : batch.at(i - 1);
      if (isTooFast(c, lonBefore, latBefore, lonE7, latE7, accuracyBeforeMm + accuracyMm, at - ownBefore)) return false;
    }
    before = at;
    lonBefore = lonE7;
    latBefore = latE7;
  }
  return true;
}

function readInto(to: Draft, batch: ReportBatchReader, i: number): void {
  to.at = batch.at(i);
  to.flags = HAS_FIX | NAMED | ((batch.events(i) & MOTION) === 0 ? 0 : IN_MOTION);
  to.latE7 = batch.latE7(i);
  to.lonE7 = batch.lonE7(i);
  to.accuracyMm = batch.accuracyMm(i);
  to.boot = batch.boot(i);
  to.seq = batch.seq(i);
  to.hashA = batch.fingerprint(i, HASH_SEED_A);
  to.hashB = batch.fingerprint(i, HASH_SEED_B);
}

/** With everything within its accuracy. */
function isInBox(d: DeviceState, lonE7: number, latE7: number, accuracyMm: number): boolean {
  if (accuracyMm === 0)
    return lonE7 >= d.quietWest && lonE7 <= d.quietEast && latE7 >= d.quietSouth && latE7 <= d.quietNorth;
  const reachX = eastReachE7(accuracyMm / 1000, latE7);
  const reachY = northReachE7(accuracyMm / 1000);
  return (
    lonE7 - reachX >= d.quietWest &&
    lonE7 + reachX <= d.quietEast &&
    latE7 - reachY >= d.quietSouth &&
    latE7 + reachY <= d.quietNorth
  );
}

/** Makes a box around a fix outside the old one, if it lies on the same sides as the last and the way crosses no zone. */
function moveBox(
  c: CaseState,
  d: DeviceState,
  lonBefore: number,
  latBefore: number,
  lonE7: number,
  latE7: number,
  accuracyMm: number,
): boolean {
  const last = d.history.length - 1;
  const accuracyM = accuracyMm / 1000;
  if (d.role === 'wearer') {
    const { table } = c.zones;
    let zoneVerdict = 0;
    for (let p = 0; p < c.places.length; p++) {
      const { instance, isRing } = c.places[p] as PlaceOfCase;
      const v = judgeFix(c, p, lonE7, latE7, accuracyM, zoneVerdict);
      if (v !== d.history.verdict(last, p)) return false;
      if (isRing) continue;
      zoneVerdict = v;
      if (
        instance.rule.kind === 'exclusion' &&
        v === 2 &&
        crosses(table, c.firstSlot + p, lonBefore, latBefore, lonE7, latE7)
      )
        return false;
    }
  }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const other = otherOf(pair, d);
    const o = other.lastFix;
    const apartM = distanceM(lonE7, latE7, other.history.lonE7(o), other.history.latE7(o));
    const otherM = other.history.accuracyMm(o) / 1000;
    const togetherM = Math.sqrt(accuracyM * accuracyM + otherM * otherM);
    const alarm = alarmOf(pair, apartM, togetherM);
    if (alarm !== pair.now[ALARM + STANDING]) return false;
    if (warningOf(pair, apartM, togetherM, alarm) !== pair.now[WARNING + STANDING]) return false;
  }
  return makeBox(c, d, lonE7, latE7) && isInBox(d, lonE7, latE7, accuracyMm);
}

function makeBox(c: CaseState, d: DeviceState, lonE7: number, latE7: number): boolean {
  if (!widestBox(lonE7, latE7, box)) return false;
  if (d.role === 'wearer')
    for (let p = 0; p < c.places.length; p++) {
      const { instance, isRing } = c.places[p] as PlaceOfCase;
      if (instance.hasRing && !isRing) continue; // Its ring, the next place, cuts for both.
      cutToSameSide(c.zones.table, c.firstSlot + p, lonE7, latE7, isRing ? ringOf(instance) : 0, box);
    }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const other = otherOf(pair, d);
    const o = other.lastFix;
    const { rule } = pair.instance;
    const apartM = distanceM(lonE7, latE7, other.history.lonE7(o), other.history.latE7(o));
    const toAlarm = Math.abs(apartM - (rule.alarmMm as number) / 1000);
    const toWarning = Math.abs(apartM - (rule.warnMm as number) / 1000);
    const roomM = Math.min(toAlarm, toWarning) * 0.998 - 0.01;
    // Both move, and both are known to their accuracy only: what the other may do in its box is taken off, or half is left to it.
    const othersM = isArmed(other) ? extentM(other) : roomM / 2;
    cutToReach(lonE7, latE7, roomM - Math.max(othersM, other.history.accuracyMm(o) / 1000), box);
  }
  d.quietWest = box[0] as number;
  d.quietSouth = box[1] as number;
  d.quietEast = box[2] as number;
  d.quietNorth = box[3] as number;
  return true;
}

const ringOf = (instance: PlaceOfCase['instance']): number =>
  ((instance.rule.kind === 'exclusion' ? 1 : -1) * (instance.rule.bufferMm as number)) / 1000;

const isArmed = (d: DeviceState): boolean => d.quietWest <= d.quietEast;

/** How far a device may go from its last fix without leaving its box. */
function extentM(d: DeviceState): number {
  const lonE7 = d.history.lonE7(d.lastFix);
  const latE7 = d.history.latE7(d.lastFix);
  const x = Math.max(d.quietEast - lonE7, lonE7 - d.quietWest);
  const y = Math.max(d.quietNorth - latE7, latE7 - d.quietSouth);
  return (x + y) * M_PER_E7_MAX;
}

/** After reports went the exact way: works out what the next ones must be like to be of the usual sort. */
export function arm(c: CaseState): void {
  disarm(c);
  const { devices, incidents } = c;
  if (c.ended || devices.length > DEVICES_MAX) return;
  // Every fix away is charged.
  if (c.ofKind('free_time').length > 0) return;
  if (incidents.list.length > 0 && STOPS_QUIET.some((kind) => incidents.hasOpen(kind))) return;
  c.quietUntilMs = Number.POSITIVE_INFINITY;
  c.fedToMs = -1;
  for (const d of devices) {
    if (d.history.length === 0) continue;
    c.quietUntilMs = Math.min(c.quietUntilMs, d.history.at(0) + LATE_WINDOW_MS + CLOSING_LAG_MS);
    if (c.pairs.length > 0) c.fedToMs = Math.max(c.fedToMs, d.history.at(d.history.length - 1));
  }
  for (const d of devices) armDevice(c, d);
}

/** What a report of the usual sort could end, explain or count in. */
const STOPS_QUIET = ['silence', 'check', 'absence_unconfirmed', 'motion_without_fix', 'battery'] as const;

function armDevice(c: CaseState, d: DeviceState): void {
  const { history } = d;
  const last = history.length - 1;
  if (last < 0 || d.lastFix !== last || history.beacons(last) !== 0) return;
  d.quietUntilMs = Number.POSITIVE_INFINITY;
  if (d.role === 'wearer')
    for (let p = 0; p < c.places.length; p++) {
      const { parameters } = c.places[p] as PlaceOfCase;
      if (d.rows[p * ROW + STANDING] !== history.verdict(last, p)) return;
      if (!holds(c, d, d.rows, p * ROW, parameters.breach, parameters.active, d.attached[p], history.at(last))) return;
    }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const { now, parameters } = pair;
    if (!isKnown(pair, now)) return;
    const from = now[FED_TO] as number;
    if (!holds(c, d, now, ALARM, parameters.breach, parameters.active, pair.attachedAlarm, from)) return;
    if (!holds(c, d, now, WARNING, parameters.breach, parameters.active, pair.attachedWarning, from)) return;
    const other = otherOf(pair, d);
    d.quietUntilMs = Math.min(d.quietUntilMs, fixTimeOf(pair, other) + (pair.instance.rule.maxAgeMs as number));
  }
  d.quietMinPct = 0;
  for (const { rule } of c.ofKind('battery')) d.quietMinPct = Math.max(d.quietMinPct, rule.minPct as number);
  makeBox(c, d, history.lonE7(last), history.latE7(last));
}

/** Whether another fix on the same side leaves this machine as it is, its last time and its signals aside; notes until when. */
function holds(
  c: CaseState,
  d: DeviceState,
  m: Float64Array,
  o: number,
  breach: number,
  active: Intervals,
  attached: IncidentRecord | undefined,
  atMs: number,
): boolean {
  const standing = m[o + STANDING] as number;
  if (standing === 0 || m[o + RUN] !== 0 || m[o + CANDIDATE] !== 0) return false;
  if ((m[o + OPEN_START] as number) >= 0) {
    if (standing !== breach || (m[o + OPEN_CONFIRMED_AT] as number) < 0) return false;
    if (attached === undefined || attached.closedAtMs >= 0 || attached.certainty !== 'raised') return false;
    if (attached.signals !== m[o + OPEN_SIGNALS]) return false;
    const end = m[o + OPEN_END] as number;
    d.quietUntilMs = Math.min(d.quietUntilMs, end - 1);
    c.quietUntilMs = Math.min(c.quietUntilMs, end - 1);
    return true;
  }
  if (standing !== breach) return true;
  const i = firstEndingAfter(active, atMs);
  if (i >= active.length) return true;
  const from = active[i] as number;
  if (from <= atMs) return false;
  d.quietUntilMs = Math.min(d.quietUntilMs, from - 1);
  return true;
}

/** What follows goes the exact way. */
export function disarm(c: CaseState): void {
  settleQuiet(c);
  c.quietUntilMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < c.devices.length; i++) {
    const d = c.devices[i] as DeviceState;
    d.quietWest = 1;
    d.quietEast = 0;
  }
}

/** Writes what reports of the usual sort have left to be noted: the state is then what the exact way would have made of it. */
export function settleQuiet(c: CaseState): void {
  if (c.quietCount === 0) return;
  c.quietCount = 0;
  for (const pair of c.pairs) settlePair(c, pair);
  for (const d of c.devices) {
    if (d.quietCount === 0) continue;
    if (d.role === 'wearer') {
      const at = d.history.at(d.history.length - 1);
      for (let p = 0; p < c.places.length; p++) noteMore(c, d.rows, p * ROW, at, d.quietCount, d.attached[p]);
    }
    d.quietCount = 0;
  }
}

function settlePair(c: CaseState, pair: PairState): void {
  const { wearer, partner, now } = pair;
  const count = wearer.quietCount + partner.quietCount;
  if (count === 0) return;
  for (const d of [wearer, partner]) if (d.quietCount > 0) feedFix(pair, now, d, d.history.length - 1);
  noteMore(c, now, ALARM, now[FED_TO] as number, count, pair.attachedAlarm);
  noteMore(c, now, WARNING, now[FED_TO] as number, count, pair.attachedWarning);
}

function noteMore(
  c: CaseState,
  m: Float64Array,
  o: number,
  atMs: number,
  count: number,
  attached: IncidentRecord | undefined,
): void {
  m[o + LAST_DETERMINED] = atMs;
  if ((m[o + OPEN_START] as number) < 0) return;
  m[o + OPEN_SIGNALS] = (m[o + OPEN_SIGNALS] as number) + count;
  if (attached !== undefined) c.incidents.count(attached, m[o + OPEN_SIGNALS] as number);
}
