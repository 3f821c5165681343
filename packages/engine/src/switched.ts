// A rule that is switched off, for the whole platform or in this case: what it finds is kept and closed at once with the reason, calls nobody
// and rings nowhere; what of it still runs when the rule is on again comes back. A switch is a moment of log time, hence a timer of the case.
import { type LogTimeUs, logTimeUs } from '@vigie/model';
import type { IncidentRecord } from './incident-record.ts';
import { climbAnew } from './ladder.ts';
import { HISTORY_STEPS_MAX } from './limits.ts';
import { NO_SWITCHES, type OffInCase, type OwnSwitches } from './own-switches.ts';
import type { RuleSwitchTimes, SwitchOfRule } from './types.ts';

export interface Switched {
  readonly off: boolean;
  /** Log time from which that counted for the incident. */
  readonly at: LogTimeUs;
}

type Turn = Omit<SwitchOfRule, 'rule' | 'by'> & { readonly by: readonly string[] };
type OfRule = Pick<IncidentRecord, 'kind' | 'ruleId'>;

/** The switches that a case is folded under. */
export class Switches {
  readonly #platform: RuleSwitchTimes | undefined;
  readonly #own: OwnSwitches;

  constructor(platform: RuleSwitchTimes | undefined, own: OwnSwitches = NO_SWITCHES) {
    this.#platform = platform;
    this.#own = own;
  }

  /** That by which the rule is off at a log time; undefined: it is on. */
  offAt({ kind, ruleId }: OfRule, t: number): Turn | undefined {
    const latest = this.#platform?.latest(kind, t);
    if (latest?.off === true) return latest;
    const own = this.#own.off.find((one) => one.ruleId === ruleId && one.fromUs <= t && t < one.untilUs);
    return own === undefined ? undefined : turnOff(own);
  }
  /** The first at or after a log time that switches it off. */
  nextOff({ kind, ruleId }: OfRule, t: number): Turn | undefined {
    let first: Turn | undefined = this.#platform?.next(kind, true, t);
    for (const one of this.#own.off)
      if (one.ruleId === ruleId && one.fromUs >= t && one.fromUs < (first?.t ?? Number.POSITIVE_INFINITY))
        first = turnOff(one);
    return first;
  }
  /** The first at or after a log time after which nothing switches it off any more. */
  nextOn(of: OfRule, t: number): Turn | undefined {
    let from = t;
    for (;;) {
      const next = this.#firstOn(of, from);
      if (next === undefined || this.offAt(of, next.t) === undefined) return next;
      from = next.t + 1;
    }
  }
  #firstOn({ kind, ruleId }: OfRule, t: number): Turn | undefined {
    let first: Turn | undefined = this.#platform?.next(kind, false, t);
    for (const one of this.#own.off)
      if (one.ruleId === ruleId && one.untilUs >= t && one.untilUs < (first?.t ?? Number.POSITIVE_INFINITY))
        first = turnOn(one);
    return first;
  }
  /** Whether any switch has concerned the rule by a log time. */
  concerned({ kind, ruleId }: OfRule, t: number): boolean {
    return (
      this.#platform?.latest(kind, t) !== undefined ||
      this.#own.off.some((one) => one.ruleId === ruleId && one.fromUs <= t)
    );
  }
}
export const NOT_SWITCHED = new Switches(undefined);

const turnOff = ({ entryId, fromUs, by, note }: OffInCase): Turn => ({ off: true, t: fromUs, entryId, by, note });
/** At the end that was set, it is theirs who set it. */
const turnOn = ({ entryId, untilUs, by, note, ended }: OffInCase): Turn => ({
  off: false,
  t: untilUs,
  ...(ended ?? { entryId, by, note }),
});

const nextOf = (r: IncidentRecord, switches: Switches): Turn | undefined => {
  if (r.certainty !== 'raised') return undefined;
  if (r.switched?.off === true) return switches.nextOn(r, r.switched.at);
  return r.status === 'resolved' ? undefined : switches.nextOff(r, r.switched?.at ?? r.raisedAt);
};

/** Log time at which a switch concerns the incident; Infinity = none known does. A switch counts for everything later than itself. */
export function switchDueUs(r: IncidentRecord, switches: Switches): number {
  if (switches === NOT_SWITCHED) return Number.POSITIVE_INFINITY;
  const next = nextOf(r, switches);
  return next === undefined ? Number.POSITIVE_INFINITY : next.t + 1;
}

/** Closes it or takes it up again, as the switch that is due says. */
export function passSwitch(r: IncidentRecord, switches: Switches, now: LogTimeUs): void {
  const next = nextOf(r, switches);
  if (next === undefined) return;
  if (next.off) switchOff(r, next, now);
  else switchOn(r, next, now);
}

/** One that is found while its rule is off. */
export function switchOffIfOff(r: IncidentRecord, switches: Switches, now: LogTimeUs): void {
  const by = switches.offAt(r, now - 1);
  if (by !== undefined) switchOff(r, by, now);
}

/** A person has reopened it: from here on only another switch concerns it. */
export function reopened(r: IncidentRecord, switches: Switches, now: LogTimeUs): void {
  if (r.switched !== undefined || switches.concerned(r, now - 1)) r.switched = { off: false, at: now };
}

function switchOff(r: IncidentRecord, by: Turn, now: LogTimeUs): void {
  r.switched = { off: true, at: logTimeUs(Math.max(now, by.t + 1)) };
  r.status = 'resolved';
  delete r.shelf;
  mark(r, 'switched_off', by, now);
}

function switchOn(r: IncidentRecord, by: Turn, now: LogTimeUs): void {
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
  { by, entryId, note }: Turn,
  t: LogTimeUs,
): void {
  if (r.history.length < HISTORY_STEPS_MAX) r.history.push({ step, by: by.join(', '), t, entryId, note });
}
