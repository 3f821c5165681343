// Stored entries on their way to a reader elsewhere: each with its sequence and when it was stored.
import type { SiteId } from '@vigie/model';
import { originMessage } from './origin-message.ts';
import type { OriginMessage } from './types.ts';

/** Sequence (8 bytes), microseconds of storing (8, 0 = not known), length (4). */
const HEAD_BYTES = 20;

export function encodeStored({ seq, storedAtUs, bytes }: OriginMessage): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES + bytes.length);
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(seq));
  view.setBigUint64(8, BigInt(storedAtUs ?? 0));
  view.setUint32(16, bytes.length);
  frame.set(bytes, HEAD_BYTES);
  return frame;
}

/** Undefined: the frames are cut short. */
export function decodeStored(site: SiteId, epoch: string, frames: Uint8Array): OriginMessage[] | undefined {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  const messages: OriginMessage[] = [];
  for (let p = 0; p < frames.length; ) {
    if (p + HEAD_BYTES > frames.length) return undefined;
    const end = p + HEAD_BYTES + view.getUint32(p + 16);
    if (end > frames.length) return undefined;
    const storedAtUs = Number(view.getBigUint64(p + 8));
    const seq = Number(view.getBigUint64(p));
    const bytes = frames.subarray(p + HEAD_BYTES, end);
    messages.push(originMessage(site, epoch, seq, bytes, storedAtUs === 0 ? undefined : storedAtUs));
    p = end;
  }
  return messages;
}
