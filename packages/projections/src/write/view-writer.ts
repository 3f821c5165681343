// Brings the rows of changed cases to what the fold now says. State-based: however long the database was away, one write per
// case is enough, and what is written twice is the same.
import type { Incident } from '@vigie/engine';
import type { Reason } from '@vigie/model';
import type { ProjectedCase } from '../source.ts';
import { casesTable, devicesTable, incidentsTable, stepsTable } from './tables.ts';
import { type Raw, upsert } from './upsert.ts';
import {
  type CaseRow,
  type DeviceRow,
  type IncidentRow,
  type StepRow,
  caseRow,
  deviceRows,
  incidentRow,
  stepRows,
} from './view-rows.ts';

/** Incidents remembered as written. Beyond it all are forgotten, and the next round of each case writes it whole again. */
const WRITTEN_INCIDENTS_MAX = 200_000;

interface Written {
  readonly incident: Incident;
  readonly provisional: boolean;
}
interface WrittenCase {
  readonly view: ProjectedCase;
  readonly incidents: ReadonlyMap<string, Written>;
}

export class ViewBatch {
  readonly cases: CaseRow[] = [];
  readonly devices: DeviceRow[] = [];
  readonly incidents: IncidentRow[] = [];
  readonly steps: StepRow[] = [];
  /** Cases of which an incident may have gone, and the incidents that they still have. */
  readonly pruned: { readonly measures: string[]; readonly kept: string[] } = { measures: [], kept: [] };
  /** Cases that are no more: their entry has lost its place (L11). */
  readonly gone: string[] = [];
  readonly erased: string[] = [];
  readonly written = new Map<string, WrittenCase>();

  get size(): number {
    const rows = this.cases.length + this.devices.length + this.incidents.length + this.steps.length;
    return rows + this.gone.length + this.erased.length;
  }
}

export class ViewWriter {
  /** What the database is known to hold; filled only by what was committed. */
  readonly #written = new Map<string, WrittenCase>();
  #incidents = 0;

  forget(): void {
    this.#written.clear();
    this.#incidents = 0;
  }

  add(batch: ViewBatch, view: ProjectedCase): void {
    const before = this.#written.get(view.measure);
    if (before === undefined || !sameCase(before.view, view)) batch.cases.push(caseRow(view));
    batch.devices.push(...deviceRows(view));
    const incidents = new Map<string, Written>();
    for (const incident of view.incidents) {
      const provisional = view.provisional.has(incident.incidentId);
      incidents.set(incident.incidentId, { incident, provisional });
      const known = before?.incidents.get(incident.incidentId);
      if (known !== undefined && known.provisional === provisional && sameIncident(known.incident, incident)) continue;
      batch.incidents.push(incidentRow(view, incident));
      batch.steps.push(...stepRows(view, incident));
    }
    if (before === undefined || lost(before.incidents, incidents)) {
      batch.pruned.measures.push(view.measure);
      batch.pruned.kept.push(...incidents.keys());
    }
    batch.written.set(view.measure, { view, incidents });
  }

  /** Inside a transaction. */
  async write(tx: Raw, batch: ViewBatch): Promise<void> {
    await upsert(tx, casesTable, batch.cases);
    await upsert(tx, devicesTable, batch.devices);
    await upsert(tx, incidentsTable, batch.incidents);
    await prune(tx, batch);
    await upsert(tx, stepsTable, batch.steps);
    await remove(tx, VIEW_TABLES, batch.gone);
    await remove(tx, [...VIEW_TABLES, ...LOG_TABLES], batch.erased);
  }

  committed(batch: ViewBatch): void {
    for (const [measure, now] of batch.written) {
      this.#incidents += now.incidents.size - (this.#written.get(measure)?.incidents.size ?? 0);
      this.#written.set(measure, now);
    }
    for (const measure of [...batch.gone, ...batch.erased]) this.#written.delete(measure);
    if (this.#incidents > WRITTEN_INCIDENTS_MAX) this.forget();
  }
}

/** Provisional incidents that settling has removed, and steps that a moved entry has taken back. */
async function prune(tx: Raw, batch: ViewBatch): Promise<void> {
  const { measures, kept } = batch.pruned;
  if (measures.length > 0) {
    await tx`delete from projection.incidents where measure = any(${measures}) and incident_id <> all(${kept})`;
    await tx`delete from projection.incident_steps where measure = any(${measures}) and incident_id <> all(${kept})`;
  }
  const changed = batch.incidents.map((row) => row.incidentId);
  if (changed.length === 0) return;
  const steps = new Map<string, number>();
  for (const row of batch.steps) steps.set(row.incidentId, (steps.get(row.incidentId) ?? 0) + 1);
  const counts = changed.map((id) => steps.get(id) ?? 0);
  await tx`delete from projection.incident_steps s using unnest(${changed}::text[], ${counts}::int[]) as now(incident_id, steps)
    where s.incident_id = now.incident_id and s.ord >= now.steps`;
}

const VIEW_TABLES = ['cases', 'devices', 'incidents', 'incident_steps'];
const LOG_TABLES = ['orders', 'track_chunks', 'events'];

async function remove(tx: Raw, tables: readonly string[], measures: readonly string[]): Promise<void> {
  if (measures.length === 0) return;
  for (const table of tables)
    await tx.unsafe(`delete from projection.${table} where measure = any($1::text[])`, [measures as string[]]);
}

const sameCase = (a: ProjectedCase, b: ProjectedCase): boolean =>
  a === b || (a.recorded === b.recorded && a.revision === b.revision && a.ended === b.ended);

function lost(before: ReadonlyMap<string, Written>, now: ReadonlyMap<string, Written>): boolean {
  for (const id of before.keys()) if (!now.has(id)) return true;
  return false;
}

/** Cheap, because it runs for every incident of every changed case: nothing is allocated. */
function sameIncident(a: Incident, b: Incident): boolean {
  if (a === b) return true;
  return (
    a.status === b.status &&
    a.certainty === b.certainty &&
    a.lane === b.lane &&
    a.openedAtMs === b.openedAtMs &&
    a.closedAtMs === b.closedAtMs &&
    a.raisedAt === b.raisedAt &&
    a.signals === b.signals &&
    a.heldBy === b.heldBy &&
    a.ruleId === b.ruleId &&
    sameTexts(a.aliases, b.aliases) &&
    sameTexts(a.published, b.published) &&
    sameHistory(a.history, b.history) &&
    sameReason(a.reason, b.reason)
  );
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((text, i) => text === b[i]));

const sameHistory = (a: Incident['history'], b: Incident['history']): boolean =>
  a === b || (a.length === b.length && a.every((done, i) => done.entryId === b[i]?.entryId && done.t === b[i]?.t));

function sameReason(a: Reason, b: Reason): boolean {
  if (a === b) return true;
  if (a.code !== b.code || a.rule !== b.rule || a.version !== b.version || a.fixes.length !== b.fixes.length)
    return false;
  for (const [i, fix] of a.fixes.entries()) {
    const other = b.fixes[i];
    if (
      other === undefined ||
      fix.deviceId !== other.deviceId ||
      fix.atMs !== other.atMs ||
      fix.latE7 !== other.latE7 ||
      fix.lonE7 !== other.lonE7 ||
      fix.accuracyMm !== other.accuracyMm ||
      fix.distanceMm !== other.distanceMm
    )
      return false;
  }
  const names = Object.keys(a.values);
  return names.length === Object.keys(b.values).length && names.every((name) => a.values[name] === b.values[name]);
}
