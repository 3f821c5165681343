// The usual report: the next one of a device, of good standing, that changes nothing but where and when the device was last. Whether a
// report is of this sort takes a few comparisons with the row of its device (quiet-rows.ts): a box in which no verdict changes, and times
// until which no schedule, timer or age does. It is then put beside (report-slabs.ts) and counted; the history, and what the machines
// would note of it (the time of the last fix, one signal more of a running episode), are brought up to date when somebody asks. Everything
// else goes the exact way (fold-reports.ts), and both ways end in the same bytes (quiet.property.test.ts).
import { FIX_TIME_MS_MIN, type ReportBatchReader } from '@vigie/model';
import { addCounters, addPerReport, seedOfDevice } from './case-hash.ts';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { isTooFast } from './fold-movement.ts';
import { FIX_TIME_MS_TOP, HASH_SEED_A, HASH_SEED_B, MOTION, TOLD } from './fold-reports.ts';
import * as H from './history.ts';
import { type LaneSum, addTimes, lanes, mixWords } from './lanes.ts';
import { IMPLAUSIBLE_DISTANCE_M_MIN, LATE_WINDOW_MS } from './limits.ts';
import { arm } from './quiet-arm.ts';
import { isInBox, moveBox } from './quiet-box.ts';
import * as R from './quiet-rows.ts';
import { RECORD_WORDS, WAITING_MAX } from './report-slabs.ts';
import { noteQuiet } from './quiet-notes.ts';
import type { Clock, Place } from './types.ts';
import type { WordSlabs } from './word-slabs.ts';

/** A step of so many 1e-7 degrees, east and north together, is shorter than `IMPLAUSIBLE_DISTANCE_M_MIN`. */
const STEP_E7_SURE = Math.floor((IMPLAUSIBLE_DISTANCE_M_MIN / 0.01117) * 0.99);

export class QuietWay {
  readonly #rows = new R.QuietRows();
  readonly #pending: WordSlabs;
  /** Of the engine's digest; what a report adds to it while its case is in it. */
  readonly #sum: LaneSum;

  constructor(sum: LaneSum, waiting: WordSlabs) {
    this.#sum = sum;
    this.#pending = waiting;
  }

  /** Takes an upload in if all of it is of the usual sort. False: nothing has happened, and it goes the exact way. */
  take(c: CaseState, batch: ReportBatchReader, place: Place, clock: Clock): boolean {
    const { block } = c;
    if (block < 0) return false;
    const words = this.#rows.words(block);
    const numbers = this.#rows.numbers(block);
    const head = this.#rows.at(block);
    const now: number = clock.t;
    if (now >= (numbers[(head + R.LIMIT_US) >> 1] as number)) return false;
    if (clock.obs('noirmont') >= (numbers[(head + R.LIMIT_OBS) >> 1] as number)) return false;
    if (clock.obs('delemont') >= (numbers[(head + R.LIMIT_OBS + 2) >> 1] as number)) return false;
    const k = deviceOf(c, words, head, batch);
    if (k < 0) return false;
    const row = R.deviceRow(head, k);
    if ((words[row + R.BOX] as number) > (words[row + R.BOX + 2] as number)) return false;
    if (((words[row + R.TRAITS] as number) & 1) !== (place.site === 'noirmont' ? 1 : 0)) return false;
    const { count } = batch;
    if (count === 0 || count > WAITING_MAX || count > (words[row + R.ROOM] as number)) return false;
    if ((words[row + R.COUNT] as number) + count > WAITING_MAX) this.settle(c);
    if (words[row + R.PENDING] === 0) words[row + R.PENDING] = this.#pending.take() + 1;
    const pending = (words[row + R.PENDING] as number) - 1;
    const to = this.#pending.words(pending);
    const from = this.#pending.at(pending) + (words[row + R.COUNT] as number) * RECORD_WORDS;
    const nowMs = Math.floor(now / 1000);
    if (!read(c, k, words, numbers, head, row, batch, nowMs, to, from)) return false;

    const isDigested = ((words[head + R.FLAGS] as number) & R.DIGESTED) !== 0;
    if (isDigested) this.#digest(words, row, -1, to, from, 0);
    let pct = words[row + R.BATTERY_PCT] as number;
    for (let i = 0; i < count; i++) {
      const said = batch.batteryPct(i);
      if (said > 100) continue;
      pct = said;
      numbers[(row + R.BATTERY_AT) >> 1] = batch.at(i);
    }
    words[row + R.BATTERY_PCT] = pct;
    const last = count - 1;
    const lastMs: number = batch.at(last);
    numbers[(row + R.LAST_MS) >> 1] = lastMs;
    words[row + R.LAST_LON] = batch.lonE7(last);
    words[row + R.LAST_LAT] = batch.latE7(last);
    words[row + R.LAST_ACCURACY] = batch.accuracyMm(last);
    numbers[(row + R.NEXT_SEQ) >> 1] = batch.seq(last) + 1;
    numbers[(row + R.LAST_REPORT_US) >> 1] = now;
    numbers[(row + R.OBS_AT_LAST) >> 1] = clock.obs(place.site);
    words[row + R.COUNT] = (words[row + R.COUNT] as number) + count;
    words[row + R.ROOM] = (words[row + R.ROOM] as number) - count;
    words[head + R.WAITING] = (words[head + R.WAITING] as number) + count;
    if ((numbers[(head + R.FED_TO_MS) >> 1] as number) >= 0) numbers[(head + R.FED_TO_MS) >> 1] = lastMs;
    if (isDigested) this.#digest(words, row, 1, to, from, count);
    return true;
  }

