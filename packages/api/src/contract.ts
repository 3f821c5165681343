// What clients of a site see over HTTP, as plain types: nothing here runs, imports or depends on the rest of the system. The
// API answers with these shapes and the console reads them. Times are RFC 3339 in UTC with milliseconds. Errors are `Problem`
// with content type application/problem+json. Every answer carries `Vigie-Position` (a vector, also the cursor of events).
//
// For the console, which lives at one site's origin and may have to talk to the other's: both console origins get
// Access-Control-Allow-Origin; preflights allow Authorization, Content-Type, Last-Event-ID, Idempotency-Key, If-Match and
// Vigie-Min-Position and are kept for 10 min (Access-Control-Max-Age); Vigie-Position, ETag, Location and Retry-After are exposed.

export type SiteId = 'noirmont' | 'delemont';
export type Language = 'fr' | 'de' | 'it' | 'en';
/** One sentence for people in the four languages; every surface shows the same text. */
export type Sentence = Readonly<Record<Language, string>>;
export type Instant = string;

/** Served without a token at `/config.json`, so that the page knows where it is and where else it may go. */
export interface ConsoleConfig {
  readonly site: SiteId;
  /** Public URL of each site, without a trailing slash. */
  readonly urls: Readonly<Record<SiteId, string>>;
}

/** GET /v1/session: who the token is. */
export interface SessionView {
  readonly subject: string;
  readonly role: 'operator' | 'sre' | 'auditor' | 'canton' | 'device';
  /** Two letters, e.g. `JU`; null when the token is not bound to a canton. */
  readonly canton: string | null;
}

/** A page of a list. `next` goes back as `after`; null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** RFC 9457. `type` ends with a kind of the closed list in the model. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly fields?: readonly FieldProblem[];
  /** On 409 of an incident step: who has it. */
  readonly heldBy?: Holder;
  /** On 410: the cursor to go on from. */
  readonly resumeFrom?: string;
  /** On 503 of a site that was drained: the base URL of the one that answers. */
  readonly ask?: string;
}

/** `field` is a path of the input, `rules[2].zone.coordinates[0][17]`; `vertex` counts from 0 as written. */
export interface FieldProblem {
  readonly field: string;
  /** For people, in English. */
  readonly reason: string;
  readonly vertex?: number;
  /** Of a zone, from a closed list: `self_crossing`, `unclosed`, `outside_validity`, ... */
  readonly code?: string;
}

export interface Holder {
  readonly subject: string;
  /** Null while the entry of the step has not been read here. */
  readonly site: SiteId | null;
  readonly at: Instant;
}

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

/** GET /v1/kpi: clocks from raising to answering of the incidents that this token may see. */
export interface KpiView {
  readonly profile: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly clocks: readonly {
    readonly name: string;
    readonly until: 'acknowledged' | 'resolved';
    readonly kinds: readonly string[];
    readonly incidents: number;
    readonly answered: number;
    /** Seconds, of those answered; null: none was. */
    readonly medianS: number | null;
    readonly maxS: number | null;
    readonly thresholds: readonly {
      readonly withinS: number;
      /** The share to be reached, 0 to 1. */
      readonly goal: number;
      readonly within: number;
      /** Answered, or waiting for longer than `withinS`. */
      readonly of: number;
      /** Null: `of` is 0. */
      readonly share: number | null;
      readonly ok: boolean;
    }[];
  }[];
}

/** GET /v1/positions -> Page<PositionView>: the newest fix of every device visible to this token. Passive measures are left out. */
export interface PositionView {
  readonly deviceId: string;
  readonly caseId: string;
  readonly role: 'wearer' | 'protected';
  readonly at: Instant;
  readonly receivedAt: Instant;
  readonly lat: number;
  readonly lon: number;
  readonly accuracyM: number;
  readonly batteryPct?: number;
  /** The site whose origin holds the device's latest report. */
  readonly site: SiteId;
}

export type Mode = 'passive' | 'active' | 'dynamic';
export type ZoneView =
  | { readonly type: 'circle'; readonly center: readonly [lon: number, lat: number]; readonly radiusM: number }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly [number, number])[])[] }
  | {
      readonly type: 'MultiPolygon';
      readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[];
    }
  | { readonly type: 'corridor'; readonly line: readonly (readonly [number, number])[]; readonly widthM: number };

