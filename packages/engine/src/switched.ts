// A rule that is switched off for the whole platform: what it finds is kept and closed at once with the reason, calls nobody and rings
// nowhere; what of it still runs when the rule is switched on again comes back. A switch is a moment of log time, hence a timer of the case.
import { type LogTimeUs, logTimeUs } from '@vigie/model';
import type { IncidentRecord } from './incident-record.ts';
import { climbAnew } from './ladder.ts';
import { HISTORY_STEPS_MAX } from './limits.ts';
import type { RuleSwitchTimes, SwitchOfRule } from './types.ts';

export interface Switched {
  readonly off: boolean;
  /** Log time from which that counted for the incident. */
  readonly at: LogTimeUs;
}

const nextOf = (r: IncidentRecord, switches: RuleSwitchTimes): SwitchOfRule | undefined => {
  if (r.certainty !== 'raised') return undefined;
  if (r.switched?.off === true) return switches.next(r.kind, false, r.switched.at);
  return r.status === 'resolved' ? undefined : switches.next(r.kind, true, r.switched?.at ?? r.raisedAt);
};

/** Log time at which a switch concerns the incident; Infinity = none known does. A switch counts for everything later than itself. */
export function switchDueUs(r: IncidentRecord, switches: RuleSwitchTimes | undefined): number {
  const next = switches === undefined ? undefined : nextOf(r, switches);
  return next === undefined ? Number.POSITIVE_INFINITY : next.t + 1;
}

/** Closes it or takes it up again, as the switch that is due says. */
export function passSwitch(r: IncidentRecord, switches: RuleSwitchTimes, now: LogTimeUs): void {
  const next = nextOf(r, switches);
  if (next === undefined) return;
  if (next.off) switchOff(r, next, now);
  else switchOn(r, next, now);
}

/** One that is found while its rule is off. */
export function switchOffIfOff(r: IncidentRecord, switches: RuleSwitchTimes | undefined, now: LogTimeUs): void {
  const latest = switches?.latest(r.kind, now - 1);
  if (latest?.off === true) switchOff(r, latest, now);
}

/** A person has reopened it: from here on only another switch concerns it. */
export function reopened(r: IncidentRecord, switches: RuleSwitchTimes | undefined, now: LogTimeUs): void {
  if (r.switched !== undefined || switches?.latest(r.kind, now - 1) !== undefined) r.switched = { off: false, at: now };
}

function switchOff(r: IncidentRecord, by: SwitchOfRule, now: LogTimeUs): void {
  r.switched = { off: true, at: logTimeUs(Math.max(now, by.t + 1)) };
  r.status = 'resolved';
  delete r.shelf;
  mark(r, 'switched_off', by, now);
}

function switchOn(r: IncidentRecord, by: SwitchOfRule, now: LogTimeUs): void {
  r.switched = { off: false, at: logTimeUs(Math.max(now, by.t + 1)) };
  if (r.closedAtMs >= 0) return;
  r.status = 'raised';
  r.heldBy = '';
  climbAnew(r, now);
  mark(r, 'switched_on', by, now);
}

function mark(
  r: IncidentRecord,
  step: 'switched_off' | 'switched_on',
  { by, entryId, note }: SwitchOfRule,
  t: LogTimeUs,
): void {
  if (r.history.length < HISTORY_STEPS_MAX) r.history.push({ step, by: by.join(', '), t, entryId, note });
}
