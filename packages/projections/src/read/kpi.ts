// The clocks of a KPI profile over the incidents of a period. Numbers without persons: nobody's data is read by it.
import type { KpiClock } from '@vigie/model';
import { type SQL, and, eq, gte, inArray, lt, ne, sql } from 'drizzle-orm';
import { incidents } from '../store/schema.ts';
import { type Authority, ofAuthority } from './scope.ts';
import type { Tx } from './session.ts';

export interface KpiFilter {
  readonly authority: Authority;
  /** Raised from (inclusive) to (exclusive), log time. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Where the clocks that still run stand. */
  readonly nowUs: number;
  readonly clocks: readonly KpiClock[];
}

export interface KpiRecord {
  readonly incidents: number;
  readonly answered: number;
  /** Of those answered; null: none. */
  readonly medianUs: number | null;
  readonly maxUs: number | null;
  /** One for each threshold of the clock: `of` = those whose answer is known to be in time or not. */
  readonly thresholds: readonly { readonly within: number; readonly of: number }[];
}

export async function selectKpi(tx: Tx, filter: KpiFilter): Promise<KpiRecord[]> {
  const records: KpiRecord[] = [];
  for (const clock of filter.clocks) records.push(await selectClock(tx, filter, clock));
  return records;
}

async function selectClock(tx: Tx, filter: KpiFilter, clock: KpiClock): Promise<KpiRecord> {
  // Drizzle writes columns of an inner query without their table, hence the names in full.
  const answeredUs = sql<string>`(select min(s.t_us) from projection.incident_steps s
    where s.incident_id = "projection"."incidents"."incident_id" and s.type = ${clock.until})`;
  const runs = tx
    .select({ raisedUs: incidents.raisedAtUs, tookUs: sql`${answeredUs} - ${incidents.raisedAtUs}`.as('took_us') })
    .from(incidents)
    .where(
      and(
        ofAuthority(incidents.authority, filter.authority),
        inArray(incidents.kind, clock.kinds),
        eq(incidents.lane, 'live'),
        ne(incidents.standing, 'withdrawn'),
        gte(incidents.raisedAtUs, filter.fromUs),
        lt(incidents.raisedAtUs, filter.toUs),
      ),
    )
    .as('runs');
  const took = sql`runs.took_us`;
  const counted = (condition: SQL): SQL<string> => sql<string>`count(*) filter (where ${condition})`;
  const columns: Record<string, SQL<string | null>> = {
    incidents: sql`count(*)`,
    answered: sql`count(${took})`,
    median: sql`percentile_disc(0.5) within group (order by ${took})`,
    max: sql`max(${took})`,
  };
  for (const [i, { withinS }] of clock.thresholds.entries()) {
    const limitUs = Math.round(withinS * 1_000_000);
    columns[`within${i}`] = counted(sql`${took} <= ${limitUs}`);
    columns[`of${i}`] = counted(
      sql`${took} is not null or ${filter.nowUs}::bigint - runs.raised_at_us > ${limitUs}::bigint`,
    );
  }
  const [row = {}] = await tx.select(columns).from(runs);
  const number = (name: string): number => Number(row[name] ?? 0);
  const numberOrNull = (name: string): number | null => (row[name] == null ? null : Number(row[name]));
  return {
    incidents: number('incidents'),
    answered: number('answered'),
    medianUs: numberOrNull('median'),
    maxUs: numberOrNull('max'),
    thresholds: clock.thresholds.map((_, i) => ({ within: number(`within${i}`), of: number(`of${i}`) })),
  };
}
