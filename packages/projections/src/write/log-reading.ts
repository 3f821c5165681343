// Reads the log for the projector: each epoch from where its rows end, a bounded piece per round.
import { type Seq, type WorldError, seqOf } from '@vigie/model';
import type { ProjectionSource } from '../source.ts';
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
  readonly voided: readonly { readonly site: string; readonly epoch: string; readonly lastSeq: Seq }[];
  /** Why an epoch was not read further. */
  readonly trouble: WorldError | undefined;
}

export async function readPiece(source: ProjectionSource, from: ReadonlyMap<string, Seq>): Promise<LogPiece> {
  const rows = new LogRows();
  const progress = new Map(from);
  const received = source.received();
  const voided: { site: string; epoch: string; lastSeq: Seq }[] = [];
  let more = false;
  let behind = false;
  let trouble: WorldError | undefined;
  for (const { site, epoch, lastSeq } of source.epochs()) {
    const key = epochKey(site, epoch);
    const at = from.get(key) ?? seqOf(0);
    if (lastSeq !== undefined && at > lastSeq) {
      voided.push({ site, epoch, lastSeq });
      progress.set(key, lastSeq);
    }
    if (lastSeq !== undefined && at >= lastSeq) continue;
    const newest = received[site];
    if (newest?.epoch === epoch && newest.seq <= at) continue;
    const wanted = lastSeq === undefined ? LOG_MESSAGES_MAX : Math.min(LOG_MESSAGES_MAX, lastSeq - at);
    const messages = await source.readLog(site, epoch, seqOf(at + 1), wanted);
    let stopped = false;
    for (const message of messages) {
      const added = rows.add(source, message);
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
