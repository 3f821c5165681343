// The versioned envelope of everything in the log (L3), and its bytes: a magic, the length of a JSON header, the number of items, the
// header, then the items. What is personal lies in the items, sealed per measure; the header holds no coordinate, name or device id.
import { type Result, assert, fail, ok } from './errors.ts';
import type { SwitchableKind } from './incident.ts';
import { partitionName } from './partition.ts';
import { type SiteId, isSiteId } from './site.ts';
import { utf8Decode, utf8Encode } from './text.ts';
import { type LogTimeUs, type Seq, logTimeUs } from './units.ts';

/**
 * The major of the log format: the envelope, and what the kinds mean to a fold. A reader that meets a newer one stops and says so; it
 * never passes over what it cannot read, because another site may fold it.
 */
export const ENTRY_VERSION = 1;
/**
 * The minor: header fields that a reader may leave aside, and kinds that no fold takes in. A reader keeps the place of such an entry,
 * its log time and what it says to have seen, and folds nothing. What changes a fold needs an `engine_version` entry, not a minor.
 * 0: as it began. 1: entries and heartbeats name the format of their writer. 2: `key_destroyed`.
 * 3: `case_rule`, which folds take in once rules that know it are in force.
 */
export const ENTRY_MINOR = 3;
/** Bytes of one entry; below nats-server's max_payload of 1 MiB with room for its headers. */
export const ENTRY_BYTES_MAX = 900_000;
/** "VGE" and the major in the last byte. */
const MAGIC = 0x56474500 + ENTRY_VERSION;
const FIXED_BYTES = 12;

/** Kinds whose items belong to one measure each. */
export const CASE_KINDS = [
  'case',
  'order',
  'stop',
  'reports',
  'step',
  'event',
  'attempt',
  'receipt',
  'case_rule',
] as const;
export type CaseKind = (typeof CASE_KINDS)[number];
/** Kinds that carry plain `data` and concern a whole site or cluster. */
export const PLAIN_KINDS = [
  'heartbeat',
  'admit',
  'ok',
  'leave',
  'found',
  'shared_zone',
  'engine_version',
  'rule_switched',
  'erased',
  'key_destroyed',
] as const;
/** How a reader sees a kind of a newer minor; never written. */
export const UNKNOWN_KIND = 'unknown';
export type PlainKind = (typeof PLAIN_KINDS)[number] | typeof UNKNOWN_KIND;
export type EntryKind = CaseKind | PlainKind;

/** How far the writer had the other origin on its own disk, openable (L7). Null: nothing yet. */
export type Seen = { readonly epoch: string; readonly seq: Seq } | null;

/** One payload of one measure. `bytes` is sealed (nonce, ciphertext, tag) unless the header says `plain`. */
export interface Item {
  /** 32 hex digits: the id of the measure and of its key. */
  readonly measure: string;
  readonly bytes: Uint8Array;
}

export interface HeartbeatData {
  /** The newest version of the rules that the site's program knows. */
  readonly rules?: number;
  /** Digest of settled state at the last whole second of log time it has reached. */
  readonly digest?: { readonly second: number; readonly value: string };
  /** Which boundaries the site was given: the first digits of the file's SHA-256; null: none. */
  readonly boundaries?: string | null;
  /** The log format that the writer writes and reads, `major.minor`. */
  readonly format?: string;
  /** Size and root of the own tree (section 5). */
  readonly tree?: { readonly size: number; readonly root: string };
  /** L19: verified archives that the site holds of epochs which are still streams; `covered`: and a snapshot past their end. */
  readonly archives?: readonly {
    readonly site: SiteId;
    readonly epoch: string;
    readonly size: number;
    readonly root: string;
    readonly covered: boolean;
  }[];
}
/** L11. `bases`: for each waiting epoch listed, in turn, the lastSeq of every other known epoch of that site. */
export interface AdmitData {
  readonly generation: string;
  readonly admits: readonly {
    readonly site: SiteId;
    readonly epoch: string;
    readonly lastSeqs: { readonly [epoch: string]: number };
  }[];
  /** True when Noirmont's keeper admits epochs of both sites; counts once an `ok` of Delémont names it. */
  readonly both: boolean;
  /** How many partitions this log is one of; absent: it is the only one. */
  readonly partitions?: number;
}
/** From its place on both sites fold by this version of the rules (docs/decisions/0020). */
export interface EngineVersionData {
  readonly version: number;
}
/**
 * A rule switched off or on for everybody, after the place of the entry in which a second person approves it; `ask` is the entryId of
 * what was asked. It lies in the header: the note is about the rule, never about a person.
 */
