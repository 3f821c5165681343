// A case as few bytes, to be put back as it was: a case that sleeps, a base, a case in a snapshot. Begins with what whoever keeps it wants to
// know of it without reading the rest.
import { type Json, type SiteId, assert, utf8Decode } from '@vigie/model';
import { CaseState, type Idempotent } from './case-state.ts';
import { CompactReader, CompactWriter } from './compact-bytes.ts';
import { DeviceState } from './device-state.ts';
import { pairsOf } from './fold-proximity.ts';
import { History } from './history.ts';
import { fromJson } from './incident-record.ts';
import { Incidents } from './incidents.ts';
import { packJson } from './pack-json.ts';
import type { PairState } from './pair-state.ts';
import type { ReportSlabs } from './report-slabs.ts';
import { SeqRuns } from './seq-runs.ts';
import { dueByState } from './timers.ts';
import { unpackJson } from './unpack-json.ts';
import type { ZoneSlots } from './zone-slots.ts';

/** Raise when these bytes change their meaning, and go on reading the ones before: snapshots hold them. */
const COMPACT_VERSION = 3;
/** The same, but what people decided is packed with plain lists only. */
const PLAIN_LISTS_VERSION = 2;

const HAS_ENDED = 1;
const HAS_INCIDENTS = 2;

/** Of a device. */
const IS_WEARER = 1;
const AT_NOIRMONT = 2;
const STRAP_OPEN = 4;
const CASE_OPEN = 8;
const HAS_BASE = 16;
const HAS_ANCHOR = 32;

/** Not later than the case is really due: log time in microseconds, and observed time of both origins, Noirmont first. */
export interface DueByState {
  readonly dueUs: number;
  readonly obs: readonly [number, number];
}

export interface CaseHead extends DueByState {
  readonly ended: boolean;
  readonly hasIncidents: boolean;
  readonly devices: readonly { readonly deviceId: string; readonly boundTo: SiteId; readonly bits: number }[];
}

/** A view that is good until the next case is written. What the quiet way has left must be settled. */
export function compactCase(c: CaseState): Uint8Array<ArrayBuffer> {
  const decided = c.decidedBytes();
  const incidents = c.incidents.list.length === 0 ? NOTHING : c.incidents.bytes();
  const { dueUs, obs } = dueByState(c);
  const w = new CompactWriter();
  w.count(COMPACT_VERSION);
  w.number(dueUs);
  w.number(obs[0]);
  w.number(obs[1]);
  w.count((c.ended ? HAS_ENDED : 0) | (incidents.length === 0 ? 0 : HAS_INCIDENTS));
  w.count(c.devices.length);
  for (const device of c.devices) {
    w.text(device.deviceId);
    w.count(bitsOf(device));
  }
  w.bytes(decided);
  w.bytes(incidents);
  w.count(c.idempotent.length);
  for (const { client, key, bodyHash, entryId, t } of c.idempotent) {
    for (const text of [client, key, bodyHash, entryId]) w.text(text);
    w.number(t);
  }
  w.count(c.entryIds.length);
  for (const id of c.entryIds) w.text(id);
  for (const device of c.devices) writeDevice(w, device);
  w.count(c.pairs.length);
  for (const pair of c.pairs) writePair(w, pair);
  return w.view();
}

const NOTHING = new Uint8Array(0);

function headOf(r: CompactReader): CaseHead {
  const version = r.count();
  assert(version === COMPACT_VERSION || version === PLAIN_LISTS_VERSION, 'state of another version');
  const [dueUs, ofNoirmont, ofDelemont] = [r.number(), r.number(), r.number()];
  const flags = r.count();
  const devices: CaseHead['devices'][number][] = [];
  for (let n = r.count(); n > 0; n--) {
    const deviceId = r.text();
    const bits = r.count();
    devices.push({ deviceId, bits, boundTo: (bits & AT_NOIRMONT) === 0 ? 'delemont' : 'noirmont' });
  }
  const ended = (flags & HAS_ENDED) !== 0;
  return { dueUs, obs: [ofNoirmont, ofDelemont], ended, hasIncidents: (flags & HAS_INCIDENTS) !== 0, devices };
}

/** The exact bytes begin with four bytes of their version. */
export const isCompact = (bytes: Uint8Array): boolean =>
  bytes[0] === COMPACT_VERSION || bytes[0] === PLAIN_LISTS_VERSION;
/** Undefined: they are exact bytes, which say nothing before they are read. */
export const caseHead = (bytes: Uint8Array): CaseHead | undefined =>
  isCompact(bytes) ? headOf(new CompactReader(bytes)) : undefined;

