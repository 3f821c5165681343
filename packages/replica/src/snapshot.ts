// Settled state at its end, as parts of bytes: a header in JSON, then cases, then a closing part with their number. Each part carries its
// own checksum. A reader that meets another version, or parts that do not match, starts from an older snapshot or from the start of the log.
import { crc32 } from 'node:zlib';
import type { MergeSnapshot } from '@vigie/log';
import { type Result, type VectorPosition, assert, fail, ok, utf8Decode, utf8Encode } from '@vigie/model';
import type { ClocksState } from './clocks.ts';
import type { DirectoryRow } from './directory.ts';
import type { Erasure } from './erasure.ts';
import type { MergedPlace } from './place.ts';

/**
 * Raise when the state of a case, of the clocks or of the merge changes its meaning, or how it is written. 4: cases are packed. 5: the lists
 * in them take fewer bytes.
 */
export const SNAPSHOT_VERSION = 5;
/** Read as well, because the log before a snapshot may lie in archives only: of version 3 cases are their exact bytes, and say so. */
const READ_SINCE_VERSION = 3;
/** A part is closed once it holds this much. */
export const PART_BYTES = 1024 * 1024;
const HEADER_MAGIC = 0x56475332; // "VGS2"
const CASES_MAGIC = 0x56475343; // "VGSC"
const END_MAGIC = 0x56475345; // "VGSE"
const PREFIX_BYTES = 8;
const MEASURE_BYTES = 32;
const DIGEST_BYTES = 64;
/** Measure, digest, and the lengths of row and bytes. */
const LENGTHS_AT = MEASURE_BYTES + DIGEST_BYTES;
const CASE_PREFIX_BYTES = LENGTHS_AT + 8;

export interface SnapshotHeader {
  readonly version: number;
  /** The engine under the runtime that made it, for whoever has to explain a difference. */
  readonly v8: string;
  readonly place: MergedPlace;
  readonly clocks: ClocksState;
  readonly merge: MergeSnapshot;
  readonly received: VectorPosition;
  /** Where measures were erased: what comes of them later is passed over and waits for no key. */
  readonly erased: readonly (readonly [measure: string, erasure: Erasure])[];
  /** Digest of the state, to be found again after loading. */
  readonly digest: string;
}
export interface SnapshotCase {
  readonly measure: string;
  /** Who it is, so that loading need not read every order; undefined: not known when it was written. */
  readonly row: DirectoryRow | undefined;
  /** SHA-256 of its exact bytes in hex, so that the digest of all need not hash everybody after loading. */
  readonly digest: string;
  /** Packed by the engine. */
  readonly bytes: Uint8Array;
}
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly cases: readonly SnapshotCase[];
}

const partOf = (magic: number, size: number): { bytes: Uint8Array; view: DataView } => {
  const bytes = new Uint8Array(PREFIX_BYTES + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, magic);
  return { bytes, view };
};
function closed(bytes: Uint8Array, view: DataView): Uint8Array {
  view.setUint32(0, crc32(bytes.subarray(4)));
  return bytes;
}

export function headerPart(header: SnapshotHeader): Uint8Array {
  const text = utf8Encode(JSON.stringify(header));
  const { bytes, view } = partOf(HEADER_MAGIC, text.length);
  bytes.set(text, PREFIX_BYTES);
  return closed(bytes, view);
}

export function casesPart(cases: readonly SnapshotCase[]): Uint8Array {
  const rows = cases.map(({ row }) => utf8Encode(row === undefined ? '' : JSON.stringify(row)));
  const size = cases.reduce(
    (sum, { bytes }, i) => sum + CASE_PREFIX_BYTES + (rows[i] as Uint8Array).length + bytes.length,
    0,
  );
  const { bytes, view } = partOf(CASES_MAGIC, size);
  let p = PREFIX_BYTES;
  for (const [i, one] of cases.entries()) {
    const row = rows[i] as Uint8Array;
    assert(one.measure.length === MEASURE_BYTES && one.digest.length === DIGEST_BYTES, 'hex digits of 16 and 32 bytes');
    bytes.set(utf8Encode(one.measure + one.digest), p);
    view.setUint32(p + LENGTHS_AT, row.length);
    view.setUint32(p + LENGTHS_AT + 4, one.bytes.length);
    bytes.set(row, p + CASE_PREFIX_BYTES);
    bytes.set(one.bytes, p + CASE_PREFIX_BYTES + row.length);
    p += CASE_PREFIX_BYTES + row.length + one.bytes.length;
  }
  return closed(bytes, view);
}

export function endPart(cases: number): Uint8Array {
  const { bytes, view } = partOf(END_MAGIC, 4);
  view.setUint32(PREFIX_BYTES, cases);
  return closed(bytes, view);
}

type Parts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
const bad = (detail: string) => fail('malformed-entry', detail);

/** Reads the first part alone. Throws what the store throws. */
export async function decodeHeader(parts: Parts): Promise<Result<SnapshotHeader>> {
  for await (const part of parts) return headerOf(part);
  return bad('snapshot is empty');
}

/** Bytes of cases are views on the parts. Throws what the store throws. */
export async function decodeSnapshot(parts: Parts): Promise<Result<Snapshot>> {
  let header: SnapshotHeader | undefined;
  let ended: number | undefined;
  const cases: SnapshotCase[] = [];
  for await (const part of parts) {
    if (header === undefined) {
      const read = headerOf(part);
      if (!read.ok) return read;
      header = read.value;
      continue;
    }
    const magic = magicOf(part);
    if (ended !== undefined || (magic !== CASES_MAGIC && magic !== END_MAGIC))
      return bad('snapshot does not match its own checksums');
    if (magic === END_MAGIC) ended = viewOf(part).getUint32(PREFIX_BYTES);
    else readCases(part, cases);
  }
  if (header === undefined) return bad('snapshot is empty');
  if (ended !== cases.length) return bad('snapshot is cut short');
  return ok({ header, cases });
}

function headerOf(part: Uint8Array): Result<SnapshotHeader> {
  if (magicOf(part) !== HEADER_MAGIC) return bad('not a snapshot of this version');
  const header = JSON.parse(utf8Decode(part.subarray(PREFIX_BYTES))) as SnapshotHeader;
  if (header.version < READ_SINCE_VERSION || header.version > SNAPSHOT_VERSION)
    return bad(`snapshot version ${header.version}, expected ${READ_SINCE_VERSION} to ${SNAPSHOT_VERSION}`);
  return ok(header);
}

/** Of a part whose checksum fits; undefined: it is not whole. */
function magicOf(part: Uint8Array): number | undefined {
  if (part.length < PREFIX_BYTES) return undefined;
  const view = viewOf(part);
  return view.getUint32(0) === crc32(part.subarray(4)) ? view.getUint32(4) : undefined;
}

function readCases(part: Uint8Array, cases: SnapshotCase[]): void {
  const view = viewOf(part);
  for (let p = PREFIX_BYTES; p < part.length; ) {
    const measure = utf8Decode(part.subarray(p, p + MEASURE_BYTES));
    const digest = utf8Decode(part.subarray(p + MEASURE_BYTES, p + LENGTHS_AT));
    const rowLength = view.getUint32(p + LENGTHS_AT);
    const length = view.getUint32(p + LENGTHS_AT + 4);
    p += CASE_PREFIX_BYTES;
    const row = utf8Decode(part.subarray(p, p + rowLength));
    p += rowLength;
    cases.push({
      measure,
      row: row === '' ? undefined : (JSON.parse(row) as DirectoryRow),
      digest,
      bytes: part.subarray(p, p + length),
    });
    p += length;
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