export type RuleSwitchedData =
  | {
      readonly step: 'ask';
      readonly rule: SwitchableKind;
      readonly off: boolean;
      readonly by: string;
      readonly note: string;
    }
  | { readonly step: 'approve'; readonly ask: string; readonly by: string };
export interface OkData {
  readonly admitEntryId: string;
}
/** A new generation, founded at the survivor (Found). */
export interface FoundData {
  /** `<number>-<random>`: the number is one more than the parent's. */
  readonly generation: string;
  readonly members: readonly SiteId[];
  readonly parent: string;
  /** `<site>.<epoch>` -> the last sequence that has a place, of every known epoch but the one that this entry lies in. */
  readonly vector: { readonly [epochOfSite: string]: number };
  /** The epochs of both sites that wait, in turn, the one that this entry lies in last (if it waits). */
  readonly admits: AdmitData['admits'];
  /** Who confirmed that the other site is fenced. */
  readonly by: string;
  /** As in an admit. */
  readonly partitions?: number;
}
/** The retention of a measure is over: from its place on the case is no more, and each site destroys the key. */
export interface ErasedData {
  readonly measure: string;
  /** Whose case it was: who may see the certificate. */
  readonly authority: string;
  readonly legalBasis: string;
  /** RFC 3339: by then the law wants it done. */
  readonly legalDate: string;
}
/** The site that wrote it has destroyed the key of an erased measure, its rows, and the snapshots that held the case. */
export interface KeyDestroyedData {
  readonly measure: string;
}
/** The site that wrote it gives up the generation that it has founded, for the one of the other site. */
export interface YieldData {
  readonly yields: string;
  readonly to: string;
  readonly by: string;
}
/** Where an entry stood that was written again, because its place was voided by a `found`. */
export interface OldPlace {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
  readonly t: number;
}

export interface Envelope {
  readonly v: number;
  /** Of the writer; absent = 0. */
  readonly minor?: number;
  readonly entryId: string;
  readonly t: LogTimeUs;
  readonly kind: EntryKind;
  readonly seen: Seen;
  /** True: items are not sealed (a test setting). */
  readonly plain?: boolean;
  readonly data?: unknown;
  /** This entry was written before, by an origin whose end was voided; then under the same entryId. */
  readonly from?: OldPlace;
}
export interface Entry extends Envelope {
  readonly items: readonly Item[];
}

export function encodeEntry(entry: Entry): Uint8Array {
  const { items, ...envelope } = entry;
  const header = utf8Encode(JSON.stringify(envelope));
  let size = FIXED_BYTES + header.length;
  for (const item of items) size += 20 + item.bytes.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, header.length);
  view.setUint32(8, items.length);
  bytes.set(header, FIXED_BYTES);
  let p = FIXED_BYTES + header.length;
  for (const item of items) {
    assert(item.measure.length === 32, 'a measure id is 32 hex digits');
    for (let i = 0; i < 16; i++) bytes[p + i] = Number.parseInt(item.measure.slice(2 * i, 2 * i + 2), 16);
    view.setUint32(p + 16, item.bytes.length);
    bytes.set(item.bytes, p + 20);
    p += 20 + item.bytes.length;
  }
  return bytes;
}