export function loadCompact(
  measure: string,
  bytes: Uint8Array,
  zones: ZoneSlots,
  like: CaseState | undefined,
): CaseState {
  const r = new CompactReader(bytes);
  const head = headOf(r);
  // Digests are made of the packed form: it is the same whatever packed it first.
  const packed = r.bytes();
  const decided = bytes[0] === COMPACT_VERSION ? packed : packJson(unpackJson(packed));
  const records = r.bytes();
  const incidents = records.length === 0 ? [] : (JSON.parse(utf8Decode(records)) as Json[]).map(fromJson);
  const state = CaseState.ofDecided(measure, zones, decided, new Incidents(measure, incidents), like);
  // Arrays of their length: what grows by pushing keeps room for sixteen more.
  state.idempotent = Array.from({ length: r.count() }, () => idempotentOf(r));
  state.entryIds = Array.from({ length: r.count() }, () => r.text());
  state.devices = head.devices.map(({ deviceId, boundTo, bits }) =>
    deviceOf(r, zones.reports, deviceId, boundTo, bits),
  );
  const pairs: { key: string; now: Float64Array; base: Float64Array | undefined }[] = [];
  for (let n = r.count(); n > 0; n--) pairs.push({ key: r.text(), now: r.numbers(), base: emptyAsNone(r.numbers()) });
  state.pairs = pairsOf(state, pairs);
  return state;
}

const idempotentOf = (r: CompactReader): Idempotent => ({
  client: r.text(),
  key: r.text(),
  bodyHash: r.text(),
  entryId: r.text(),
  t: r.number(),
});
const emptyAsNone = (values: Float64Array): Float64Array | undefined => (values.length === 0 ? undefined : values);

function writePair(w: CompactWriter, pair: PairState): void {
  w.text(pair.key);
  w.numbers(pair.now);
  w.numbers(pair.base ?? []);
}

const bitsOf = (d: DeviceState): number =>
  (d.role === 'wearer' ? IS_WEARER : 0) |
  (d.boundTo === 'noirmont' ? AT_NOIRMONT : 0) |
  (d.strapOpen ? STRAP_OPEN : 0) |
  (d.caseOpen ? CASE_OPEN : 0) |
  (d.base === undefined ? 0 : HAS_BASE) |
  (d.anchor === undefined ? 0 : HAS_ANCHOR);

function writeDevice(w: CompactWriter, d: DeviceState): void {
  w.number(d.floorMs);
  w.number(d.lastReportUs);
  w.number(d.obsAtLast);
  w.number(d.reports);
  w.number(d.batteryPct);
  w.number(d.batteryAt);
  w.number(d.strapAt);
  w.number(d.caseAt);
  w.number(d.jammedSince);
  w.number(d.jammingAt);
  if (d.anchor !== undefined)
    for (const value of [d.anchor.at, d.anchor.latE7, d.anchor.lonE7, d.anchor.accuracyMm]) w.number(value);
  w.count(d.runs.runs.length);
  for (const { boot, first, last } of d.runs.runs) {
    w.count(boot);
    w.number(first);
    w.number(last);
  }
  w.numbers(d.stale);
  w.numbers(d.rows);
  if (d.base !== undefined) w.numbers(d.base);
  w.count(d.history.verdictWords);
  w.words(d.history.words());
}

function deviceOf(r: CompactReader, slabs: ReportSlabs, deviceId: string, boundTo: SiteId, bits: number): DeviceState {
  const role = (bits & IS_WEARER) === 0 ? 'protected' : 'wearer';
  const [floorMs, lastReportUs, obsAtLast] = [r.number(), r.number(), r.number()];
  const d = new DeviceState({ deviceId, role }, boundTo, obsAtLast, slabs);
  d.floorMs = floorMs;
  d.lastReportUs = lastReportUs;
  d.reports = r.number();
  d.batteryPct = r.number();
  d.batteryAt = r.number();
  d.strapAt = r.number();
  d.caseAt = r.number();
  d.jammedSince = r.number();
  d.jammingAt = r.number();
  d.strapOpen = (bits & STRAP_OPEN) !== 0;
  d.caseOpen = (bits & CASE_OPEN) !== 0;
  if ((bits & HAS_ANCHOR) !== 0)
    d.anchor = { at: r.number(), latE7: r.number(), lonE7: r.number(), accuracyMm: r.number() };
  d.runs = new SeqRuns(
    Array.from({ length: r.count() }, () => ({ boot: r.count(), first: r.number(), last: r.number() })),
  );
  d.stale = Array.from(r.numbers());
  d.rows = r.numbers();
  if ((bits & HAS_BASE) !== 0) d.base = r.numbers();
  d.history = History.ofWords(slabs, r.count(), r.words());
  d.findLastFix();
  return d;
}
