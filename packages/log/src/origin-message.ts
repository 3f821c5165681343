// Entries to bytes and back, for every kind of log.
import {
  type Entry,
  type LogTimeUs,
  type Seen,
  type SiteId,
  ENTRY_BYTES_MAX,
  ENTRY_MINOR,
  ENTRY_VERSION,
  decodeEntry,
  encodeEntry,
  seqOf,
} from '@vigie/model';
import type { AppendResult, EntryDraft, OriginMessage } from './types.ts';

export function originMessage(
  site: SiteId,
  epoch: string,
  seq: number,
  bytes: Uint8Array,
  storedAtUs?: number,
): OriginMessage {
  const message = { site, epoch, seq: seqOf(seq), bytes, entry: decodeEntry(bytes) };
  return storedAtUs === undefined ? message : { ...message, storedAtUs };
}

/** The bytes to store, or why they cannot be. */
export function entryBytes(draft: EntryDraft, t: LogTimeUs, seen: Seen): Uint8Array | AppendResult {
  const entry: Entry = { v: ENTRY_VERSION, minor: ENTRY_MINOR, ...draft, t, seen };
  const bytes = encodeEntry(entry);
  return bytes.length <= ENTRY_BYTES_MAX
    ? bytes
    : { kind: 'refused', reason: 'too_large', detail: `${bytes.length} bytes, at most ${ENTRY_BYTES_MAX}` };
}
