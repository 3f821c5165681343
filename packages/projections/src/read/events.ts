import {
  type SiteId,
  type VectorPosition,
  PARTITIONS_MAX,
  SITES,
  epochNumber,
  ofPartition,
  seqOf,
  withOrigin,
} from '@vigie/model';
import { type SQL, and, asc, eq, or, sql } from 'drizzle-orm';
import { cases, events, incidentSteps, incidents } from '../store/schema.ts';
import { incidentColumns, incidentRecord } from './incidents.ts';
import type { EventRecord } from './records.ts';
import { type Authority, ofAuthority } from './scope.ts';
import type { Tx } from './session.ts';

export interface EventFilter {
  readonly authority: Authority;
  /** The cursor: what of each origin the client has (L18). */
  readonly after: VectorPosition;
  readonly limit: number;
}

export interface EventSlice {
  readonly events: readonly EventRecord[];
  /** The cursor after these events. */
  readonly next: VectorPosition;
  readonly more: boolean;
}

/** Events of one entry are not torn apart: a page may be this much longer than asked. */
const REST_OF_ENTRY_MAX = 100;

export async function selectEvents(tx: Tx, filter: EventFilter): Promise<EventSlice> {
  const rows = await tx
    .select({
      serial: events.serial,
      site: events.site,
      partition: events.partition,
      epoch: events.epoch,
      seq: events.seq,
      idx: events.idx,
      measure: events.measure,
      tUs: events.tUs,
      eventIncidentId: events.incidentId,
      eventStep: events.step,
      eventType: events.type,
      data: events.data,
      ofCase: cases.caseId,
      ofAuthority: cases.authority,
      stepIncidentId: incidentSteps.incidentId,
      acceptedStep: incidentSteps.step,
      acceptedType: incidentSteps.type,
      by: incidentSteps.by,
      note: incidentSteps.note,
      code: incidentSteps.code,
      incident: incidentColumns,
    })
    .from(events)
    .innerJoin(cases, eq(cases.measure, events.measure))
    .leftJoin(
      incidentSteps,
      and(
        eq(events.kind, 'step'),
        eq(incidentSteps.entryId, events.entryId),
        eq(incidentSteps.measure, events.measure),
      ),
    )
    .leftJoin(
      incidents,
      and(
        eq(incidents.measure, events.measure),
        or(
          eq(incidents.incidentId, sql`coalesce(${incidentSteps.incidentId}, ${events.incidentId})`),
          sql`${incidents.aliases} @> array[${events.incidentId}]`,
        ),
      ),
    )
    .where(
      and(
        ofAuthority(cases.authority, filter.authority),
        // A step of a person is an event once the fold has accepted it.
        or(eq(events.kind, 'event'), sql`${incidentSteps.entryId} is not null`),
        ...behind(filter.after),
      ),
    )
    .orderBy(asc(events.serial))
    .limit(filter.limit + REST_OF_ENTRY_MAX);
  let end = Math.min(filter.limit, rows.length);
  const sameEntry = (i: number): boolean =>
    rows[i]?.seq === rows[i - 1]?.seq &&
    rows[i]?.epoch === rows[i - 1]?.epoch &&
    rows[i]?.site === rows[i - 1]?.site &&
    rows[i]?.partition === rows[i - 1]?.partition;
  while (end > 0 && end < rows.length && sameEntry(end)) end++;
  let next = filter.after;
  const page = rows.slice(0, end).map((row): EventRecord => {
    const site = row.site as SiteId;
    next = withOrigin(next, row.partition, site, { epoch: row.epoch, seq: seqOf(row.seq) });
    return {
      site,
      epoch: row.epoch,
      seq: row.seq,
      idx: row.idx,
      measure: row.measure,
      caseId: row.ofCase,
      authority: row.ofAuthority,
      tUs: row.tUs,
      incidentId: row.stepIncidentId ?? row.eventIncidentId,
      step: row.acceptedStep ?? row.eventStep ?? '',
      type: row.acceptedType ?? row.eventType ?? '',
      by: row.by,
      note: row.note,
      code: row.code,
      data: row.data,
      incident:
        row.incident?.incidentId === undefined || row.incident.incidentId === null
          ? null
          : incidentRecord(row.incident),
    };
  });
  return { events: page, next, more: rows.length > end };
}

/** What the cursor does not cover. */
function behind(after: VectorPosition): SQL[] {
  const conditions: SQL[] = [];
  for (let partition = 0; partition < PARTITIONS_MAX; partition++)
    for (const site of SITES) {
      const at = ofPartition(after, partition)[site];
      if (at === undefined) continue;
      const place = sql`(${events.epochNumber}, ${events.epoch}, ${events.seq})`;
      const covered = sql`(${epochNumber(at.epoch)}::int, ${at.epoch}::text, ${at.seq}::bigint)`;
      conditions.push(sql`(${events.site} <> ${site} or ${events.partition} <> ${partition} or ${place} > ${covered})`);
    }
  return conditions;
}
