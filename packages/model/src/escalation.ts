// The ladder of people who are told when nobody acknowledges an incident: who stands on which level, how soon each is told, by harm.
import type { IncidentKind } from './incident.ts';

/** Level 1 first. */
export const LADDER = ['operator', 'second_operator', 'supervisor', 'police'] as const;
export type LadderRole = (typeof LADDER)[number];

export const HARMS = ['danger', 'breach', 'attention'] as const;
/** Danger: a person may be hurt. Breach: an order is broken. Attention: something is not known. */
export type Harm = (typeof HARMS)[number];

/** What an unacknowledged incident may come to; none: it waits in the queue and nobody is called for it. */
export const HARM: Record<IncidentKind, Harm | undefined> = {
  sos: 'danger',
  proximity: 'danger',
  tamper: 'danger',
  exclusion: 'breach',
  crossed: 'breach',
  inclusion: 'breach',
  jamming: 'breach',
  // An overrun budget is for the authority to weigh: no patrol is called for it.
  free_time: 'attention',
  absence_unconfirmed: 'attention',
  pre_alert: 'attention',
  silence: 'attention',
  dispatch_failed: 'attention',
  motion_without_fix: 'attention',
  implausible: undefined,
  check: undefined,
  stale: undefined,
  battery: undefined,
  invalid_order: undefined,
};

/** Seconds after the raising at which each level is told, rising; a list that ends early spares the levels after it. */
export type Escalation = { readonly [harm in Harm]: readonly number[] };

/**
 * For orders that name none. EN 50518 asks for 80 % of alarms about people in danger to be taken within 30 s and 98.5 % within 60 s:
 * the first two levels of `danger` stand where each of those is missed. It is recorded with each order: changing it here changes no
 * order that was written before.
 */
export const SHIPPED_ESCALATION: Escalation = {
  danger: [30, 60, 120, 240],
  breach: [60, 180, 300, 900],
  attention: [300, 900, 1800],
};

/** A week: whoever waits longer does not wait for an alarm. */
export const ESCALATION_S_MAX = 7 * 86_400;
