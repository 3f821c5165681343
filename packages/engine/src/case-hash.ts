// The digest of one case: everything that `CaseState.save` writes, as 128 bits. What changes seldom is hashed as it stands; what a report
// of the usual sort changes is added up lane by lane, so that such a report costs what it brings and not the case (quiet.ts): its record,
// the counters of its device, and one more of each count. A time or a fix that is the newest report's is hashed as being that.
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type LaneSum, addTimes, keyLanes, lanes, mixWords, seedOf, startLanes } from './lanes.ts';
import { ALARM, FED_TO, PARTNER_FIX, type PairState, WARNING, WEARER_FIX, isLastFix } from './pair-state.ts';
import { LAST_DETERMINED, OPEN_SIGNALS, OPEN_START, ROW, RUN, RUN_FIRST_AT, RUN_LAST_AT } from './place-machine.ts';
import { COUNTER_WORDS } from './quiet-rows.ts';
import { type Lanes, StateHash } from './state-hash.ts';

/** What is counted. */
const REPORTS = 1;
const NUMBERS = 2;
const SIGNALS = 3;
const RUNS = 4;

/** For a time or a fix that is the newest report's: no time is negative. */
const NEWEST = -2;

const hash = new StateHash();
const sum = new Int32Array(4);
const counters = new Float64Array(4);
const counterWords = new Int32Array(counters.buffer);

/** A new one each time. What the quiet way has left must be settled. */
export function hashOfCase(c: CaseState): Lanes {
  const decided = c.hashOfDecided();
  c.incidents.hashRecords();
  sum.fill(0);
  hash.start();
  hash.text(c.measure);
  hash.lanes(decided);
  c.incidents.hashInto(hash);
  for (const r of c.incidents.list) addIncident(c, r, sum, 0, r.signals);
  hash.word(c.idempotent.length);
  for (const { client, key, bodyHash, entryId, t } of c.idempotent) {
    hash.text(client);
    hash.text(key);
    hash.text(bodyHash);
    hash.text(entryId);
    hash.f64(t);
  }
  hash.word(c.entryIds.length);
  for (const id of c.entryIds) hash.text(id);
  hash.word(c.devices.length);
  for (const d of c.devices) addDevice(d, seedOfDevice(c, d));
  hash.word(c.pairs.length);
  for (const pair of c.pairs) addPair(c, pair);
  return {
    a: (hash.a + (sum[0] as number)) | 0,
    b: (hash.b + (sum[1] as number)) | 0,
    c: (hash.c + (sum[2] as number)) | 0,
    d: (hash.d + (sum[3] as number)) | 0,
  };
}

export const hexOf = (of: Lanes): string =>
  [of.a, of.b, of.c, of.d].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');

/** Where what a device adds begins; the same device in another case adds something else. */
export const seedOfDevice = (c: CaseState, d: DeviceState): number => seedOf(c.measure) ^ (seedOf(d.deviceId) >>> 1);

function addDevice(d: DeviceState, seed: number): void {
  const { history, runs } = d;
  hash.text(d.deviceId);
  hash.word((d.role === 'wearer' ? 1 : 0) | (d.boundTo === 'noirmont' ? 2 : 0));
  hash.word((d.strapOpen ? 1 : 0) | (d.caseOpen ? 2 : 0));
  hash.f64(d.floorMs);
  hash.f64(d.strapAt);
  hash.f64(d.caseAt);
  hash.f64(d.jammedSince);
  hash.f64(d.jammingAt);
  const { anchor } = d;
  hash.f64(anchor?.at ?? -1);
  hash.word(anchor?.latE7 ?? 0);
  hash.word(anchor?.lonE7 ?? 0);
  hash.word(anchor?.accuracyMm ?? 0);
  hash.word(runs.runs.length);
  const latest = runs.latest();
  for (const run of runs.runs) {
    hash.f64(run.boot);
    hash.f64(run.first);
    hash.f64(run === latest ? 0 : run.last);
  }
  hash.words(d.stale);
  const lastMs = history.length === 0 ? Number.NaN : history.at(history.length - 1);
  hash.word(d.rows.length);
  for (let o = 0; o < d.rows.length; o += ROW) {
    addMachine(d.rows, o, lastMs);
    addCount(seed, SIGNALS, o, d.rows[o + OPEN_SIGNALS] as number);
    addCount(seed, RUNS, o, d.rows[o + RUN] as number);
  }
  hash.f64s(d.base);
  hash.word(history.verdictWords);
  history.sumInto(sum, seed);
  counters[0] = d.lastReportUs;
  counters[1] = d.obsAtLast;
  counters[2] = d.batteryAt;
  counterWords[6] = d.batteryPct;
  addCounters(sum, 0, seed, counterWords, 0, 1);
  keyLanes(seed, REPORTS, 0);
  addTimes(sum, d.reports);
  keyLanes(seed, NUMBERS, 0);
  addTimes(sum, latest?.last ?? 0);
}

