// What the two test sites have in common: incidents, events, cases, positions. It stands for a joined cluster as the console
// sees one; the whole system is tested elsewhere with real sites.
import type {
  CaseDetail,
  IncidentDetail,
  IncidentView,
  KpiView,
  MassSilenceView,
  OperatingIncidentKind,
  PositionView,
  Problem,
  SessionView,
  SharedZoneView,
  SiteId,
  StepAction,
  StepRequest,
  StepView,
  TrackView,
  UnobservedView,
  VigieEvent,
} from '@vigie/api/contract';

import { OrderBook } from './order-book.ts';

export type Told<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

const STATUS_AFTER: Readonly<Partial<Record<StepAction, IncidentView['status']>>> = {
  acknowledge: 'acknowledged',
  start: 'in_progress',
  resolve: 'resolved',
  reopen: 'raised',
};
const KIND_OF = {
  acknowledge: 'acknowledged',
  start: 'in_progress',
  resolve: 'resolved',
  reopen: 'reopened',
  note: 'noted',
  shelve: 'shelving_asked',
  approve: 'shelved',
  unshelve: 'unshelved',
} as const;
const ALLOWED: Readonly<Record<StepAction, readonly string[]>> = {
  acknowledge: ['raised'],
  start: ['acknowledged'],
  resolve: ['acknowledged', 'in_progress'],
  reopen: ['resolved'],
  note: ['raised', 'acknowledged', 'in_progress', 'resolved'],
  shelve: ['raised', 'acknowledged', 'in_progress'],
  approve: ['raised', 'acknowledged', 'in_progress'],
  unshelve: ['raised', 'acknowledged', 'in_progress'],
};

function shelfAfter(
  shelf: IncidentView['shelf'],
  action: StepAction,
  { until = '' }: StepRequest,
  by: string,
): IncidentView['shelf'] {
  if (action === 'shelve') return { until, askedBy: by, approvedBy: null };
  if (action === 'approve') return shelf === null ? null : { ...shelf, approvedBy: by };
  return action === 'unshelve' || action === 'resolve' ? null : shelf;
}

export class World {
  readonly tokens = new Map<string, SessionView>();
  readonly incidents = new Map<string, IncidentView>();
  readonly steps = new Map<string, StepView[]>();
  readonly told = new Map<string, Pick<IncidentDetail, 'escalation' | 'deliveries'>>();
  readonly cases = new Map<string, CaseDetail>();
  readonly tracks = new Map<string, TrackView>();
  positions: PositionView[] = [];
  readonly events: VigieEvent[] = [];
  /** Answers by Idempotency-Key: the same key never counts twice, whichever site it came by. */
  readonly #done = new Map<string, Told<IncidentView>>();
  readonly #listeners = new Set<() => void>();
  readonly book = new OrderBook();
  sharedZones: SharedZoneView[] = [];
  joined = true;
  digestEqual = true;
  incidentsOfSite: readonly OperatingIncidentKind[] = [];
  /** The other site has left: this one settles alone. */
  alone = false;
  unobserved: UnobservedView = { site: null, since: null, count: 0, tasks: 0, devices: [] };
  massSilence: MassSilenceView = { massSilenceId: null, since: null, count: 0, standAlone: 0, devices: [] };
  kpi: KpiView = { profile: 'EN 50518-like', from: '', to: '', clocks: [] };

  cursor(): string {
    return `noirmont.1-a:${this.events.length}`;
  }

  /** Events after a cursor, each with the cursor after it. */
  after(cursor: string | null): readonly { readonly cursor: string; readonly event: VigieEvent }[] {
    const from = cursor === null ? this.events.length : Number(cursor.slice(cursor.indexOf(':') + 1));
    return this.events.slice(from).map((event, i) => ({ cursor: `noirmont.1-a:${from + i + 1}`, event }));
  }

  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  raise(incident: IncidentView, site: SiteId = 'noirmont'): void {
    this.#record(incident, {
      step: 'early',
      kind: 'early',
      at: incident.openedAt,
      site,
      by: null,
      settled: true,
    });
  }

  change(incidentId: string, kind: string, patch: Partial<IncidentView>, site: SiteId = 'noirmont'): void {
    const incident = this.incidents.get(incidentId);
    if (incident === undefined) throw new Error(`no incident ${incidentId}`);
    const at = new Date().toISOString();
    this.#record(
      { ...incident, ...patch, step: incident.step + 1 },
      { step: kind, kind, at, site, by: null, settled: true },
    );
  }

  act(
    key: string,
    incidentId: string,
    action: StepAction,
    body: StepRequest,
    who: SessionView,
    site: SiteId,
  ): Told<IncidentView> {
    const before = this.#done.get(key);
    if (before !== undefined) return before;
    const told = this.#decide(incidentId, action, body, who, site);
    this.#done.set(key, told);
    return told;
  }

  #decide(
    incidentId: string,
    action: StepAction,
    body: StepRequest,
    who: SessionView,
    site: SiteId,
  ): Told<IncidentView> {
    const incident = this.incidents.get(incidentId);
    if (incident === undefined)
      return { ok: false, problem: { type: '/problems/not-found', title: 'not found', status: 404 } };
    if (!ALLOWED[action].includes(incident.status)) {
      const heldBy = incident.heldBy === null ? {} : { heldBy: incident.heldBy };
      return {
        ok: false,
        problem: { type: '/problems/step-forbidden', title: 'Step not allowed', status: 409, ...heldBy },
      };
    }
    const at = new Date().toISOString();
    const step = incident.step + 1;
    const heldBy =
      STATUS_AFTER[action] === undefined
        ? incident.heldBy
        : action === 'reopen'
          ? null
          : { subject: who.subject, site, at };
    const status = STATUS_AFTER[action] ?? incident.status;
    const shelf = shelfAfter(incident.shelf, action, body, who.subject);
    const alone = this.alone ? ({ alone: true } as const) : {};
    const view: IncidentView = { ...incident, status, step, heldBy, shelf, ...alone };
    this.#record(view, {
      step: `${KIND_OF[action]}.${step}`,
      kind: KIND_OF[action],
      at,
      site,
      by: who.subject,
      settled: this.joined || this.alone,
      ...alone,
      ...(body.note === undefined ? {} : { note: body.note }),
      ...(body.code === undefined ? {} : { code: body.code }),
    });
    return { ok: true, value: view };
  }

  #record(incident: IncidentView, step: StepView): void {
    this.incidents.set(incident.incidentId, incident);
    this.steps.set(incident.incidentId, [...(this.steps.get(incident.incidentId) ?? []), step]);
    this.events.push({
      specversion: '1.0',
      id: `${incident.incidentId}:${step.step}`,
      source: `/sites/${step.site}`,
      type: `vigie.incident.${step.kind}`,
      subject: incident.incidentId,
      time: step.at,
      datacontenttype: 'application/json',
      data: { incident, step },
    });
    for (const listener of this.#listeners) listener();
  }
}
