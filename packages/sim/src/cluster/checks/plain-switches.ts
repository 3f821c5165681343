// Rules switched off and on, as plainly as it can be said: one asks, another approves within 15 minutes, and what follows is another
// rule. Nothing of the replica.
import { type RuleSwitchTimes, SWITCHES_SINCE, type SwitchOfRule } from '@vigie/engine';
import { type IncidentKind, type RuleSwitchedData, SWITCH_APPROVAL_MS_MAX } from '@vigie/model';

type Ask = Extract<RuleSwitchedData, { step: 'ask' }>;

export class PlainSwitches implements RuleSwitchTimes {
  readonly #asked = new Map<string, { readonly t: number; readonly ask: Ask }>();
  readonly #switched: SwitchOfRule[] = [];

  /** @param rules the version in force at that log time */
  note(t: number, entryId: string, data: RuleSwitchedData, rules: number): void {
    if (data.step === 'ask') {
      if (!this.#asked.has(entryId)) this.#asked.set(entryId, { t, ask: data });
      return;
    }
    const found = this.#asked.get(data.ask);
    if (found === undefined || found.ask.by === data.by || t - found.t > SWITCH_APPROVAL_MS_MAX * 1000) return;
    this.#asked.delete(data.ask);
    const { rule, off, by, note } = found.ask;
    const isOff = this.#switched.findLast((one) => one.rule === rule)?.off ?? false;
    if (rules < SWITCHES_SINCE || off === isOff) return;
    this.#switched.push({ rule, off, t, entryId: data.ask, by: [by, data.by], note });
  }
  latest(rule: IncidentKind, t: number): SwitchOfRule | undefined {
    return this.#switched.findLast((one) => one.rule === rule && one.t <= t);
  }
  next(rule: IncidentKind, off: boolean, t: number): SwitchOfRule | undefined {
    return this.#switched.find((one) => one.rule === rule && one.off === off && one.t >= t);
  }
}
