// Settled state at its end, as bytes: a header in JSON, then the cases, then a SHA-256 over everything before it. A reader that
// meets another version, or bytes that do not match, starts from an older snapshot or from the start of the log.
import { createHash } from 'node:crypto';
import type { MergeSnapshot } from '@vigie/log';
import { type Result, type VectorPosition, fail, ok, utf8Decode, utf8Encode } from '@vigie/model';
import type { ClocksState } from './clocks.ts';
import type { MergedPlace } from './place.ts';

/** Raise when the state of a case, of the clocks or of the merge changes its meaning. */
export const SNAPSHOT_VERSION = 2;
const MAGIC = 0x56475331; // "VGS1"
const DIGEST_BYTES = 32;

export interface SnapshotHeader {
  readonly version: number;
  /** The engine under the runtime that made it, for whoever has to explain a difference. */
  readonly v8: string;
  readonly place: MergedPlace;
  readonly clocks: ClocksState;
  readonly merge: MergeSnapshot;
  readonly received: VectorPosition;
  /** Where measures were erased: what comes of them later is passed over and waits for no key. */
  readonly erased: readonly (readonly [measure: string, place: MergedPlace])[];
  /** Digest of the state, to be found again after loading. */
  readonly digest: string;
}
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly cases: readonly (readonly [measure: string, bytes: Uint8Array])[];
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const header = utf8Encode(JSON.stringify(snapshot.header));
  let size = 12 + header.length + DIGEST_BYTES;
  for (const [, bytes] of snapshot.cases) size += 36 + bytes.length;
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, header.length);
  view.setUint32(8, snapshot.cases.length);
  out.set(header, 12);
  let p = 12 + header.length;
  for (const [measure, bytes] of snapshot.cases) {
    out.set(utf8Encode(measure), p);
    view.setUint32(p + 32, bytes.length);
    out.set(bytes, p + 36);
    p += 36 + bytes.length;
  }
  out.set(sha256(out.subarray(0, p)), p);
  return out;
}

export function decodeSnapshot(bytes: Uint8Array): Result<Snapshot> {
  const bad = (detail: string) => fail('malformed-entry', detail);
  if (bytes.length < 12 + DIGEST_BYTES) return bad('snapshot is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC) return bad('not a snapshot of this version');
  const body = bytes.subarray(0, bytes.length - DIGEST_BYTES);
  if (!sameBytes(sha256(body), bytes.subarray(body.length))) return bad('snapshot does not match its own digest');
  const headerLength = view.getUint32(4);
  const count = view.getUint32(8);
  const header = JSON.parse(utf8Decode(body.subarray(12, 12 + headerLength))) as SnapshotHeader;
  if (header.version !== SNAPSHOT_VERSION)
    return bad(`snapshot version ${header.version}, expected ${SNAPSHOT_VERSION}`);
  const cases: (readonly [string, Uint8Array])[] = [];
  let p = 12 + headerLength;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(p + 32);
    cases.push([utf8Decode(body.subarray(p, p + 32)), body.subarray(p + 36, p + 36 + length)]);
    p += 36 + length;
  }
  return ok({ header, cases });
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