const machine = new Float64Array(ROW);
const machineWords = new Int32Array(machine.buffer);

function addCount(seed: number, what: number, row: number, count: number): void {
  if (count === 0) return;
  keyLanes(seed, what, row);
  addTimes(sum, count);
}

/** All of a machine but its signals and its undetermined fixes in a row. */
function addMachine(m: Float64Array, o: number, newestMs: number): void {
  let count = 0;
  for (let k = 0; k < ROW; k++) {
    if (k === OPEN_SIGNALS || k === RUN) continue;
    const value = m[o + k] as number;
    machine[count++] = value === newestMs && isTimeOfFix(k) ? NEWEST : value;
  }
  hash.mix(machineWords, 2 * count);
}

function addPair(c: CaseState, pair: PairState): void {
  const { now, wearer, partner } = pair;
  hash.text(pair.instance.key);
  hash.text(wearer.deviceId);
  hash.word(now.length);
  addMachine(now, ALARM, now[FED_TO] as number);
  addMachine(now, WARNING, now[FED_TO] as number);
  for (const [o, d] of [[WEARER_FIX, wearer] as const, [PARTNER_FIX, partner] as const])
    if (isLastFix(now, o, d)) hash.f64(NEWEST);
    else for (let k = 0; k < 4; k++) hash.f64(now[o + k] as number);
  hash.f64(now[FED_TO] === newestOf(pair) ? NEWEST : (now[FED_TO] as number));
  hash.f64s(pair.base);
  const seed = seedOfPair(c, pair);
  for (const o of [ALARM, WARNING]) {
    addCount(seed, SIGNALS, o, now[o + OPEN_SIGNALS] as number);
    addCount(seed, RUNS, o, now[o + RUN] as number);
  }
}

const isTimeOfFix = (k: number): boolean => k === LAST_DETERMINED || k === RUN_FIRST_AT || k === RUN_LAST_AT;

export const newestOf = ({ wearer, partner }: PairState): number => Math.max(newestMs(wearer), newestMs(partner));
const newestMs = ({ history }: DeviceState): number => (history.length === 0 ? -1 : history.at(history.length - 1));

const seedOfPair = (c: CaseState, pair: PairState): number => seedOf(c.measure) ^ (seedOf(pair.key) >>> 1);

/** The numbers of a device that each report replaces, as they lie in its row. */
export function addCounters(
  to: LaneSum,
  at: number,
  seed: number,
  words: Int32Array,
  from: number,
  sign: 1 | -1,
): void {
  startLanes(seed);
  mixWords(words, from, COUNTER_WORDS);
  addTimes(to, sign, at);
}

function addIncident(c: CaseState, r: IncidentRecord, to: LaneSum, at: number, times: number): void {
  const own = c.incidents.hashOf(r);
  lanes[0] = own.a | 1;
  lanes[1] = own.b | 1;
  lanes[2] = own.c | 1;
  lanes[3] = own.d | 1;
  addTimes(to, times, at);
}

/** What one report of the usual sort adds beside its record and the counters of its device. The case's hash must be up to date. */
export function addPerReport(c: CaseState, d: DeviceState, to: LaneSum, at: number): void {
  const seed = seedOfDevice(c, d);
  keyLanes(seed, REPORTS, 0);
  addTimes(to, 1, at);
  keyLanes(seed, NUMBERS, 0);
  addTimes(to, 1, at);
  if (d.role === 'wearer')
    for (let p = 0; p < c.places.length; p++) {
      if ((d.rows[p * ROW + OPEN_START] as number) >= 0) addSignal(c, seed, p * ROW, d.attached[p], to, at);
      if ((c.places[p] as PlaceOfCase).isMeter !== true) continue;
      keyLanes(seed, RUNS, p * ROW);
      addTimes(to, 1, at);
    }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const seedHere = seedOfPair(c, pair);
    if ((pair.now[ALARM + OPEN_START] as number) >= 0) addSignal(c, seedHere, ALARM, pair.attachedAlarm, to, at);
    if ((pair.now[WARNING + OPEN_START] as number) >= 0) addSignal(c, seedHere, WARNING, pair.attachedWarning, to, at);
  }
}

function addSignal(
  c: CaseState,
  seed: number,
  machine: number,
  attached: IncidentRecord | undefined,
  to: LaneSum,
  at: number,
): void {
  keyLanes(seed, SIGNALS, machine);
  addTimes(to, 1, at);
  if (attached !== undefined) addIncident(c, attached, to, at, 1);
}
