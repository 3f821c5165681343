import type { IncidentKind, IncidentStatus, Lane, Reason, SiteId } from '@vigie/model';
import type { Incident } from '@vigie/engine';
import { type SQL, and, arrayContains, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { events, incidentSteps, incidents } from '../store/schema.ts';
import type { IncidentRecord, StepRecord } from './records.ts';
import { type Authority, ofAuthority } from './scope.ts';
import type { Tx } from './session.ts';

/** Place in the queue: by harm, then by opening, then by id. */
export type QueuePlace = readonly [priority: number, openedAtMs: number, incidentId: string];

export interface IncidentFilter {
  readonly authority: Authority;
  readonly caseId?: string | undefined;
  readonly measure?: string | undefined;
  /** `open`: everything not resolved. */
  readonly status?: IncidentStatus | 'open' | undefined;
  readonly lanes?: readonly Lane[] | undefined;
  readonly after?: QueuePlace | undefined;
  readonly limit: number;
}

// Drizzle writes columns of an inner query without their table, hence the names in full.
const taken = (column: string): SQL =>
  sql.raw(`(select s.${column} from projection.incident_steps s
  where s.incident_id = "projection"."incidents"."incident_id" and s.by = "projection"."incidents"."held_by" and s.type = 'acknowledged'
  order by s.ord desc limit 1)`);

export const incidentColumns = {
  incidentId: incidents.incidentId,
  aliases: incidents.aliases,
  measure: incidents.measure,
  caseId: incidents.caseId,
  authority: incidents.authority,
  ruleId: incidents.ruleId,
  kind: incidents.kind,
  status: incidents.status,
  standing: incidents.standing,
  lane: incidents.lane,
  priority: incidents.priority,
  openedAtMs: incidents.openedAtMs,
  closedAtMs: incidents.closedAtMs,
  signals: incidents.signals,
  provisional: incidents.provisional,
  reason: incidents.reason,
  heldBy: incidents.heldBy,
  heldUs: sql<string | null>`${taken('t_us')}`,
  heldSite: sql<
    string | null
  >`(select e.site from projection.events e where e.entry_id = ${taken('entry_id')} limit 1)`,
  step: sql<string>`cardinality("projection"."incidents"."published") + (select count(*) from projection.incident_steps s
    where s.incident_id = "projection"."incidents"."incident_id")`,
  newestStepUs: sql<string | null>`(select max(s.t_us) from projection.incident_steps s
    where s.incident_id = "projection"."incidents"."incident_id")`,
};

interface IncidentColumns extends Omit<IncidentRecord, 'heldBy' | 'step' | 'newestStepUs'> {
  readonly heldBy: string | null;
  readonly heldUs: string | null;
  readonly heldSite: string | null;
  readonly step: string;
  readonly newestStepUs: string | null;
}

export function incidentRecord(row: Record<keyof IncidentColumns, unknown>): IncidentRecord {
  const { heldBy, heldUs, heldSite, step, newestStepUs, ...rest } = row as unknown as IncidentColumns;
  return {
    ...rest,
    kind: rest.kind satisfies IncidentKind,
    lane: rest.lane satisfies Lane,
    standing: rest.standing satisfies Incident['certainty'],
    reason: rest.reason satisfies Reason,
    heldBy: heldBy === null ? null : { subject: heldBy, tUs: Number(heldUs ?? 0), site: heldSite as SiteId | null },
    step: Number(step),
    newestStepUs: newestStepUs === null ? null : Number(newestStepUs),
  };
}

export async function selectIncidents(tx: Tx, filter: IncidentFilter): Promise<IncidentRecord[]> {
  const { after } = filter;
  const rows = await tx
    .select(incidentColumns)
    .from(incidents)
    .where(
      and(
        ofAuthority(incidents.authority, filter.authority),
        filter.caseId === undefined ? undefined : eq(incidents.caseId, filter.caseId),
        filter.measure === undefined ? undefined : eq(incidents.measure, filter.measure),
        filter.lanes === undefined ? undefined : inArray(incidents.lane, filter.lanes),
        filter.status === undefined
          ? undefined
          : filter.status === 'open'
            ? ne(incidents.status, 'resolved')
            : eq(incidents.status, filter.status),
        after === undefined
          ? undefined
          : sql`(${incidents.priority}, ${incidents.openedAtMs}, ${incidents.incidentId}) > (${after[0]}::smallint, ${after[1]}::bigint, ${after[2]}::text)`,
      ),
    )
    .orderBy(asc(incidents.priority), asc(incidents.openedAtMs), asc(incidents.incidentId))
    .limit(filter.limit);
  return rows.map(incidentRecord);
}

/** By its id or one that it once had (D2). */
export async function selectIncident(tx: Tx, authority: Authority, id: string): Promise<IncidentRecord | undefined> {
  const [row] = await tx
    .select(incidentColumns)
    .from(incidents)
    .where(
      and(
        ofAuthority(incidents.authority, authority),
        or(eq(incidents.incidentId, id), arrayContains(incidents.aliases, [id])),
      ),
    )
    .orderBy(sql`(${incidents.incidentId} = ${id}) desc`)
    .limit(1);
  return row === undefined ? undefined : incidentRecord(row);
}

/** Events of the system and steps of people, in log time. */
export async function selectSteps(tx: Tx, incident: IncidentRecord): Promise<StepRecord[]> {
  const ids = [incident.incidentId, ...incident.aliases];
  const published = await tx
    .select({ step: events.step, type: events.type, tUs: events.tUs, site: events.site })
    .from(events)
    .where(and(eq(events.kind, 'event'), eq(events.measure, incident.measure), sql`${events.incidentId} in ${ids}`))
    .orderBy(asc(events.tUs));
  const done = await tx
    .select({
      step: incidentSteps.step,
      type: incidentSteps.type,
      tUs: incidentSteps.tUs,
      by: incidentSteps.by,
      note: incidentSteps.note,
      code: incidentSteps.code,
      site: sql<
        string | null
      >`(select e.site from projection.events e where e.entry_id = "projection"."incident_steps"."entry_id" limit 1)`,
    })
    .from(incidentSteps)
    .where(eq(incidentSteps.incidentId, incident.incidentId))
    .orderBy(asc(incidentSteps.ord));
  const steps = new Map<string, StepRecord>();
  // The same step of an incident may have been appended by both sites: it is one event (D1).
  for (const row of published)
    if (!steps.has(row.step ?? ''))
      steps.set(row.step ?? '', {
        step: row.step ?? '',
        type: row.type ?? '',
        tUs: row.tUs,
        site: row.site as SiteId,
        by: null,
        note: null,
        code: null,
      });
  for (const row of done) steps.set(row.step, { ...row, site: row.site as SiteId | null });
  return [...steps.values()].sort((a, b) => a.tUs - b.tUs);
}
