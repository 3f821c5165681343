// Reads the log for the projector: each epoch from where its rows end, a bounded piece per round.
import { type Seq, type WorldError, ofPartition, seqOf } from '@vigie/model';
import type { LogEpoch, ProjectionSource } from '../source.ts';
import { epochKey } from './checkpoint.ts';
import { LogRows } from './log-rows.ts';

/** Messages of one epoch per round. With group commit a message is 30 to 60 kB at most, so a round holds up to 24 MB. */
const LOG_MESSAGES_MAX = 400;

export interface LogPiece {
  readonly rows: LogRows;
  readonly progress: ReadonlyMap<string, Seq>;
  /** There is more to read at once. */
  readonly more: boolean;
  /** The log did not give all that was received from it: its server is away, or a key is missing. */
  readonly behind: boolean;
  /** Epochs whose end became known behind what was read: rows past it have no place (L11). */
  readonly voided: readonly (LogEpoch & { readonly lastSeq: Seq })[];
  /** Why an epoch was not read further. */
  readonly trouble: WorldError | undefined;
}

export async function readPiece(source: ProjectionSource, from: ReadonlyMap<string, Seq>): Promise<LogPiece> {
  const rows = new LogRows();
  const progress = new Map(from);
  const received = source.received();
  const voided: (LogEpoch & { lastSeq: Seq })[] = [];
  let more = false;
  let behind = false;
  let trouble: WorldError | undefined;
  for (const one of source.epochs()) {
    const { partition = 0, site, epoch, lastSeq } = one;
    const key = epochKey(one);
    const at = from.get(key) ?? seqOf(0);
    if (lastSeq !== undefined && at > lastSeq) {
      voided.push({ ...one, lastSeq });
      progress.set(key, lastSeq);
    }
    if (lastSeq !== undefined && at >= lastSeq) continue;
    const newest = ofPartition(received, partition)[site];
    if (newest?.epoch === epoch && newest.seq <= at) continue;
    const wanted = lastSeq === undefined ? LOG_MESSAGES_MAX : Math.min(LOG_MESSAGES_MAX, lastSeq - at);
    const messages = await source.readLog(one, seqOf(at + 1), wanted);
    let stopped = false;
    for (const message of messages) {
      const added = rows.add(source, message, partition);
      if (!added.ok) {
        trouble = added.error;
        stopped = true;
        break;
      }
      progress.set(key, message.seq);
    }
    const wantedSeq = lastSeq ?? (newest?.epoch === epoch ? newest.seq : 0);
    behind ||= (progress.get(key) ?? 0) < wantedSeq;
    more ||= !stopped && messages.length === wanted && wanted === LOG_MESSAGES_MAX;
  }
  return { rows, progress, more, behind, voided, trouble };
}
