// Reports into a case: each applied once (L15), put where its fix time belongs, then the rules are asked. A whole upload is taken in
// before anything is decided, so that what one upload says together is judged together.
import { FIX_TIME_MS_MIN, type LogTimeUs, type ReportBatchReader, eventBit, logTimeMs, reportHash } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import {
  battery,
  calledForHelp,
  endSilence,
  flag,
  jamming,
  openSilence,
  tampered,
  watchAbsence,
  watchUndetermined,
} from './fold-knowledge.ts';
import { watchCrossing, watchMotion, watchSpeed } from './fold-movement.ts';
import { feedAgain, feedInOrder } from './fold-place.ts';
import { trim } from './window.ts';
import { feedPairs } from './fold-proximity.ts';
import { AHEAD, CONFLICT, type Draft, HAS_FIX, IN_MOTION, NAMED } from './history.ts';
import { LATE_WINDOW_MS } from './limits.ts';
import type { Clock, Place } from './types.ts';
import { judgeRecord } from './verdicts.ts';

const STRAP_OPEN = eventBit('strap_open');
const STRAP_CLOSED = eventBit('strap_closed');
const CASE_OPEN = eventBit('case_open');
const CASE_CLOSED = eventBit('case_closed');
const SOS = eventBit('sos');
const JAMMING = eventBit('jamming');
const JAMMING_ENDED = eventBit('jamming_ended');
export const MOTION = eventBit('motion');
export const TOLD = STRAP_OPEN | STRAP_CLOSED | CASE_OPEN | CASE_CLOSED | JAMMING | JAMMING_ENDED | SOS;

/** Later than any fix time that 32 bits of seconds hold: year 2106. */
export const FIX_TIME_MS_TOP = 4_294_967_295_000;
const STALE_HASHES_MAX = 64;
/** Seeds of the two halves of a numbered report's content hash. */
export const HASH_SEED_A = 0x811c9dc5;
export const HASH_SEED_B = 0x2545f491;

const draft: Draft = {
  at: 0,
  flags: 0,
  latE7: 0,
  lonE7: 0,
  accuracyMm: 0,
  boot: -1,
  seq: -1,
  hashA: 0,
  hashB: 0,
  beacons: 0,
};

export function applyReports(c: CaseState, batch: ReportBatchReader, place: Place, clock: Clock): boolean {
  const d = c.device(batch.deviceId);
  if (d === undefined) return false;
  const now = clock.t;
  const appended = d.history.length;
  let isLate = false;
  let isHeard = false;
  let earliestMs = Number.POSITIVE_INFINITY;
  let earliestNewMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < batch.count; i++) {
    if (!readDraft(c, batch, i, now)) continue;
    isHeard = true;
    if (draft.at < earliestMs) earliestMs = draft.at;
    const index = admit(c, d, now);
    if (index < 0) continue;
    if (index < d.history.length - 1) isLate = true;
    if (index <= d.lastFix) d.lastFix++;
    if ((draft.flags & HAS_FIX) !== 0 && index > d.lastFix) d.lastFix = index;
    if (draft.at < earliestNewMs) earliestNewMs = draft.at;
    if (d.role === 'wearer') judgeRecord(c, d.history, index);
    watchSpeed(c, d, index, now);
    d.reports++;
    const events = batch.events(i);
    if ((events & TOLD) !== 0) tell(c, d, index, events, now);
    const pct = batch.batteryPct(i);
    if (pct <= 100) battery(c, d, index, pct, draft.at, now);
  }
  if (!isHeard) return false;
  endSilence(c, d, now, earliestMs);
  d.boundTo = place.site;
  d.lastReportUs = now;
  d.obsAtLast = clock.obs(place.site);
  if (isLate) feedAgain(c, d, now);
  else feedInOrder(c, d, appended, now);
  watchCrossing(c, d, appended, isLate, now);
  if (c.pairs.length > 0 && earliestNewMs < Number.POSITIVE_INFINITY) feedPairs(c, d, appended, earliestNewMs, now);
  watchMotion(c, d, now);
  trim(c, logTimeMs(now));
  watchUndetermined(c, d, now);
  watchAbsence(c, d, now);
  openSilence(c, d, clock, now);
  return true;
}

/** False: not a report of this case at all (bytes nobody could have accepted, or after the measure was stopped). */
function readDraft(c: CaseState, batch: ReportBatchReader, i: number, now: LogTimeUs): boolean {
  let at: number = batch.at(i);
  if (!Number.isInteger(at) || at < FIX_TIME_MS_MIN || at > FIX_TIME_MS_TOP) return false;
  const nowMs = logTimeMs(now);
  let flags = 0;
  if (at > nowMs + c.aheadMs) {
    at = nowMs;
    flags = AHEAD;
  }
  if (c.stoppedAtMs >= 0 && at >= c.stoppedAtMs) return false;
  const boot = batch.boot(i);
  const seq = batch.seq(i);
  draft.at = at;
  draft.latE7 = 0;
  draft.lonE7 = 0;
  draft.accuracyMm = 0;
  if (batch.hasFix(i)) {
    draft.latE7 = batch.latE7(i);
    draft.lonE7 = batch.lonE7(i);
    draft.accuracyMm = batch.accuracyMm(i);
    if (Math.abs(draft.latE7) > 900_000_000 || Math.abs(draft.lonE7) > 1_800_000_000) return false;
    flags |= HAS_FIX;
  }
  if ((batch.events(i) & MOTION) !== 0) flags |= IN_MOTION;
  draft.beacons = c.beacons.length > 0 && batch.hasExtras(i) ? beaconBits(c, batch, i) : 0;
  if (boot >= 0 && seq >= 0 && Number.isSafeInteger(seq)) {
    flags |= NAMED;
    draft.boot = boot;
    draft.seq = seq;
    draft.hashA = batch.fingerprint(i, HASH_SEED_A);
    draft.hashB = batch.fingerprint(i, HASH_SEED_B);
  } else {
    draft.boot = -1;
    draft.seq = -1;
    const name = reportHash(batch.report(i));
    draft.hashA = Number.parseInt(name.slice(0, 8), 16) | 0;
    draft.hashB = Number.parseInt(name.slice(8, 16), 16) | 0;
  }
  draft.flags = flags;
  return true;
}