  /** Takes the device's counters off the digest, or puts them back with what the reports add. */
  #digest(words: Int32Array, row: number, sign: 1 | -1, records: Int32Array, from: number, count: number): void {
    const sum = this.#sum;
    const a = sum[0] as number;
    const b = sum[1] as number;
    const c = sum[2] as number;
    const d = sum[3] as number;
    addCounters(sum, 0, words[row + R.SEED] as number, words, row + R.COUNTERS, sign);
    for (let i = 0; i < count; i++) {
      for (let l = 0; l < 4; l++) lanes[l] = words[row + R.VERDICTS + l] as number;
      mixWords(records, from + i * RECORD_WORDS, RECORD_WORDS);
      addTimes(sum, 1);
    }
    if (count > 0) {
      for (let l = 0; l < 4; l++) lanes[l] = words[row + R.PER_REPORT + l] as number;
      addTimes(sum, count);
    }
    const added = row + R.ADDED;
    words[added] = (words[added] as number) + (sum[0] as number) - a;
    words[added + 1] = (words[added + 1] as number) + (sum[1] as number) - b;
    words[added + 2] = (words[added + 2] as number) + (sum[2] as number) - c;
    words[added + 3] = (words[added + 3] as number) + (sum[3] as number) - d;
  }

  /** True once in a round of `takeMoved` for each case. */
  isFirstMove(c: CaseState, round: number): boolean {
    if (c.block < 0) {
      if (c.movedIn === round) return false;
      c.movedIn = round;
      return true;
    }
    const words = this.#rows.words(c.block);
    const at = this.#rows.at(c.block) + R.MOVED_IN;
    if (words[at] === round) return false;
    words[at] = round;
    return true;
  }

  /** After reports went the exact way: works out what the next ones must be like to be of the usual sort. */
  arm(c: CaseState): void {
    if (c.ended || c.devices.length > R.DEVICES_MAX) return;
    if (c.block < 0) {
      c.block = this.#rows.take(c.devices.length);
      this.#rows.words(c.block)[this.#rows.at(c.block) + R.MOVED_IN] = c.movedIn;
    }
    arm(c, this.#rows.words(c.block), this.#rows.numbers(c.block), this.#rows.at(c.block));
  }

  /** What follows goes the exact way. */
  disarm(c: CaseState): void {
    if (c.block < 0) return;
    this.settle(c);
    this.#rows.numbers(c.block)[(this.#rows.at(c.block) + R.LIMIT_US) >> 1] = Number.NEGATIVE_INFINITY;
  }

  /** The case's timers were looked at again. */
  watched(c: CaseState): void {
    if (c.block < 0) return;
    const numbers = this.#rows.numbers(c.block);
    const head = this.#rows.at(c.block);
    if ((numbers[(head + R.LIMIT_US) >> 1] as number) > c.nextDueUs) numbers[(head + R.LIMIT_US) >> 1] = c.nextDueUs;
    numbers[(head + R.LIMIT_OBS) >> 1] = c.nextObs[0];
    numbers[(head + R.LIMIT_OBS + 2) >> 1] = c.nextObs[1];
  }

  /** The case is in the engine's digest from here on. */
  digested(c: CaseState): void {
    if (c.block < 0) return;
    const words = this.#rows.words(c.block);
    const head = this.#rows.at(c.block);
    words[head + R.FLAGS] = (words[head + R.FLAGS] as number) | R.DIGESTED;
    for (let k = 0; k < c.devices.length; k++) {
      const row = R.deviceRow(head, k);
      const d = c.devices[k] as DeviceState;
      words.fill(0, row + R.PER_REPORT, row + R.ADDED + 4);
      if ((words[row + R.BOX] as number) > (words[row + R.BOX + 2] as number)) continue;
      const seed = seedOfDevice(c, d);
      words[row + R.SEED] = seed;
      d.history.startLikeLast(seed);
      for (let l = 0; l < 4; l++) words[row + R.VERDICTS + l] = lanes[l] as number;
      addPerReport(c, d, words, row + R.PER_REPORT);
    }
  }
  /** Takes off the engine's digest what reports of this case have added to it since. */
  undigest(c: CaseState): void {
    if (c.block < 0) return;
    const words = this.#rows.words(c.block);
    const head = this.#rows.at(c.block);
    if (((words[head + R.FLAGS] as number) & R.DIGESTED) === 0) return;
    words[head + R.FLAGS] = (words[head + R.FLAGS] as number) & ~R.DIGESTED;
    for (let k = 0; k < c.devices.length; k++) {
      const added = R.deviceRow(head, k) + R.ADDED;
      for (let l = 0; l < 4; l++) lanes[l] = words[added + l] as number;
      addTimes(this.#sum, -1);
    }
  }

  /** The case goes: nothing of it may be waiting that anybody will ask for. */
  release(c: CaseState): void {
    if (c.block < 0) return;
    const words = this.#rows.words(c.block);
    const head = this.#rows.at(c.block);
    for (let k = 0; k < c.devices.length; k++) {
      const pending = words[R.deviceRow(head, k) + R.PENDING] as number;
      if (pending > 0) this.#pending.give(pending - 1);
    }
    this.#rows.give(c.block, c.devices.length);
    c.block = -1;
  }

  /** Whether one of the waiting reports has this name. */
  isWaiting(c: CaseState, deviceId: string, boot: number, seq: number): boolean {
    if (c.block < 0) return false;
    const words = this.#rows.words(c.block);
    const head = this.#rows.at(c.block);
    const row = R.deviceRow(
      head,
      c.devices.findIndex((d) => d.deviceId === deviceId),
    );
    if (row < head + R.HEAD_WORDS) return false;
    const next = this.#rows.numbers(c.block)[(row + R.NEXT_SEQ) >> 1] as number;
    return (
      (words[row + R.BOOT] as number) >>> 0 === boot && seq < next && seq >= next - (words[row + R.COUNT] as number)
    );
  }

  /** Writes what reports of the usual sort have left to be noted: the state is then what the exact way would have made of it. */
  settle(c: CaseState): void {
    if (c.block < 0) return;
    const words = this.#rows.words(c.block);
    const head = this.#rows.at(c.block);
    if (words[head + R.WAITING] === 0) return;
    words[head + R.WAITING] = 0;
    const numbers = this.#rows.numbers(c.block);
    for (let k = 0; k < c.devices.length; k++) {
      const row = R.deviceRow(head, k);
      const count = words[row + R.COUNT] as number;
      if (count === 0) continue;
      const d = c.devices[k] as DeviceState;
      const pending = (words[row + R.PENDING] as number) - 1;
      d.history.appendLikeLast(this.#pending.words(pending), this.#pending.at(pending), count);
      this.#pending.give(pending);
      words[row + R.PENDING] = 0;
      d.lastFix = d.history.length - 1;
      d.runs.goOn(count);
      d.reports += count;
      d.lastReportUs = numbers[(row + R.LAST_REPORT_US) >> 1] as number;
      d.obsAtLast = numbers[(row + R.OBS_AT_LAST) >> 1] as number;
      d.batteryAt = numbers[(row + R.BATTERY_AT) >> 1] as number;
      d.batteryPct = words[row + R.BATTERY_PCT] as number;
    }
    noteQuiet(c, words, head);
    for (let k = 0; k < c.devices.length; k++) words[R.deviceRow(head, k) + R.COUNT] = 0;
  }
}

function deviceOf(c: CaseState, words: Int32Array, head: number, batch: ReportBatchReader): number {
  const count = words[head + R.DEVICES] as number;
  for (let k = 0; k < count; k++) {
    const row = R.deviceRow(head, k);
    const idBytes = ((words[row + R.TRAITS] as number) >>> 16) & 0xff;
    if (idBytes > 0 ? batch.isOfAscii(words, row + R.ID, idBytes) : batch.isOf((c.devices[k] as DeviceState).deviceId))
      return k;
  }
  return -1;
}

/** Reads the reports of the usual sort to where they wait; false at the first that is not. May move the device's box along. */
function read(
  c: CaseState,
  k: number,
  words: Int32Array,
  numbers: Float64Array,
  head: number,
  row: number,
  batch: ReportBatchReader,
  nowMs: number,
  to: Int32Array,
  from: number,
): boolean {
  const flags = words[head + R.FLAGS] as number;
  const latestMs = Math.min(
    numbers[(row + R.UNTIL_MS) >> 1] as number,
    nowMs + (numbers[(head + R.AHEAD_MS) >> 1] as number),
  );
  const boot = (words[row + R.BOOT] as number) >>> 0;
  const minPct = ((words[row + R.TRAITS] as number) >>> 8) & 0xff;
  const nextSeq = numbers[(row + R.NEXT_SEQ) >> 1] as number;
  let ownMs = numbers[(row + R.LAST_MS) >> 1] as number;
  let before = Math.max(ownMs, numbers[(head + R.FED_TO_MS) >> 1] as number);
  let lonBefore = words[row + R.LAST_LON] as number;
  let latBefore = words[row + R.LAST_LAT] as number;
  let accuracyBefore = (words[row + R.LAST_ACCURACY] as number) >>> 0;
  const { count } = batch;
  let o = from;
  for (let i = 0; i < count; i++) {
    const at: number = batch.at(i);
    if (!Number.isInteger(at) || at < FIX_TIME_MS_MIN || at > FIX_TIME_MS_TOP) return false;
    if (at <= before || at > latestMs || at < nowMs - LATE_WINDOW_MS) return false;
    const events = batch.events(i);
    if (!batch.hasFix(i) || (events & TOLD) !== 0) return false;
    const seq = batch.seq(i);
    if (batch.boot(i) !== boot || seq !== nextSeq + i) return false;
    if ((flags & R.HAS_BEACONS) !== 0 && batch.hasExtras(i)) return false;
    if (batch.batteryPct(i) < minPct) return false;
    const lonE7: number = batch.lonE7(i);
    const latE7: number = batch.latE7(i);
    const accuracyMm = batch.accuracyMm(i);
    if (
      !isInBox(words, row, lonE7, latE7, accuracyMm) &&
      !moveBox(c, k, words, head, lonBefore, latBefore, lonE7, latE7, accuracyMm)
    )
      return false;
    if (
      (flags & R.WATCHES_SPEED) !== 0 &&
      Math.abs(lonE7 - lonBefore) + Math.abs(latE7 - latBefore) > STEP_E7_SURE &&
      isTooFast(c, lonBefore, latBefore, lonE7, latE7, accuracyBefore + accuracyMm, at - ownMs)
    )
      return false;
    const sec = Math.floor(at / 1000);
    to[o + H.SEC] = sec;
    to[o + H.MS_FLAGS] = (at - sec * 1000) | H.HAS_FIX | H.NAMED | ((events & MOTION) === 0 ? 0 : H.IN_MOTION);
    to[o + H.LAT] = latE7;
    to[o + H.LON] = lonE7;
    to[o + H.ACCURACY] = accuracyMm;
    to[o + H.BOOT] = boot;
    const high = Math.floor(seq / H.TWO_32);
    to[o + H.SEQ_LOW] = (seq - high * H.TWO_32) | 0;
    to[o + H.SEQ_HIGH] = high;
    to[o + H.HASH_A] = batch.fingerprint(i, HASH_SEED_A);
    to[o + H.HASH_B] = batch.fingerprint(i, HASH_SEED_B);
    to[o + H.BEACONS] = 0;
    o += RECORD_WORDS;
    before = at;
    ownMs = at;
    lonBefore = lonE7;
    latBefore = latE7;
    accuracyBefore = accuracyMm;
  }
  return true;
}