export interface RuleView {
  readonly ruleId: string;
  readonly kind: string;
  /** Of a rule by a shared zone: as that zone is now. */
  readonly zone?: ZoneView;
  readonly sharedZoneId?: string;
  /** What the shared zone is called. */
  readonly zoneName?: string;
  readonly bufferM?: number;
  readonly graceS?: number;
  readonly dwellS?: number;
  /** The rule's schedule says that it applies now; absent without a schedule. */
  readonly activeNow?: boolean;
  /** Of hours a week, in the week that runs: as far as this site's fold has counted. Absent for passive measures. */
  readonly freeTime?: { readonly budgetS: number; readonly usedS: number; readonly weekEndsAt: Instant };
}

/** GET /v1/cases/{id}/order: the order as it was written, for the next revision; the ETag is its revision. Also the body of POST .../orders. */
export interface OrderText {
  readonly validFrom: Instant;
  readonly validTo: Instant;
  readonly rules: readonly RuleText[];
  readonly escalation?: Readonly<Partial<Record<'danger' | 'breach' | 'attention', readonly number[]>>>;
}
/** Further parameters by the kind: `bufferM`, `maxGapS`, `partnerDeviceId`, ... (docs/RULES.md). */
export interface RuleText {
  readonly ruleId: string;
  readonly kind: string;
  readonly zone?: ZoneText;
  readonly schedule?: readonly SpanText[];
  readonly passes?: readonly SpanText[];
  readonly [parameter: string]: unknown;
}
/** As a court writes it: positions may carry an altitude, which counts for nothing. */
export type ZoneText =
  | { readonly type: 'circle'; readonly center: readonly number[]; readonly radiusM: number }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly number[])[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly (readonly number[])[])[])[] }
  | { readonly type: 'corridor'; readonly line: readonly (readonly number[])[]; readonly widthM: number }
  | { readonly type: 'shared'; readonly sharedZoneId: string };
/** A time that may come again, in local time of the case. */
export interface SpanText {
  readonly dtstart: string;
  /** ISO 8601. */
  readonly duration: string;
  /** RFC 5545. */
  readonly rrule?: string;
  readonly holidays?: 'only' | 'except';
}

/** POST /v1/cases. */
export interface NewCaseText extends OrderText {
  readonly caseId: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly mode: Mode;
  readonly timezone: string;
  readonly devices: readonly { readonly deviceId: string; readonly role: 'wearer' | 'protected' }[];
  readonly person?: { readonly name: string };
}
/** 201 or 202 of POST /v1/cases: the tokens of the devices are shown here and nowhere else. 200 or 202 of POST .../orders: without them. */
export interface OrderAnswer {
  readonly settled: boolean;
  readonly alone?: true;
  readonly statusUrl?: string;
  readonly case?: CaseDetail;
  readonly deviceTokens?: Readonly<Record<string, string>>;
  readonly warnings?: readonly FieldProblem[];
}

/** POST /v1/cases/{id}/preview, with an order and a time that the person lived: what the order would have raised then. */
export interface PreviewView {
  readonly days: number;
  readonly reports: number;
  /** The time was moved by so many weeks, to where the order is valid. */
  readonly weeksMoved: number;
  /** Incidents of every kind but technical ones and warnings, per day. */
  readonly alarmsPerDay: number;
  readonly rules: readonly {
    readonly ruleId: string;
    readonly kind: string;
    readonly incidents: number;
    readonly perDay: number;
    /** Longest episode, seconds; null: none ended. */
    readonly longestS: number | null;
  }[];
  /** Share of the time without a network, as the coverage gaps say. */
  readonly coverage: { readonly share: number; readonly longestS: number; readonly reports: number };
  /** With `policeTravelS`: how long before an alarm somebody was warned. */
  readonly leadTimes: readonly {
    readonly ruleId: string;
    readonly alarms: number;
    readonly tooSoon: number;
    readonly shortestS: number;
    readonly bufferS: { readonly onFoot: number; readonly byCar: number };
  }[];
  /** What stands against the order, in English, worst first. */
  readonly concerns: readonly string[];
  /** What of the order as written looks like a mistake. */
  readonly warnings: readonly FieldProblem[];
}

/** GET /v1/zones -> Page<SharedZoneView>; the ETag of one is its revision. */
export interface SharedZoneView {
  readonly zoneId: string;
  readonly name: string;
  readonly authority: string;
  readonly revision: number;
  readonly zone: ZoneView;
  /** Log time from which this revision counts. */
  readonly at: Instant;
  readonly by: string;
}

