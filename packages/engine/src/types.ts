// What the fold takes and gives. An entry of the merged order is opened (unsealed, parsed) outside; here arrive its
// case-addressed items, one by one, each with the clock at its place in the merged order.
import type {
  CaseRuleSwitch,
  DispatchAttempt,
  DispatchReceipt,
  FixTimeMs,
  IncidentEvent,
  IncidentKind,
  IncidentPlace,
  IncidentStatus,
  IncidentStep,
  Json,
  Lane,
  LogTimeUs,
  Reason,
  RecordedCase,
  RecordedOrder,
  ReportBatchReader,
  Seq,
  SiteId,
} from '@vigie/model';
import type { OwnSwitches } from './own-switches.ts';
import type { Shelf } from './shelf.ts';
import type { Delivery } from './incident-record.ts';

export type { Delivery } from './incident-record.ts';

/**
 * The clock at one place of the merged order. `t` is the log time there. `obs(site)` is how long that origin has been observed
 * (microseconds): the sum of the steps between its entries up to this place, steps of more than 2 s counting nothing (D5).
 * Silence runs on the `obs` of the origin a device is bound to, everything else on `t`.
 */
export interface Clock {
  readonly t: LogTimeUs;
  obs(site: SiteId): number;
  /** The `obs` of that origin at its last admit, return or founding: silence starts anew from there. 0 = none yet. */
  obsRestart(site: SiteId): number;
  /**
   * The `obs` of that origin at its first admit, return or founding after this one; 0 = none. Needed where several lie between two
   * looks at a device; without it only the last is known, and a silence in between may open late.
   */
  obsRestartAfter?(site: SiteId, obs: number): number;
  /** The version of the rules in force at that log time, here or before; without it the newest. */
  rulesAt?(t: LogTimeUs): number;
  /** Shared zones of the log; without it there are none. */
  readonly sharedZones?: SharedZonesInForce;
  /** Rules that were switched off and on; undefined where none ever was. */
  readonly switched?: RuleSwitchTimes | undefined;
  /** The log time at which that origin's `obs` reached the value; a function of the origin's entries alone. */
  timeOfObs(site: SiteId, obs: number): LogTimeUs;
}

/** A zone that many orders use, as it is at some log time. */
export interface SharedZone {
  /** 1, 2, 3, ... */
  readonly revision: number;
  /** `geo`'s recorded zone. */
  readonly zone: Json;
}
/** An entry that varies a shared zone counts for everything later than its own log time. */
export interface SharedZonesInForce {
  /** Undefined: nobody has written it by then. */
  at(zoneId: string, t: LogTimeUs): SharedZone | undefined;
  /** Log time from which a later revision than this one is in force; Infinity: none is known. */
  after(zoneId: string, revision: number): number;
}

/** A rule switched off or on for the whole platform, by two people (four eyes). It counts for everything later than `t`. */
export interface SwitchOfRule {
  readonly rule: IncidentKind;
  readonly off: boolean;
  readonly t: number;
  readonly entryId: string;
  /** Who asked and who approved. */
  readonly by: readonly [string, string];
  readonly note: string;
}
export interface RuleSwitchTimes {
  /** The last one at or before a log time. */
  latest(rule: IncidentKind, t: number): SwitchOfRule | undefined;
  /** The first one to that side that counts from after a log time on. */
  next(rule: IncidentKind, off: boolean, t: number): SwitchOfRule | undefined;
}

/** Where an item stands in the log. */
export interface Place {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: Seq;
  readonly index: number;
  readonly entryId: string;
}

export type OpenedItem =
  | { readonly kind: 'case'; readonly measure: string; readonly recorded: RecordedCase }
  | { readonly kind: 'order'; readonly measure: string; readonly order: RecordedOrder; readonly by: string }
  | { readonly kind: 'stop'; readonly measure: string; readonly by: string; readonly reason: string }
  /** The reader is reused by the caller after the call: keep nothing of it. */
  | { readonly kind: 'reports'; readonly measure: string; readonly batch: ReportBatchReader }
  | { readonly kind: 'step'; readonly measure: string; readonly step: IncidentStep }
  | { readonly kind: 'event'; readonly measure: string; readonly event: IncidentEvent }
  /** `change` as the log holds it: the fold looks whether it is one. */
  | { readonly kind: 'case_rule'; readonly measure: string; readonly change: CaseRuleSwitch }
  | { readonly kind: 'attempt'; readonly measure: string; readonly attempt: DispatchAttempt }
  | { readonly kind: 'receipt'; readonly measure: string; readonly receipt: DispatchReceipt };

