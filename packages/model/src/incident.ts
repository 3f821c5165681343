// Incidents: one episode of one rule for one case (docs/RULES.md), its life, its certainty and its reason.
import { derivedId } from './canonical.ts';
import type { RuleKind } from './case.ts';

export const STATUSES = ['raised', 'acknowledged', 'in_progress', 'resolved'] as const;
export type IncidentStatus = (typeof STATUSES)[number];
export const LANES = ['live', 'late', 'retrospective'] as const;
export type Lane = (typeof LANES)[number];

/** Rules of orders, and those every case has. */
export type IncidentKind =
  | RuleKind
  | 'pre_alert'
  | 'absence_unconfirmed'
  | 'check'
  | 'stale'
  | 'crossed'
  | 'dispatch_failed'
  | 'sos'
  | 'invalid_order';

export const STEPS = ['acknowledge', 'start', 'resolve', 'reopen', 'note', 'shelve', 'approve', 'unshelve'] as const;
export type StepKind = (typeof STEPS)[number];

const NOTHING_ELSE: Record<StepKind, undefined> = {
  acknowledge: undefined,
  start: undefined,
  resolve: undefined,
  reopen: undefined,
  note: undefined,
  shelve: undefined,
  approve: undefined,
  unshelve: undefined,
};
const staying = (status: IncidentStatus) => ({ note: status, shelve: status, approve: status, unshelve: status });

/** What follows a step; undefined = the step is forbidden from there. */
export const statusAfter: Record<IncidentStatus, Record<StepKind, IncidentStatus | undefined>> = {
  raised: { ...NOTHING_ELSE, ...staying('raised'), acknowledge: 'acknowledged' },
  acknowledged: { ...NOTHING_ELSE, ...staying('acknowledged'), start: 'in_progress', resolve: 'resolved' },
  in_progress: { ...NOTHING_ELSE, ...staying('in_progress'), resolve: 'resolved' },
  resolved: { ...NOTHING_ELSE, reopen: 'raised', note: 'resolved' },
};

/** What a step of a person is called once it is an event (D1). */
export const EVENT_OF_STEP: Record<StepKind, EventType> = {
  acknowledge: 'acknowledged',
  start: 'in_progress',
  resolve: 'resolved',
  reopen: 'reopened',
  note: 'noted',
  shelve: 'shelving_asked',
  approve: 'shelved',
  unshelve: 'unshelved',
};

/** An incident is set aside for this long at most: a shift that begins finds what the one before it left. */
export const SHELF_MS_MAX = 12 * 3_600_000;
/** The second person approves within this time, or nothing was asked. */
export const SHELF_APPROVAL_MS_MAX = 15 * 60_000;

/** A step as it is put into the log, sealed with its case. */
export interface IncidentStep {
  readonly incidentId: string;
  readonly step: StepKind;
  /** Who: the subject of the token. */
  readonly by: string;
  readonly note?: string;
  /** With `shelve`: until when, at most SHELF_MS_MAX ahead. */
  readonly untilMs?: number;
  /** With `resolve`: why it is over, from the operator's list. */
  readonly code?: string;
  /** (client, key, body hash) of the request, checked in the fold (L16). */
  readonly idempotency?: { readonly client: string; readonly key: string; readonly bodyHash: string };
}

/** A fix that a decision rests on, as recorded. */
export interface ReasonFix {
  readonly deviceId: string;
  readonly atMs: number;
  readonly latE7?: number;
  readonly lonE7?: number;
  readonly accuracyMm?: number;
  /** Signed distance to the zone's edge, positive inside; millimetres. */
  readonly distanceMm?: number;
}

/** Why. The sentence for people is made from this in fr, de, it, en, by one function for console, API and report. */
export interface Reason {
  readonly rule: string;
  readonly kind: IncidentKind;
  readonly version: number;
  /** A closed list of codes per kind, e.g. `inside_exclusion`, `outside_inclusion`, `silent`, `strap_open`, `battery_low`. */
  readonly code: string;
  readonly fixes: readonly ReasonFix[];
  /** Named numbers of the sentence, integers with their unit in the name (`graceMs`, `distanceMm`, `ageMs`, ...). */
  readonly values: { readonly [name: string]: number };
}

