// What one site knew at a time: its own entries up to then, and of the other site's what its log server had stored by then. A disk
// that was lost and filled again, and archives, do not tell when; then counts what the own entries said to hold.
import type { OriginMessage } from '@vigie/log';
import { type SiteId, compareEpochs } from '@vigie/model';

export const KNOWN_AT_MEANS =
  "known at a time = the own entries written by then and, of the other site, what lay on this site's disk by then, or what the own " +
  'entries say to have been held';

/** Which entries to read. Goes through the messages once. */
export async function knownAt(
  messages: AsyncIterable<OriginMessage>,
  site: SiteId,
  untilUs: number,
): Promise<(message: OriginMessage) => boolean> {
  let newest: string | undefined;
  const held = new Map<string, number>();
  /** Own entries stand in the order of their log times: one that comes later ends its epoch, malformed ones after it included. */
  const ends = new Map<string, number>();
  for await (const { site: from, epoch, seq, entry } of messages) {
    if (from !== site) continue;
    if (!entry.ok) continue;
    if (entry.value.t > untilUs) {
      ends.set(epoch, Math.min(ends.get(epoch) ?? seq, seq));
      continue;
    }
    const { seen } = entry.value;
    if (seen === null) continue;
    held.set(seen.epoch, Math.max(held.get(seen.epoch) ?? 0, seen.seq));
    if (newest === undefined || compareEpochs(newest, seen.epoch) < 0) newest = seen.epoch;
  }
  return (message) => {
    if (message.site === site) return message.seq < (ends.get(message.epoch) ?? Number.POSITIVE_INFINITY);
    if (message.storedAtUs !== undefined && message.storedAtUs <= untilUs) return true;
    const seq = held.get(message.epoch);
    if (seq !== undefined && message.epoch === newest) return message.seq <= seq;
    // An earlier epoch had ended when a later one was held.
    return newest !== undefined && compareEpochs(message.epoch, newest) < 0;
  };
}
