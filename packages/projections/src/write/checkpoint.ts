// How far the rows reach. It lives in the database and moves in the same transaction as the rows, so a crash between the two
// cannot happen; and it is compared before it moves, so two projectors, or a rebuild under a running one, are noticed.
import {
  type Seq,
  type VectorPosition,
  canonicalJson,
  formatPosition,
  parsePosition,
  partitionName,
  seqOf,
} from '@vigie/model';
import type { LogEpoch } from '../source.ts';
import type { Raw } from './upsert.ts';

export interface Checkpoint {
  /** All that was received up to here is in the rows. */
  readonly received: VectorPosition;
  readonly log: ReadonlyMap<string, Seq>;
}

export const emptyCheckpoint: Checkpoint = { received: {}, log: new Map() };

/** As positions name it. */
export const epochKey = ({ site, epoch, partition = 0 }: LogEpoch): string =>
  partition === 0 ? `${site}.${epoch}` : `${site}.${epoch}.${partitionName(partition)}`;

export async function loadCheckpoint(sql: Raw): Promise<Checkpoint> {
  const [row] = await sql<{ received: string; log: Record<string, number> }[]>`
    select received, log from projection.checkpoint where id = 1`;
  if (row === undefined) return emptyCheckpoint;
  const received = parsePosition(row.received);
  const log = new Map(Object.entries(row.log).map(([key, seq]) => [key, seqOf(seq)]));
  return { received: received.ok ? received.value : {}, log };
}

/** Locks the checkpoint for this transaction; false when it is not where this projector left it. */
export async function stillAt(tx: Raw, mine: Checkpoint): Promise<boolean> {
  await tx`insert into projection.checkpoint values (1, '', '{}') on conflict do nothing`;
  await tx`select 1 from projection.checkpoint where id = 1 for update`;
  const now = await loadCheckpoint(tx);
  return formatPosition(now.received) === formatPosition(mine.received) && logText(now) === logText(mine);
}

export async function moveCheckpoint(tx: Raw, to: Checkpoint): Promise<void> {
  await tx`update projection.checkpoint set received = ${formatPosition(to.received)}, log = ${logText(to)}::text::jsonb where id = 1`;
}

const logText = (checkpoint: Checkpoint): string => canonicalJson(Object.fromEntries(checkpoint.log));
