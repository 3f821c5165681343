import type { Mode, OrderInput, RecordedRule, SiteId } from '@vigie/model';
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { cases, devices } from '../store/schema.ts';
import type { CaseRecord, DeviceRecord } from './records.ts';
import { type Authority, ofAuthority } from './scope.ts';
import type { Tx } from './session.ts';

export interface CaseFilter {
  readonly authority: Authority;
  readonly after?: readonly [caseId: string, measure: string] | undefined;
  readonly limit: number;
}

export type CaseWithOpen = CaseRecord & { readonly openIncidents: number };

const columns = {
  measure: cases.measure,
  caseId: cases.caseId,
  authority: cases.authority,
  legalBasis: cases.legalBasis,
  mode: cases.mode,
  timezone: cases.timezone,
  personName: cases.personName,
  collection: cases.collection,
  revision: cases.revision,
  ended: cases.ended,
  validFromMs: cases.validFromMs,
  validToMs: cases.validToMs,
  rules: cases.rules,
  input: cases.input,
  openIncidents: sql<string>`(select count(*) from projection.incidents i
    where i.measure = "projection"."cases"."measure" and i.status <> 'resolved')`,
};

type Row = { readonly [K in keyof typeof columns]: unknown };
const record = (row: Row): CaseWithOpen => ({
  ...(row as unknown as CaseWithOpen),
  mode: row.mode as Mode,
  rules: row.rules as readonly RecordedRule[],
  input: row.input as OrderInput,
  openIncidents: Number(row.openIncidents),
});

export async function selectCases(tx: Tx, filter: CaseFilter): Promise<CaseWithOpen[]> {
  const { after } = filter;
  const rows = await tx
    .select(columns)
    .from(cases)
    .where(
      and(
        ofAuthority(cases.authority, filter.authority),
        after === undefined
          ? undefined
          : sql`(${cases.caseId}, ${cases.measure}) > (${after[0]}::text, ${after[1]}::text)`,
      ),
    )
    .orderBy(asc(cases.caseId), asc(cases.measure))
    .limit(filter.limit);
  return rows.map(record);
}

/** Two authorities may have used one id while the sites were apart: the older measure id answers, the same at both sites. */
export async function selectCase(tx: Tx, authority: Authority, caseId: string): Promise<CaseWithOpen | undefined> {
  const [row] = await tx
    .select(columns)
    .from(cases)
    .where(and(ofAuthority(cases.authority, authority), eq(cases.caseId, caseId)))
    .orderBy(asc(cases.measure))
    .limit(1);
  return row === undefined ? undefined : record(row);
}

const deviceRecord = (row: typeof devices.$inferSelect): DeviceRecord => ({
  measure: row.measure,
  deviceId: row.deviceId,
  caseId: row.caseId,
  role: row.role as DeviceRecord['role'],
  mode: row.mode as Mode,
  boundTo: row.boundTo as SiteId | null,
  lastReportUs: row.lastReportUs,
  fix:
    row.fixAtMs === null || row.latE7 === null || row.lonE7 === null
      ? null
      : { atMs: row.fixAtMs, latE7: row.latE7, lonE7: row.lonE7, accuracyMm: row.accuracyMm ?? 0 },
  batteryPct: row.batteryPct,
});

export async function selectDevices(tx: Tx, measure: string): Promise<DeviceRecord[]> {
  const rows = await tx.select().from(devices).where(eq(devices.measure, measure)).orderBy(asc(devices.deviceId));
  return rows.map(deviceRecord);
}

export interface PositionFilter {
  readonly authority: Authority;
  readonly measure?: string | undefined;
  readonly after?: readonly [deviceId: string, measure: string] | undefined;
  readonly limit: number;
}

/** The newest fix of each device that may be seen live. Passive and ended measures have none, in the rows already. */
export async function selectPositions(tx: Tx, filter: PositionFilter): Promise<DeviceRecord[]> {
  const { after } = filter;
  const rows = await tx
    .select()
    .from(devices)
    .where(
      and(
        ofAuthority(devices.authority, filter.authority),
        filter.measure === undefined ? undefined : eq(devices.measure, filter.measure),
        isNotNull(devices.fixAtMs),
        sql`${devices.mode} <> 'passive' and not ${devices.ended}`,
        after === undefined
          ? undefined
          : sql`(${devices.deviceId}, ${devices.measure}) > (${after[0]}::text, ${after[1]}::text)`,
      ),
    )
    .orderBy(asc(devices.deviceId), asc(devices.measure))
    .limit(filter.limit);
  return rows.map(deviceRecord);
}
