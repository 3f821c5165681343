import type { SiteId } from '@vigie/model';
import { and, asc, eq, gte, lte } from 'drizzle-orm';
import { trackChunks } from '../store/schema.ts';
import type { ChunkRecord } from './records.ts';
import type { Tx } from './session.ts';

export interface TrackFilter {
  readonly measure: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what had been appended by then: log time, microseconds. */
  readonly knownAtUs?: number | undefined;
  readonly limit: number;
}

/** Oldest first; at most `limit`, so a caller that gets as many knows that there is more. */
export async function selectChunks(tx: Tx, filter: TrackFilter): Promise<ChunkRecord[]> {
  const rows = await tx
    .select()
    .from(trackChunks)
    .where(
      and(
        eq(trackChunks.measure, filter.measure),
        gte(trackChunks.toMs, filter.fromMs),
        lte(trackChunks.fromMs, filter.toMs),
        filter.knownAtUs === undefined ? undefined : lte(trackChunks.tUs, filter.knownAtUs),
      ),
    )
    .orderBy(asc(trackChunks.fromMs), asc(trackChunks.tUs))
    .limit(filter.limit);
  return rows.map((row) => ({ ...row, site: row.site as SiteId }));
}
