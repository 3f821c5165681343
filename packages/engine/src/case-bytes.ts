// The exact bytes of a case: what the digests in heartbeats are made of, so they never change. What people decided stands first and as
// canonical text, as it was recorded. What is only kept and put back is written shorter (compact-case.ts); both are read here.
import { type Json, assert, canonicalJson, utf8Decode, utf8Encode } from '@vigie/model';
import { Reader, Writer } from './bytes.ts';
import { CaseState, type Idempotent } from './case-state.ts';
import { isCompact, loadCompact } from './compact-case.ts';
import { DeviceState } from './device-state.ts';
import { fromJson } from './incident-record.ts';
import { pairsOf } from './fold-proximity.ts';
import { Incidents } from './incidents.ts';
import { packJson } from './pack-json.ts';
import { PairState } from './pair-state.ts';
import type { ZoneSlots } from './zone-slots.ts';

const EXACT_VERSION = 1;

export function saveCase(c: CaseState): Uint8Array {
  const w = new Writer();
  writeFirst(w, c);
  writeRest(w, c);
  return w.take();
}

/** The exact bytes in two, so that who hashes them need not make the first part anew while people decide nothing. */
export interface ExactParts {
  /** The same object as long as the first part is the same bytes; no others are ever of the same object. */
  readonly of: object;
  readonly first: () => Uint8Array;
  readonly rest: Uint8Array;
}
export function exactParts(c: CaseState): ExactParts {
  const w = new Writer();
  writeRest(w, c);
  return { of: c.decidedBytes(), first: () => firstOf(c), rest: w.take() };
}
function firstOf(c: CaseState): Uint8Array {
  const w = new Writer();
  writeFirst(w, c);
  return w.take();
}

function writeFirst(w: Writer, c: CaseState): void {
  w.u32(EXACT_VERSION);
  w.bytes(c.zones.texts.of(c.decidedBytes()));
}
function writeRest(w: Writer, c: CaseState): void {
  w.bytes(c.incidents.bytes());
  w.bytes(utf8Encode(canonicalJson({ idempotent: c.idempotent, entryIds: c.entryIds } as unknown as Json)));
  w.u32(c.devices.length);
  for (const device of c.devices) device.write(w);
  w.u32(c.pairs.length);
  for (const pair of c.pairs) pair.write(w);
}

/** Reads exact bytes and compact ones. `like`: the case as it stands now, see `CaseState.ofDecided`. */
export function loadCase(measure: string, bytes: Uint8Array, zones: ZoneSlots, like?: CaseState): CaseState {
  const state = isCompact(bytes) ? loadCompact(measure, bytes, zones, like) : loadExact(measure, bytes, zones, like);
  if (like?.pastTransitions !== undefined) state.pastTransitions = like.pastTransitions;
  state.incidents.past = like?.incidents.past;
  return state;
}

function loadExact(measure: string, bytes: Uint8Array, zones: ZoneSlots, like: CaseState | undefined): CaseState {
  const r = new Reader(bytes);
  assert(r.u32() === EXACT_VERSION, 'state of another version');
  const packed = packJson(JSON.parse(utf8Decode(r.bytes())) as Json);
  const incidents = new Incidents(measure, (JSON.parse(utf8Decode(r.bytes())) as Json[]).map(fromJson));
  const cold = JSON.parse(utf8Decode(r.bytes())) as { idempotent: Idempotent[]; entryIds: string[] };
  const state = CaseState.ofDecided(measure, zones, packed, incidents, like);
  state.idempotent = cold.idempotent;
  state.entryIds = cold.entryIds;
  state.devices = Array.from({ length: r.u32() }, () => DeviceState.read(r, zones.reports));
  state.pairs = pairsOf(
    state,
    Array.from({ length: r.u32() }, () => PairState.readNumbers(r)),
  );
  return state;
}