/** Items are views on `bytes`, not copies. Malformed bytes are a value, because a disk or an insider may make them. */
export function decodeEntry(bytes: Uint8Array): Result<Entry> {
  const bad = (detail: string) => fail('malformed-entry', detail);
  if (bytes.length < FIXED_BYTES) return bad('shorter than its own header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  // Another major may look otherwise from the next byte on.
  if (magic > MAGIC && magic >>> 8 === MAGIC >>> 8) return newer(`major ${magic & 0xff}`);
  if (magic !== MAGIC) return bad('does not start with the mark of an entry');
  const headerLength = view.getUint32(4);
  if (FIXED_BYTES + headerLength > bytes.length) return bad('header is cut short');
  let header: unknown;
  try {
    header = JSON.parse(utf8Decode(bytes.subarray(FIXED_BYTES, FIXED_BYTES + headerLength)));
  } catch (cause) {
    return fail('malformed-entry', 'header is not JSON', { cause });
  }
  if (isNewer(header)) return newer(`major ${header.v}`);
  if (!isEnvelope(header)) return bad('header lacks v, entryId, t, kind or seen');
  const items: Item[] = [];
  let p = FIXED_BYTES + headerLength;
  while (p < bytes.length) {
    if (p + 20 > bytes.length) return bad('item header is cut short');
    const length = view.getUint32(p + 16);
    if (p + 20 + length > bytes.length) return bad('item is cut short');
    items.push({ measure: hex16(bytes, p), bytes: bytes.subarray(p + 20, p + 20 + length) });
    p += 20 + length;
  }
  if (items.length !== view.getUint32(8)) return bad('holds another number of items than it says');
  const kind = isKnownKind(header.kind) ? header.kind : UNKNOWN_KIND;
  // A list that grew has room for seventeen, and unsettled entries are kept for days.
  return ok({ ...header, kind, t: logTimeUs(header.t), items: items.slice() });
}

/** The bytes of a well-formed entry in parts, views that cover all of them: what comes before the items, then each item. */
export function entryParts(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let p = FIXED_BYTES + view.getUint32(4);
  const parts = [bytes.subarray(0, p)];
  while (p < bytes.length) {
    const end = p + ITEM_OVERHEAD_BYTES + view.getUint32(p + 16);
    parts.push(bytes.subarray(p, end));
    p = end;
  }
  return parts;
}

const newer = (which: string) =>
  fail('newer-format', `log format ${which}; this program reads ${ENTRY_VERSION}.${ENTRY_MINOR}`);

const isNewer = (header: unknown): header is { readonly v: number } =>
  typeof header === 'object' && header !== null && Number((header as { v?: unknown }).v) > ENTRY_VERSION;

const KNOWN_KINDS: ReadonlySet<string> = new Set([...CASE_KINDS, ...PLAIN_KINDS]);
const isKnownKind = (kind: string): boolean => KNOWN_KINDS.has(kind);

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const o = value as Record<string, unknown>;
  const seen = o['seen'];
  return (
    o['v'] === ENTRY_VERSION &&
    typeof o['entryId'] === 'string' &&
    Number.isSafeInteger(o['t']) &&
    typeof o['kind'] === 'string' &&
    (isKnownKind(o['kind']) || Number(o['minor']) > ENTRY_MINOR) &&
    (seen === null ||
      (typeof seen === 'object' &&
        typeof (seen as Record<string, unknown>)['epoch'] === 'string' &&
        Number.isSafeInteger((seen as Record<string, unknown>)['seq'])))
  );
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
function hex16(bytes: Uint8Array, p: number): string {
  let text = '';
  for (let i = 0; i < 16; i++) text += HEX[bytes[p + i] as number];
  return text;
}

/** Bytes an item adds to an entry, beside its own. */
export const ITEM_OVERHEAD_BYTES = 20;

export const isCaseKind = (kind: EntryKind): kind is CaseKind => (CASE_KINDS as readonly string[]).includes(kind);

/** `LOG_<site>_<epoch>-<suffix>_<nn>` (L10). */
export const streamName = (site: SiteId, epoch: string, partition: number): string =>
  `LOG_${site}_${epoch}_${partitionName(partition)}`;

export function parseStreamName(name: string): { site: SiteId; epoch: string; partition: number } | undefined {
  const match = /^LOG_([a-z]+)_([0-9]+-[a-z0-9]+)_([0-9]{2})$/.exec(name);
  if (match === null || !isSiteId(match[1])) return undefined;
  return { site: match[1], epoch: match[2] as string, partition: Number(match[3]) };
}
