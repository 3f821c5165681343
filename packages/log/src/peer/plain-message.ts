// What the sites tell each other outside of the log, as plain NATS messages: how far the other origin is held (L7), and the
// time of what was heard last, so that each knows whether it is heard, too: a one-way cut is apart at both.
import { type Seen, isEpoch, isPartitionCount, seqOf, utf8Decode, utf8Encode } from '@vigie/model';

export interface PlainMessage {
  /** The epoch that the sender runs. */
  readonly epoch: string;
  /** How far the sender holds the receiver's origin. */
  readonly seen: Seen;
  /** Site clock of the sender, microseconds. */
  readonly atUs: number;
  /** How many partitions the sender's log has; absent: one. */
  readonly partitions?: number;
  /** The sender is about to leave, or has left. */
  readonly leaving: boolean;
  /** `atUs` of the last message the sender heard from the receiver, and how long before `atUs` that was. */
  readonly heard: { readonly atUs: number; readonly agoUs: number } | null;
}

export const encodePlain = (message: PlainMessage): Uint8Array => utf8Encode(JSON.stringify({ v: 1, ...message }));

/** Undefined: not a message of this version. It is only ever a hint, so it is passed over. */
export function decodePlain(bytes: Uint8Array): PlainMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, epoch, seen, atUs, heard, leaving, partitions } = value as { [name: string]: unknown };
  if (v !== 1 || typeof epoch !== 'string' || !isEpoch(epoch) || !Number.isSafeInteger(atUs)) return undefined;
  const parsedSeen = seen === null ? null : parseSeen(seen);
  const parsedHeard = heard === null ? null : parseHeard(heard);
  if (parsedSeen === undefined || parsedHeard === undefined) return undefined;
  const several = isPartitionCount(partitions) ? { partitions } : {};
  return { epoch, seen: parsedSeen, atUs: atUs as number, ...several, leaving: leaving === true, heard: parsedHeard };
}

function parseSeen(value: unknown): Seen | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, seq } = value as { [name: string]: unknown };
  return typeof epoch === 'string' && isEpoch(epoch) && Number.isSafeInteger(seq)
    ? { epoch, seq: seqOf(seq as number) }
    : undefined;
}

function parseHeard(value: unknown): { atUs: number; agoUs: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { atUs, agoUs } = value as { [name: string]: unknown };
  return Number.isSafeInteger(atUs) && Number.isSafeInteger(agoUs)
    ? { atUs: atUs as number, agoUs: agoUs as number }
    : undefined;
}
