// Incidents, the steps taken on them, and the events that tell of both.
import type { Holder, Instant, Sentence, SiteId } from './basics.ts';

export type IncidentStatus = 'raised' | 'acknowledged' | 'in_progress' | 'resolved';

/** early: raised here, not yet settled. confirmed: settled. withdrawn: settled without it. refuted: later data speaks against it. */
export type Certainty = 'early' | 'confirmed' | 'withdrawn' | 'refuted';

/** One fix that decided. `distanceM` is signed to the zone's edge, positive inside. */
export interface ReasonFix {
  readonly deviceId: string;
  readonly at: Instant;
  readonly receivedAt?: Instant;
  /** Absent where the rule needs no position. */
  readonly lat?: number;
  readonly lon?: number;
  /** 68 %; 0 when the device recorded none. */
  readonly accuracyM: number;
  readonly distanceM?: number;
}

export interface ReasonView {
  readonly ruleId: string;
  readonly ruleVersion: string;
  /** From a closed list per kind, e.g. `inside_exclusion`. */
  readonly code: string;
  /** Named integers of the sentence, with their unit in the name: `distanceMm`, `graceMs`, ... */
  readonly values?: { readonly [name: string]: number };
  readonly sentence: Sentence;
  /** The sentence in the language of the request (Accept-Language). */
  readonly text?: string;
  readonly fixes: readonly ReasonFix[];
}

/** GET /v1/incidents?caseId&status&lane&after&limit -> Page<IncidentView>. `status` may be `open`: everything not resolved. */
export interface IncidentView {
  readonly incidentId: string;
  /** Ids that this incident once had (D2): they are this one now. */
  readonly aliases: readonly string[];
  readonly caseId: string;
  /** The canton that ordered the measure, two letters. */
  readonly authority: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly status: IncidentStatus;
  readonly certainty: Certainty;
  readonly lane: 'live' | 'late' | 'retrospective';
  /** Order by harm: 1 is looked at first (a protected person in danger), technical matters last. */
  readonly priority: number;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  /** True while what is shown rests on entries that are not settled. */
  readonly provisional: boolean;
  /** Raised or acted on since the other site is away: confirmed by this site alone, on its disk only, until the other is back. */
  readonly alone?: true;
  /** How many events and steps of people this view includes; of two views the one with more is newer. */
  readonly step: number;
  /** How many signals the episode has counted so far. */
  readonly signals: number;
  readonly heldBy: Holder | null;
  /** Set aside until then; `approvedBy` null: only asked for, it rings as before. Null: neither. */
  readonly shelf: { readonly until: Instant; readonly askedBy: string; readonly approvedBy: string | null } | null;
  /** False where a person may be hurt: such an incident is never set aside. */
  readonly mayShelve: boolean;
  readonly reason: ReasonView;
  /**
   * In whose territory: where it was decided, then, as it climbs, where the person was last. Absent: not known. Null: abroad;
   * municipality null: a lake. `boundaries`: by which it was found.
   */
  readonly place?: {
    readonly canton: string | null;
    readonly municipality: string | null;
    readonly boundaries: string;
  };
}

export interface StepView {
  /** Unique within the incident: the kind, with its ordinal when repeated (`acknowledged.2`). */
  readonly step: string;
  /** The last part of the event type: early, confirmed, withdrawn, refuted, explained, closed, acknowledged, in_progress, resolved, reopened, noted, shelving_asked, shelved, unshelved, shelf_ended, switched_off, switched_on. */
  readonly kind: string;
  readonly at: Instant;
  readonly site: SiteId | null;
  /** Null when the system did it. */
  readonly by: string | null;
  readonly note?: string;
  readonly code?: string;
  readonly settled: boolean;
  /** Settled while the other site was away, and it still is: on the disk of one site. */
  readonly alone?: true;
}

/** One step on its way to one receiver. Receivers are named by their id in the sites' settings. */
export interface DeliveryView {
  readonly step: string;
  readonly receiver: string;
  readonly channel: 'webhook' | 'mail' | 'sms';
  /** The site that tried last, in which turn, and when it began. */
  readonly site: SiteId;
  readonly turn: number;
  readonly at: Instant;
  readonly outcome: 'under_way' | 'delivered' | 'delayed' | 'given_up';
  readonly outcomeAt: Instant | null;
}

/** GET /v1/incidents/{id} */
export interface IncidentDetail extends IncidentView {
  readonly steps: readonly StepView[];
  /** Of an incident that calls people while nobody acknowledges: levels told so far, and when the next one will be. */
  readonly escalation: { readonly level: number; readonly nextAt: Instant | null } | null;
  /** Who was told of which step outside the console, as far as both sites know. */
  readonly deliveries: readonly DeliveryView[];
}

/** POST /v1/incidents/{id}/{action} with an Idempotency-Key. 200 or 202 StepAnswer, 409 Problem with heldBy. */
export type StepAction = 'acknowledge' | 'start' | 'resolve' | 'reopen' | 'note' | 'shelve' | 'approve' | 'unshelve';

export interface StepRequest {
  readonly note?: string;
  /** Required by resolve. */
  readonly code?: ResolutionCode;
  /** Required by shelve, with a note: at most 12 hours ahead. */
  readonly until?: Instant;
}

export type ResolutionCode = 'intervened' | 'contacted' | 'false_alarm' | 'technical' | 'authorised';

export type StepAnswer =
  /** `alone`: settled while the other site was away, so on the disk of one site. */
  | { readonly settled: true; readonly alone?: true; readonly incident: IncidentView }
  | { readonly settled: false; readonly statusUrl: string; readonly incident?: IncidentView };

/**
 * GET /v1/events?after&limit -> EventPage; with Accept: text/event-stream, SSE whose `id` is the cursor after that event and whose
 * `data` is one VigieEvent. A page without `after` starts at the beginning, a stream without Last-Event-ID at now. A quiet stream
 * carries a comment at least every 5 s. 410 for a cursor into a voided branch.
 */
export interface EventPage {
  readonly events: readonly VigieEvent[];
  readonly next: string;
}

/** CloudEvents 1.0 in structured JSON. The id is (incident, step), the same at both sites. */
export interface VigieEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** `/sites/<site that appended it>` */
  readonly source: string;
  /** `vigie.incident.early`, `.confirmed`, `.withdrawn`, `.acknowledged`, `.resolved`, ... */
  readonly type: string;
  /** The incident's id. */
  readonly subject: string;
  readonly time: Instant;
  readonly datacontenttype: 'application/json';
  /** `incident` as it is when the event is sent; null when no fold here has it (any more). */
  readonly data: { readonly incident: IncidentView | null; readonly step: StepView };
}
