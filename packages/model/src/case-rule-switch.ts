// One rule of one case switched off for a while, and on again: what the log holds of it, sealed with its case.
import type { RuleKind } from './case.ts';
import { isSwitchable, SWITCH_NOTE_MAX } from './incident.ts';

/** Long enough for Maundy Thursday evening to Easter Tuesday morning, when the authority can vary its order again. */
export const CASE_SWITCH_MS_MAX = 5 * 86_400_000;
const SUBJECT_MAX = 200;

/** One person asks, another approves within `SWITCH_APPROVAL_MS_MAX`; `ask` is the entryId of what was asked. */
export type CaseRuleSwitch =
  | {
      readonly step: 'ask';
      readonly ruleId: string;
      readonly off: true;
      /** It is on again by itself then. */
      readonly untilMs: number;
      readonly by: string;
      readonly note: string;
    }
  | { readonly step: 'ask'; readonly ruleId: string; readonly off: false; readonly by: string; readonly note: string }
  | { readonly step: 'approve'; readonly ask: string; readonly by: string };

/** Orders that exist to protect somebody: protection of personality, whether or not that person carries a device. */
const PROTECTING = 'ZGB 28c';
export const protectsPerson = (legalBasis: string, devices: readonly { readonly role: string }[]): boolean =>
  legalBasis === PROTECTING || devices.some(({ role }) => role === 'protected');

/** The rules of an order that may be switched off in one case; where it protects a person, not what keeps away from that person. */
export const isSwitchableInCase = (kind: RuleKind, protectsPerson: boolean): boolean =>
  isSwitchable(kind) && !(protectsPerson && kind === 'exclusion');

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= max;

export function isCaseRuleSwitch(value: unknown): value is CaseRuleSwitch {
  if (typeof value !== 'object' || value === null) return false;
  const { step, by, ask, ruleId, off, note, untilMs } = value as Readonly<Record<string, unknown>>;
  if (!isText(by, SUBJECT_MAX)) return false;
  if (step === 'approve') return isText(ask, SUBJECT_MAX);
  if (step !== 'ask' || !isText(ruleId, SUBJECT_MAX) || !isText(note, SWITCH_NOTE_MAX)) return false;
  return off === true ? Number.isSafeInteger(untilMs) : off === false && untilMs === undefined;
}