/** The id of an incident (D2): the same wherever and whenever it is derived from the same opening. */
export const incidentId = (measure: string, ruleId: string, openingKey: string): string =>
  derivedId('incident', measure, ruleId, openingKey);

/** Lower comes first in every queue: harm to a protected person, then tamper, then place, then knowledge, technical last. */
export const PRIORITY: Record<IncidentKind, number> = {
  sos: 0,
  proximity: 1,
  tamper: 2,
  exclusion: 3,
  crossed: 4,
  inclusion: 5,
  jamming: 6,
  free_time: 7,
  absence_unconfirmed: 8,
  pre_alert: 9,
  silence: 10,
  dispatch_failed: 11,
  motion_without_fix: 12,
  implausible: 13,
  check: 14,
  stale: 15,
  battery: 16,
  invalid_order: 17,
};

/**
 * What may be switched off for the whole platform (`rule_switched`): rules of detection that have gone wrong. Not among them is what
 * tells that a person may be hurt, and what tells that the system itself has failed.
 */
export const SWITCHABLE = [
  'exclusion',
  'inclusion',
  'crossed',
  'jamming',
  'free_time',
  'absence_unconfirmed',
  'pre_alert',
  'silence',
  'motion_without_fix',
  'implausible',
  'check',
  'battery',
] as const satisfies readonly IncidentKind[];
export type SwitchableKind = (typeof SWITCHABLE)[number];
export const isSwitchable = (kind: unknown): kind is SwitchableKind =>
  (SWITCHABLE as readonly unknown[]).includes(kind);
/** The second person approves a switch within this time, or nothing was asked. */
export const SWITCH_APPROVAL_MS_MAX = 15 * 60_000;
/** Signs of the reason why: what one person writes for all who ask later. */
export const SWITCH_NOTE_MAX = 500;

export const EVENT_TYPES = [
  'early',
  'confirmed',
  'withdrawn',
  'refuted',
  'explained',
  'closed',
  'escalated',
  'acknowledged',
  'in_progress',
  'resolved',
  'reopened',
  'noted',
  'shelving_asked',
  'shelved',
  'unshelved',
  'shelf_ended',
  'switched_off',
  'switched_on',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** In whose territory, by the boundaries of the installation: who is to be called. */
export interface IncidentPlace {
  /** Null: abroad. */
  readonly canton: string | null;
  /** Null: a lake, a common, or abroad. */
  readonly municipality: string | null;
  /** The first hex digits of the SHA-256 of the boundaries by which it was found. */
  readonly boundaries: string;
}
const isShort = (value: unknown): boolean => typeof value === 'string' && value.length <= 100;
export function isIncidentPlace(value: unknown): value is IncidentPlace {
  if (typeof value !== 'object' || value === null) return false;
  const { canton, municipality, boundaries } = value as { readonly [K in keyof IncidentPlace]?: unknown };
  return [canton, municipality].every((name) => name === null || isShort(name)) && isShort(boundaries);
}

/** A published event (D1), sealed with its case. Its id is (incidentId, step). */
export interface IncidentEvent {
  readonly incidentId: string;
  /**
   * `early`, `confirmed`, ...; a repeated one carries its ordinal: `acknowledged.2`. Escalations carry their level, and from the second
   * climb on its ordinal: `escalated.3`, after a reopening `escalated.3.2`.
   */
  readonly step: string;
  readonly type: EventType;
  /** Of `escalated`: the level that is told, 1 to 4. */
  readonly level?: number;
  readonly ruleId: string;
  readonly kind: IncidentKind;
  readonly openedAtMs: number;
  readonly closedAtMs?: number;
  readonly lane: Lane;
  readonly reason: Reason;
  /** Of `early`: where the deciding fix lies; of `escalated`: where the wearer was last. Absent: nobody knows. */
  readonly place?: IncidentPlace;
}