/** What became of a decision in this fold (L16); reports and events always answer `applied`. */
export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'repeated'; readonly entryId: string }
  | {
      readonly kind: 'refused';
      readonly reason:
        | 'unknown_measure'
        | 'unknown_incident'
        | 'step_forbidden'
        | 'revision_stale'
        | 'key_mismatch'
        | 'measure_ended'
        | 'malformed';
      readonly heldBy?: string;
    };

/** An incident as the fold holds it. Plain data: projections and the API show it, snapshots keep it. */
export interface Incident {
  readonly incidentId: string;
  readonly aliases: readonly string[];
  readonly ruleId: string;
  readonly kind: IncidentKind;
  readonly status: IncidentStatus;
  /** `refuted` and `withdrawn` never remove an incident that was published. */
  readonly certainty: 'raised' | 'withdrawn' | 'refuted' | 'explained';
  readonly lane: Lane;
  readonly openedAtMs: number;
  readonly closedAtMs?: number;
  /** Log time at which the fold raised it. */
  readonly raisedAt: LogTimeUs;
  /** Signals counted inside the episode. */
  readonly signals: number;
  readonly reason: Reason;
  readonly heldBy?: string;
  readonly history: readonly {
    readonly step: string;
    readonly by: string;
    readonly t: LogTimeUs;
    readonly entryId: string;
    readonly note?: string;
    readonly code?: string;
  }[];
  /** Event steps (`early`, `confirmed`, ...) that have been applied to it. */
  readonly published: readonly string[];
  /** The ladder, where people are called: levels told so far in this climb, and when the next one will be. */
  readonly escalation?: { readonly level: number; readonly climb: number; readonly nextAt?: LogTimeUs };
  /** Set aside, or asked to be: until when, and by whose four eyes. */
  readonly shelf?: Shelf;
  /** Its rule was switched off while it stood, or was off when it was found: closed since then, or back again. */
  readonly switched?: { readonly off: boolean; readonly at: LogTimeUs };
  /** How often it came back by itself from where it was set aside. */
  readonly shelvesEnded?: number;
  /** What is known of its events' way to receivers; the latest turn of each. */
  readonly deliveries?: readonly Delivery[];
  /** In whose territory, as its latest event says that names a place. */
  readonly place?: IncidentPlace;
}

export interface DeviceStanding {
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
  readonly boundTo?: SiteId;
  readonly lastReportAt?: LogTimeUs;
  readonly fix?: {
    readonly at: FixTimeMs;
    readonly latE7: number;
    readonly lonE7: number;
    readonly accuracyMm: number;
  };
  readonly batteryPct?: number;
  readonly reports: number;
}

/** How much of the hours of a week a person has used, by the fixes that the fold has. */
export interface FreeTimeStanding {
  readonly ruleId: string;
  readonly deviceId: string;
  readonly budgetMs: number;
  readonly usedMs: number;
  /** When the week ends that was counted last: after it nothing is used of the next. */
  readonly weekEndMs: number;
}

/** A change of standing of one rule: final fix-time order is the caller's to sort. */
export interface Transition {
  readonly ruleId: string;
  readonly deviceId: string;
  readonly from: string;
  readonly to: string;
  readonly at: FixTimeMs;
  /** The report that decided it, and the device it is of where that is another (proximity). */
  readonly reportKey: string;
  readonly reporter?: string;
}

/** One case as queries see it. */
export interface CaseView {
  readonly measure: string;
  readonly recorded: RecordedCase;
  readonly revision: number;
  readonly ended: boolean;
  /** When it was stopped, milliseconds; absent while it was not. */
  readonly stoppedAtMs?: number;
  /** Rules of this case alone that are or were switched off lately, or asked to be; absent: none. */
  readonly switches?: OwnSwitches;
  readonly devices: readonly DeviceStanding[];
  readonly incidents: readonly Incident[];
  /** Of rules on free time, once a fix was counted. */
  readonly freeTime?: readonly FreeTimeStanding[];
}
