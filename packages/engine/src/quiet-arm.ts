// Works out, after reports went the exact way, what the next ones must be like to be of the usual sort, and writes it into the case's rows.
import { CLOSING_LAG_MS, HISTORY_REPORTS_MAX, LATE_WINDOW_MS } from './limits.ts';
import { newestOf } from './case-hash.ts';
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { FOLLOWERS, unchargedUntilMs } from './free-time.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type Intervals, firstEndingAfter } from './intervals.ts';
import {
  ALARM,
  FED_TO,
  PARTNER_FIX,
  WARNING,
  WEARER_FIX,
  fixTimeOf,
  isKnown,
  isLastFix,
  otherOf,
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
import { makeBox } from './quiet-box.ts';
import * as R from './quiet-rows.ts';
import { RING_MM_MAX } from './zone-slots.ts';

/** What a report of the usual sort could end, explain or count in. */
const STOPS_QUIET = ['silence', 'check', 'absence_unconfirmed', 'motion_without_fix', 'battery'] as const;

/** Until when, as far as the device armed last knows: by fix time of its own, and by log time, both in milliseconds. */
const until = { fixMs: 0, logMs: 0 };

/** Nothing is waiting. */
export function arm(c: CaseState, words: Int32Array, numbers: Float64Array, head: number): void {
  const { devices, incidents } = c;
  numbers[(head + R.LIMIT_US) >> 1] = Number.NEGATIVE_INFINITY;
  if (incidents.list.length > 0 && STOPS_QUIET.some((kind) => incidents.hasOpen(kind))) return;
  words[head + R.DEVICES] = devices.length;
  words[head + R.FLAGS] =
    ((words[head + R.FLAGS] as number) & R.DIGESTED) |
    (c.watchesSpeed ? R.WATCHES_SPEED : 0) |
    (c.beacons.length > 0 ? R.HAS_BEACONS : 0);
  numbers[(head + R.AHEAD_MS) >> 1] = c.aheadMs;
  until.logMs = Number.POSITIVE_INFINITY;
  let fedToMs = -1;
  for (const [k, d] of devices.entries()) {
    const { history } = d;
    writeDevice(c, d, words, numbers, R.deviceRow(head, k));
    if (history.length === 0) continue;
    until.logMs = Math.min(until.logMs, history.at(0) + LATE_WINDOW_MS + CLOSING_LAG_MS);
    if (c.pairs.length > 0) fedToMs = Math.max(fedToMs, history.at(history.length - 1));
  }
  numbers[(head + R.FED_TO_MS) >> 1] = fedToMs;
  for (const [k, d] of devices.entries()) {
    const row = R.deviceRow(head, k);
    if (!mayBeQuiet(c, d)) continue;
    numbers[(row + R.UNTIL_MS) >> 1] = until.fixMs;
    makeBox(c, k, words, head, words[row + R.LAST_LON] as number, words[row + R.LAST_LAT] as number);
  }
  numbers[(head + R.LIMIT_US) >> 1] = Math.min(c.nextDueUs, (until.logMs + 1) * 1000);
  numbers[(head + R.LIMIT_OBS) >> 1] = c.nextObs[0];
  numbers[(head + R.LIMIT_OBS + 2) >> 1] = c.nextObs[1];
}

/** The device as it is, without a box. */
function writeDevice(c: CaseState, d: DeviceState, words: Int32Array, numbers: Float64Array, row: number): void {
  const { history } = d;
  words[row + R.BOX] = 1;
  words[row + R.BOX + 2] = 0;
  const last = history.length - 1;
  const run = d.runs.latest();
  words[row + R.ROOM] = HISTORY_REPORTS_MAX - history.length;
  if (last >= 0) {
    numbers[(row + R.LAST_MS) >> 1] = history.at(last);
    // Of partners the newest fix counts, which is not always in the newest report.
    const fix = Math.max(0, d.lastFix);
    words[row + R.LAST_LON] = history.lonE7(fix);
    words[row + R.LAST_LAT] = history.latE7(fix);
    words[row + R.LAST_ACCURACY] = history.accuracyMm(fix);
  }
  numbers[(row + R.NEXT_SEQ) >> 1] = run === undefined ? -1 : run.last + 1;
  words[row + R.BOOT] = run === undefined ? 0 : run.boot;
  numbers[(row + R.LAST_REPORT_US) >> 1] = d.lastReportUs;
  numbers[(row + R.OBS_AT_LAST) >> 1] = d.obsAtLast;
  numbers[(row + R.BATTERY_AT) >> 1] = d.batteryAt;
  words[row + R.BATTERY_PCT] = d.batteryPct;
  let minPct = 0;
  for (const { rule } of c.ofKind('battery')) minPct = Math.max(minPct, Math.ceil(rule.minPct as number));
  words[row + R.TRAITS] =
    (d.boundTo === 'noirmont' ? 1 : 0) |
    (d.role === 'wearer' ? R.WEARER : 0) |
    (Math.min(minPct, 255) << 8) |
    (idInto(words, row, d) << 16);
}

/** Bytes of the id in the row; 0: it has no place there. */
function idInto(words: Int32Array, row: number, { deviceId }: DeviceState): number {
  if (deviceId.length > R.ID_BYTES_MAX) return 0;
  words.fill(0, row + R.ID, row + R.ID + R.ID_BYTES_MAX / 4);
  for (let i = 0; i < deviceId.length; i++) {
    const code = deviceId.charCodeAt(i);
    if (code > 127) return 0;
    const at = row + R.ID + (i >> 2);
    words[at] = (words[at] as number) | (code << ((i & 3) * 8));
  }
  return deviceId.length;
}

/** Notes until when in `until`. */
function mayBeQuiet(c: CaseState, d: DeviceState): boolean {
  const { history } = d;
  const last = history.length - 1;
  if (last < 0 || d.lastFix !== last || history.beacons(last) !== 0 || d.runs.latest() === undefined) return false;
  until.fixMs = Number.POSITIVE_INFINITY;
  if (d.role === 'wearer')
    for (let p = 0; p < c.places.length; p++) {
      const { parameters, instance, freeTime } = c.places[p] as PlaceOfCase;
      if ((instance.rule.bufferMm ?? 0) > RING_MM_MAX) return false;
      if (d.rows[p * ROW + STANDING] !== history.verdict(last, p)) return false;
      if (freeTime !== undefined) {
        const untilMs = unchargedUntilMs(d.rows, p, freeTime, history.at(last));
        if (untilMs < 0) return false;
        until.fixMs = Math.min(until.fixMs, untilMs);
        p += FOLLOWERS;
        continue;
      }
      if (!holds(d.rows, p * ROW, parameters.breach, parameters.active, d.attached[p], history.at(last))) return false;
    }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const { now, parameters } = pair;
    const from = now[FED_TO] as number;
    if (!isKnown(pair, now) || from !== newestOf(pair)) return false;
    if (!isLastFix(now, pair.wearer === d ? WEARER_FIX : PARTNER_FIX, d)) return false;
    if (!holds(now, ALARM, parameters.breach, parameters.active, pair.attachedAlarm, from)) return false;
    if (!holds(now, WARNING, parameters.breach, parameters.active, pair.attachedWarning, from)) return false;
    const other = otherOf(pair, d);
    until.fixMs = Math.min(until.fixMs, fixTimeOf(pair, other) + (pair.instance.rule.maxAgeMs as number));
  }
  return true;
}