/** GET /v1/cases -> Page<CaseView> */
export interface CaseView {
  readonly caseId: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly mode: Mode;
  readonly state: 'pending' | 'active' | 'ended';
  readonly validFrom: Instant;
  readonly validTo: Instant | null;
  readonly openIncidents: number;
}

/** GET /v1/cases/{id}; the ETag is the order's revision. */
export interface CaseDetail extends CaseView {
  readonly revision: number;
  readonly timezone?: string;
  readonly person?: { readonly name: string };
  readonly devices: readonly {
    readonly deviceId: string;
    readonly role: 'wearer' | 'protected';
    readonly lastFixAt: Instant | null;
    readonly lastReceivedAt: Instant | null;
    readonly batteryPct?: number;
  }[];
  readonly rules: readonly RuleView[];
}

/** GET /v1/cases/{id}/track?from&to&knownAt, application/geo+json: one Point per fix in order of fix time. */
export interface TrackView {
  readonly type: 'FeatureCollection';
  readonly features: readonly {
    readonly type: 'Feature';
    readonly geometry: { readonly type: 'Point'; readonly coordinates: readonly [lon: number, lat: number] };
    readonly properties: {
      readonly deviceId: string;
      readonly role: 'wearer' | 'protected';
      readonly at: Instant;
      readonly receivedAt: Instant;
      readonly accuracyM: number;
      readonly speedMps?: number;
      readonly courseDeg?: number;
    };
  }[];
}

/** GET /v1/unobserved: devices whose reports go to a site that is not heard here (D5). */
export interface UnobservedView {
  /** Null while the other site is heard, or has left. */
  readonly site: SiteId | null;
  readonly since: Instant | null;
  readonly count: number;
  /** How many of them have been unobserved for longer than their order allows. */
  readonly tasks: number;
  /** The gravest first; at most 1,000. */
  readonly devices: readonly {
    readonly caseId: string;
    readonly deviceId: string;
    readonly role: 'wearer' | 'protected';
    readonly lastReportAt: Instant;
    /** The longest silence that the order allows, in seconds; null: any. */
    readonly limitS: number | null;
    /** Unobserved for longer: somebody has to see to it. */
    readonly task: boolean;
  }[];
}

/** GET /v1/mass-silence: devices that fell silent at about the same time, as one list. */
export interface MassSilenceView {
  /** The same at both sites; null: there is none. */
  readonly massSilenceId: string | null;
  /** When the first of them fell silent. */
  readonly since: Instant | null;
  readonly count: number;
  /** How many of them are never shown as one of many. */
  readonly standAlone: number;
  /** Those that stand alone first, then the gravest; at most 5,000. */
  readonly devices: readonly {
    readonly caseId: string;
    readonly deviceId: string;
    readonly role: 'wearer' | 'protected';
    /** Its own silence: raised, told and acknowledged by itself. */
    readonly incidentIds: readonly string[];
    readonly openedAt: Instant;
    /** The case protects a person, or an alarm of danger is open in it. */
    readonly standsAlone: boolean;
  }[];
}

/** GET /v1/erasures: an erasure that is due, or its certificate (D4). Names the key of the measure, and nobody. */
export interface ErasureView {
  /** Id of the measure and of its key. */
  readonly measure: string;
  readonly authority: string | null;
  readonly legalBasis: string | null;
  /** By then the law wants it erased. */
  readonly legalDate: Instant | null;
  /** `erased`: the case is no more, and a site has still to say that its key is destroyed. `certified`: all have. */
  readonly status: 'due' | 'erased' | 'certified';
  readonly erasedAt: Instant | null;
  /** When each site has said that the key, the rows and the snapshots with the case are gone there. */
  readonly keyDestroyedAt: { readonly noirmont: Instant | null; readonly delemont: Instant | null };
}

