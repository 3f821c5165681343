// Rules of this case alone that are switched off for a while: one person asks, another approves, and each is on again by itself in the end,
// when two people say so, or when the authority varies its order. State of the case.
import {
  CASE_SWITCH_MS_MAX,
  type CaseRuleSwitch,
  type LogTimeUs,
  type RuleKind,
  SWITCH_APPROVAL_MS_MAX,
  isSwitchableInCase,
  logTimeUs,
} from '@vigie/model';
import { CLOSING_LAG_MS, LATE_WINDOW_MS } from './limits.ts';

/** Kept of one case; beyond it no further one counts until the oldest has left the late window. */
const OFF_MAX = 64;

/** Asked for and not approved. One for each rule: who asks again has asked anew. */
export interface AskedInCase {
  readonly entryId: string;
  readonly ruleId: string;
  readonly off: boolean;
  /** With `off`: log time of its end. */
  readonly untilUs?: LogTimeUs;
  readonly by: string;
  readonly note: string;
  readonly t: LogTimeUs;
}
/** Off for everything later than `fromUs` up to `untilUs`. */
export interface OffInCase {
  readonly entryId: string;
  readonly ruleId: string;
  readonly fromUs: LogTimeUs;
  readonly untilUs: LogTimeUs;
  /** Who asked and who approved. */
  readonly by: readonly [string, string];
  readonly note: string;
  /** Who ended it before its time, and why; absent: it runs to the end that was set. */
  readonly ended?: { readonly entryId: string; readonly by: readonly string[]; readonly note: string };
}
export interface OwnSwitches {
  readonly asked: readonly AskedInCase[];
  readonly off: readonly OffInCase[];
}
export const NO_SWITCHES: OwnSwitches = { asked: [], off: [] };

interface RuleOfCase {
  readonly ruleId: string;
  readonly kind: RuleKind;
}
/** What an entry depends on beside the switches before it. */
export interface SwitchedCase {
  /** Of the order in force. */
  readonly rules: readonly RuleOfCase[];
  readonly protectsPerson: boolean;
}

/** Rules that are off for what comes later than `now`. */
export const offAfter = ({ off }: OwnSwitches, now: LogTimeUs): readonly OffInCase[] =>
  off.filter(({ untilUs }) => untilUs > now);

/** The switches after this entry; undefined: it is not allowed, and changes nothing. */
export function withSwitch(
  before: OwnSwitches,
  one: CaseRuleSwitch,
  entryId: string,
  now: LogTimeUs,
  of: SwitchedCase,
): OwnSwitches | undefined {
  const kept = {
    asked: before.asked.filter(({ t }) => now <= t + SWITCH_APPROVAL_MS_MAX * 1000),
    // Late data may bring back an incident that was closed by one of them.
    off: before.off.filter(({ untilUs }) => untilUs >= now - (LATE_WINDOW_MS + CLOSING_LAG_MS) * 1000),
  };
  return one.step === 'ask' ? asked(kept, one, entryId, now, of) : approved(kept, one, now);
}

function asked(
  before: OwnSwitches,
  ask: Extract<CaseRuleSwitch, { step: 'ask' }>,
  entryId: string,
  now: LogTimeUs,
  { rules, protectsPerson }: SwitchedCase,
): OwnSwitches | undefined {
  const { ruleId, off, by, note } = ask;
  if (offAfter(before, now).some((one) => one.ruleId === ruleId) === off) return undefined;
  const rule = rules.find((one) => one.ruleId === ruleId);
  if (off && (rule === undefined || !isSwitchableInCase(rule.kind, protectsPerson))) return undefined;
  const end: { untilUs?: LogTimeUs } = {};
  if (ask.off) {
    const untilUs = ask.untilMs * 1000;
    if (untilUs <= now || untilUs > now + CASE_SWITCH_MS_MAX * 1000) return undefined;
    end.untilUs = logTimeUs(untilUs);
  }
  const others = before.asked.filter((one) => one.ruleId !== ruleId);
  return { ...before, asked: [...others, { entryId, ruleId, off, ...end, by, note, t: now }] };
}

function approved(
  before: OwnSwitches,
  { ask, by }: Extract<CaseRuleSwitch, { step: 'approve' }>,
  now: LogTimeUs,
): OwnSwitches | undefined {
  const found = before.asked.find(({ entryId }) => entryId === ask);
  if (found === undefined || found.by === by) return undefined;
  const { entryId, ruleId, note, untilUs } = found;
  const rest = before.asked.filter((one) => one !== found);
  const both = [found.by, by] as const;
  if (!found.off)
    return { asked: rest, off: endOf(before.off, (one) => one.ruleId === ruleId, now, { entryId, by: both, note }) };
  if (untilUs === undefined || untilUs <= now || before.off.length >= OFF_MAX) return undefined;
  return { asked: rest, off: [...before.off, { entryId, ruleId, fromUs: now, untilUs, by: both, note }] };
}

/** The authority has varied its order: what was set aside until it would is on again, and nothing is asked for any more. */
export const endedByOrder = (before: OwnSwitches, entryId: string, by: string, now: LogTimeUs): OwnSwitches =>
  before.off.length === 0 && before.asked.length === 0
    ? before
    : { asked: [], off: endOf(before.off, () => true, now, { entryId, by: [by], note: '' }) };

const endOf = (
  off: readonly OffInCase[],
  ends: (one: OffInCase) => boolean,
  now: LogTimeUs,
  ended: NonNullable<OffInCase['ended']>,
): readonly OffInCase[] => off.map((one) => (one.untilUs > now && ends(one) ? { ...one, untilUs: now, ended } : one));