/** Whether another fix on the same side leaves this machine as it is, its last time and its signals aside; notes until when. */
function holds(
  m: Float64Array,
  o: number,
  breach: number,
  active: Intervals,
  attached: IncidentRecord | undefined,
  atMs: number,
): boolean {
  const standing = m[o + STANDING] as number;
  if (standing === 0 || m[o + RUN] !== 0 || m[o + CANDIDATE] !== 0 || m[o + LAST_DETERMINED] !== atMs) return false;
  if ((m[o + OPEN_START] as number) >= 0) {
    if (standing !== breach || (m[o + OPEN_CONFIRMED_AT] as number) < 0) return false;
    if (attached === undefined || attached.closedAtMs >= 0 || attached.certainty !== 'raised') return false;
    if (attached.signals !== m[o + OPEN_SIGNALS]) return false;
    const end = m[o + OPEN_END] as number;
    until.fixMs = Math.min(until.fixMs, end - 1);
    until.logMs = Math.min(until.logMs, end - 1);
    return true;
  }
  if (standing !== breach) return true;
  const i = firstEndingAfter(active, atMs);
  if (i >= active.length) return true;
  const from = active[i] as number;
  if (from <= atMs) return false;
  until.fixMs = Math.min(until.fixMs, from - 1);
  return true;
}