/** GET /v1/cluster: this site as it sees itself and the other. Cheap: the console asks twice a second. */
export interface ClusterView {
  readonly site: SiteId;
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly at: Instant;
  readonly peer: {
    readonly site: SiteId;
    /** Each heard the other within 1 s and `seen` advances (L7); false is apart. */
    readonly joined: boolean;
    readonly reachable: boolean;
    /** How far this site's copy of the other's origin lags; null while it is not heard. */
    readonly lagMs: number | null;
    /** The other site has left or was retired: this one settles alone. */
    readonly left: boolean;
  };
  /**
   * What this site is: `leaving` and `left` by planned maintenance (it forwards reports and takes no decisions once it has left);
   * `retired` while the other has founded a generation without it.
   */
  readonly membership: 'member' | 'leaving' | 'left' | 'retired';
  /** The other site is away: what is settled here lies on the disk of this site alone. */
  readonly alone: boolean;
  readonly generation: string;
  /** Both sites have founded a generation while apart, and an operator has to choose: the other site's. */
  readonly rival: string | null;
  /** Null for an origin not heard since the start. */
  readonly watermarkAgeMs: Readonly<Record<SiteId, number | null>>;
  readonly settledBehindMs: number;
  /** Age of the newest report received here by way of each origin; null when none was. */
  readonly newestReportAgeMs: Readonly<Record<SiteId, number | null>>;
  /**
   * `equal` is null until both digests of one position were compared, and while apart, unless a difference had been found; the whole is
   * null before the first settled second.
   */
  readonly digest: { readonly position: string; readonly value: string; readonly equal: boolean | null } | null;
  readonly epochs: readonly {
    readonly site: SiteId;
    readonly epoch: string;
    readonly admitted: boolean;
    readonly running: boolean;
    /** Left out where the log has one. */
    readonly partition?: number;
  }[];
  readonly duties: readonly string[];
  readonly unobservedDevices: number;
  readonly clockSkewMs: number | null;
  /** The log format that this site writes and reads, `major.minor`. */
  readonly logFormat: string;
  /** Rules that are switched off for the whole platform: what they find is kept, and nobody is told. */
  readonly rulesOff: readonly RuleOff[];
  /** What is wrong with this site's system, as it sees it; none: nothing. */
  readonly incidents: readonly OperatingIncident[];
}

export interface RuleOff {
  readonly rule: string;
  readonly since: Instant;
  /** Who asked, and who approved. */
  readonly by: readonly string[];
  readonly note: string;
}
/** GET /v1/rules/switches, and what POST /v1/rules/switches and POST /v1/rules/switches/{id}/approve answer. */
export interface RuleSwitchesView {
  readonly off: readonly RuleOff[];
  /** Asked for, and not approved yet; after `until` nothing was asked. */
  readonly asked: readonly {
    readonly id: string;
    readonly rule: string;
    readonly off: boolean;
    readonly by: string;
    readonly note: string;
    readonly until: Instant;
  }[];
}

/** GET /v1/cases/{id}/rules/switches: rules of one case that are switched off for a while; POST to it and to {id}/approve answer it too. */
export interface CaseRuleSwitchesView {
  readonly off: readonly {
    readonly ruleId: string;
    readonly since: Instant;
    readonly until: Instant;
    readonly by: readonly string[];
    readonly note: string;
  }[];
  /** Asked for, and not approved yet; after `until` nothing was asked. */
  readonly asked: readonly {
    readonly id: string;
    readonly ruleId: string;
    readonly off: boolean;
    /** With `off`: when it is to be on again. */
    readonly offUntil?: Instant;
    readonly by: string;
    readonly note: string;
    readonly until: Instant;
  }[];
}

/**
 * `clock`: log time more than 2 s ahead of the site's clock; `clock-skew`: the sites' clocks differ by more than 500 ms (L5);
 * `divergence`: the copy of the other origin is not what that site says it is (L13); `copy-stalled`: no copy of it comes although that site
 * answers, and what it tells is live only (L13); `log-hole`: an entry of this site's own log cannot be read any more; `erasure-due`: a
 * measure's retention ends soon and it is not erased at every site (D4); `memory`: what waits to settle takes half of what the process
 * may use; `site-not-heard`: devices whose reports go there are unobserved from here (D5);
 * `mass-silence`: many devices fell silent at about the same time.
 */
export const OPERATING_INCIDENT_KINDS = [
  'disk-full',
  'log-server',
  'newer-format',
  'clock',
  'clock-skew',
  'divergence',
  'copy-stalled',
  'log-hole',
  'erasure-due',
  'memory',
  'site-not-heard',
  'mass-silence',
] as const;
export type OperatingIncidentKind = (typeof OPERATING_INCIDENT_KINDS)[number];

/** About the system, never about a person. */
export interface OperatingIncident {
  readonly kind: OperatingIncidentKind;
  readonly since: Instant;
  readonly detail: string;
}
