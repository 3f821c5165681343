// Cases: orders, their rules and zones, where the wearers are and were, what an order would have raised.
import type { FieldProblem, Instant, SiteId } from './basics.ts';

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
  /** From where on alarms a day, and the share of the time without a network, are a concern. */
  readonly limits: { readonly alarmsPerDay: number; readonly coverageShare: number };
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
