// How the sites, the devices as a whole and the work are: nothing here is about one person.
import type { Instant, SiteId } from './basics.ts';

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

/**
 * `clock`: log time more than 2 s ahead of the site's clock; `clock-skew`: the sites' clocks differ by more than 500 ms (L5);
 * `divergence`: the copy of the other origin is not what that site says it is (L13); `copy-stalled`: no copy of it comes although that site
 * answers, and what it tells is live only (L13); `log-hole`: an entry of this site's own log cannot be read any more; `erasure-due`: a
 * measure's retention ends soon and it is not erased at every site (D4); `memory`: what waits to settle takes half of what the process
 * may use; `boundaries`: the other site was given other ones, so the two may name a border differently; `site-not-heard`: devices whose reports go there are unobserved from here (D5);
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
  'boundaries',
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
