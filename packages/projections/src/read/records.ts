// What a read gives: plain values with their units, made from rows. How they look to clients is the API's business.
import {
  type IncidentKind,
  type IncidentStatus,
  type Lane,
  type Mode,
  type OrderInput,
  PRIORITY,
  type Reason,
  type RecordedRule,
  type SiteId,
} from '@vigie/model';
import type { CaseView, Incident } from '@vigie/engine';

export interface IncidentRecord {
  readonly incidentId: string;
  readonly aliases: readonly string[];
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly ruleId: string;
  readonly kind: IncidentKind;
  readonly status: IncidentStatus;
  readonly standing: Incident['certainty'];
  readonly lane: Lane;
  readonly priority: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly signals: number;
  /** The incident itself is not in settled state. */
  readonly provisional: boolean;
  readonly reason: Reason;
  /** `site` is null while the entry of the step has not been read here. */
  readonly heldBy: { readonly subject: string; readonly tUs: number; readonly site: SiteId | null } | null;
  /** Events and steps of people so far. */
  readonly step: number;
  /** Log time of the newest step of a person; null without one. */
  readonly newestStepUs: number | null;
}

/** What a row and a record of an incident both say, straight from the fold. */
export function incidentFacts(
  {
    measure,
    recorded,
    provisional,
  }: Pick<CaseView, 'measure' | 'recorded'> & { readonly provisional: ReadonlySet<string> },
  incident: Incident,
) {
  return {
    incidentId: incident.incidentId,
    measure,
    caseId: recorded.caseId,
    authority: recorded.authority,
    ruleId: incident.ruleId,
    kind: incident.kind,
    status: incident.status,
    standing: incident.certainty,
    lane: incident.lane,
    priority: PRIORITY[incident.kind],
    openedAtMs: incident.openedAtMs,
    closedAtMs: incident.closedAtMs ?? null,
    signals: incident.signals,
    provisional: provisional.has(incident.incidentId),
  } as const;
}

export interface StepRecord {
  /** `early`, `acknowledged`, `noted.2`, ... */
  readonly step: string;
  readonly type: string;
  readonly tUs: number;
  readonly site: SiteId | null;
  readonly by: string | null;
  readonly note: string | null;
  readonly code: string | null;
}

export interface CaseRecord {
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly mode: Mode;
  readonly timezone: string;
  readonly personName: string | null;
  readonly collection: string;
  readonly revision: number;
  readonly ended: boolean;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly rules: readonly RecordedRule[];
  readonly input: OrderInput;
}

/** What the row of a case says, straight from the fold's view of it. */
export function caseRecord({ measure, recorded, revision, ended }: CaseView): CaseRecord {
  const { order, person, caseId, authority, legalBasis, mode, timezone, collection } = recorded;
  return {
    measure,
    caseId,
    authority,
    legalBasis,
    mode,
    timezone,
    personName: person?.name ?? null,
    collection,
    revision,
    ended,
    validFromMs: order.validFromMs,
    validToMs: order.validToMs,
    rules: order.rules,
    input: order.input,
  };
}

export interface DeviceRecord {
  readonly measure: string;
  readonly deviceId: string;
  readonly caseId: string;
  readonly role: 'wearer' | 'protected';
  readonly mode: Mode;
  readonly boundTo: SiteId | null;
  readonly lastReportUs: number | null;
  readonly fix: {
    readonly atMs: number;
    readonly latE7: number;
    readonly lonE7: number;
    readonly accuracyMm: number;
  } | null;
  readonly batteryPct: number | null;
}

export interface ChunkRecord {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
  readonly idx: number;
  readonly measure: string;
  readonly deviceId: string;
  readonly tUs: number;
  readonly plain: boolean;
  /** As in the log: sealed unless `plain`. */
  readonly bytes: Uint8Array;
}

export interface EventRecord {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
  readonly idx: number;
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly tUs: number;
  readonly incidentId: string;
  readonly step: string;
  readonly type: string;
  readonly by: string | null;
  readonly note: string | null;
  readonly code: string | null;
  /** Of an event entry: what it says (IncidentEvent); of a person's step: the step. */
  readonly data: unknown;
  /** The incident as it is now; null when no fold here has it. */
  readonly incident: IncidentRecord | null;
}