function beaconBits(c: CaseState, batch: ReportBatchReader, i: number): number {
  let bits = 0;
  for (const name of batch.beacons(i)) {
    const k = c.beacons.indexOf(name);
    if (k >= 0) bits |= 1 << k;
  }
  return bits;
}

/** Puts the draft into the history; -1 if it was applied before or lies outside the late window. */
function admit(c: CaseState, d: DeviceState, now: LogTimeUs): number {
  const { history } = d;
  const isNamed = (draft.flags & NAMED) !== 0;
  const wasNamed = isNamed && d.runs.has(draft.boot, draft.seq);
  if (draft.at < logTimeMs(now) - LATE_WINDOW_MS || draft.at <= d.floorMs) {
    if (!wasNamed) stale(c, d, now);
    return -1;
  }
  if (isNamed) {
    if (wasNamed) {
      // A repeat lies where it would be put; only other content of the same number has to be looked for.
      const there = history.placeOf(draft);
      if (there < history.length && history.isSame(there, draft)) return -1;
      let first = -1;
      for (
        let i = history.indexOfName(draft.boot, draft.seq);
        i >= 0;
        i = history.indexOfName(draft.boot, draft.seq, i + 1)
      ) {
        if (history.sameHash(i, draft)) return -1;
        if (first < 0) first = i;
        history.addFlag(i, CONFLICT);
      }
      if (first >= 0) {
        draft.flags |= CONFLICT;
        const key = `${draft.boot}.${draft.seq}`;
        flag(c, d, 'check', 'report_conflict', key, draft.at, { boot: draft.boot, seq: draft.seq }, now);
      }
    }
    d.runs.add(draft.boot, draft.seq);
  } else if (isKnownUnnamed(d)) return -1;
  const index = history.placeOf(draft);
  history.insert(index, draft);
  if ((draft.flags & AHEAD) !== 0) flag(c, d, 'check', 'clock_ahead', history.key(index), draft.at, {}, now);
  return index;
}

function isKnownUnnamed(d: DeviceState): boolean {
  const { history } = d;
  const isAhead = (draft.flags & AHEAD) !== 0;
  // A report judged at log time lies where it arrived, not where its own time would put it.
  const from = isAhead ? 0 : history.placeOf(draft);
  for (let i = from; i < history.length && (isAhead || history.at(i) === draft.at); i++)
    if (!history.isNamed(i) && history.sameHash(i, draft)) return true;
  return !isAhead && knowsAhead(d);
}

/** One that was flagged as ahead when it came first, and comes again when its time has been reached. */
function knowsAhead(d: DeviceState): boolean {
  const { history } = d;
  for (let i = history.length - 1; i >= 0 && history.at(i) >= draft.at - 86_400_000; i--)
    if ((history.flags(i) & AHEAD) !== 0 && !history.isNamed(i) && history.sameHash(i, draft)) return true;
  return false;
}

function stale(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  if (d.stale.includes(draft.hashA)) return;
  d.stale.push(draft.hashA);
  if (d.stale.length > STALE_HASHES_MAX) d.stale.shift();
  if ((draft.flags & NAMED) !== 0) d.runs.add(draft.boot, draft.seq);
  const key = (draft.flags & NAMED) !== 0 ? `${draft.boot}.${draft.seq}` : `#${draft.hashA >>> 0}`;
  flag(c, d, 'stale', 'stale', key, draft.at, { fixMs: draft.at, receivedMs: logTimeMs(now) }, now);
}

function tell(c: CaseState, d: DeviceState, i: number, events: number, now: LogTimeUs): void {
  const { at } = draft;
  if ((events & (STRAP_OPEN | STRAP_CLOSED)) !== 0 && at >= d.strapAt) {
    d.strapOpen = (events & STRAP_OPEN) !== 0;
    d.strapAt = at;
  }
  if ((events & (CASE_OPEN | CASE_CLOSED)) !== 0 && at >= d.caseAt) {
    d.caseOpen = (events & CASE_OPEN) !== 0;
    d.caseAt = at;
  }
  if ((events & SOS) !== 0) calledForHelp(c, d, i, at, now);
  if ((events & STRAP_OPEN) !== 0) tampered(c, d, i, 'strap_open', at, now);
  if ((events & CASE_OPEN) !== 0) tampered(c, d, i, 'case_open', at, now);
  if ((events & (JAMMING | JAMMING_ENDED)) !== 0) jamming(c, d, i, (events & JAMMING) !== 0, at, now);
}
