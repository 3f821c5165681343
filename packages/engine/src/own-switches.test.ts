// One rule of one case switched off for a while, and on again, as the fold of that case sees it.
import { CASE_SWITCH_MS_MAX, type CaseRuleSwitch, type RecordedRule, type RuleKind } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { BEYOND, Court, MEASURE, WITHIN, at, exclusion, inclusion, order, withLadder } from './testing/court.ts';
import type { Outcome } from './types.ts';

const APPLIED: Outcome = { kind: 'applied' };
const FORBIDDEN: Outcome = { kind: 'refused', reason: 'step_forbidden' };
const MALFORMED: Outcome = { kind: 'refused', reason: 'malformed' };
const WEARER = { devices: [{ deviceId: 'wearer', role: 'wearer', tokenHash: '00' }] } as const;
const rules = [inclusion({ bufferMm: 50_000 }), exclusion({ ruleId: 'other' })];

class Play extends Court {
  #n = 0;
  constructor(given: readonly RecordedRule[] = rules, more: object = WEARER) {
    super();
    this.given(given, { ...withLadder(given), ...more });
  }
  say(change: CaseRuleSwitch, when: string, entryId = `switch-${++this.#n}`): Outcome {
    return this.apply({ kind: 'case_rule', measure: MEASURE, change }, at(when), 'noirmont', entryId);
  }
  ask(off: boolean, when: string, until = '20:00', ruleId = 'curfew', by = 'op-1'): Outcome {
    const note = 'the flat was given another number';
    return this.say(
      off ? { step: 'ask', ruleId, off, untilMs: at(until), by, note } : { step: 'ask', ruleId, off, by, note },
      when,
      `ask-${when}`,
    );
  }
  approve(ask: string, when: string, by = 'op-2'): Outcome {
    return this.say({ step: 'approve', ask: `ask-${ask}`, by }, when);
  }
  off(when: string, until = '20:00'): this {
    return this.#both(this.ask(true, when, until), when);
  }
  on(when: string): this {
    return this.#both(this.ask(false, when), when);
  }
  #both(asked: Outcome, when: string): this {
    if (asked.kind !== 'applied' || this.approve(when, when).kind !== 'applied') throw new Error(`refused at ${when}`);
    return this;
  }
  get steps(): readonly string[] {
    return this.incidents().flatMap(({ kind, ruleId, status, history }) => [
      `${kind} ${ruleId} ${status}`,
      ...history.map(({ step, by, t }) => `${step} by ${by} at ${new Date(t / 1000).toISOString().slice(11, 19)}`),
    ]);
  }
}

test('[RS7] one rule of a case is off for a while: what is open of it is closed, its others go on', () => {
  const play = new Play().hears({ at: '10:00', ...WITHIN }).hears({ at: '10:05', ...BEYOND });
  play.off('10:05:30').time('10:30');
  expect(play.steps).toEqual([
    'exclusion other raised',
    'inclusion curfew resolved',
    'switched_off by op-1, op-2 at 10:05:30',
  ]);
  expect(play.incidents()[1]).toMatchObject({
    escalation: { level: 0 },
    history: [{ note: 'the flat was given another number', entryId: 'ask-10:05:30' }],
  });
});

test('[RS7] what it finds while it is off is kept and closed at once, and what still runs comes back at the end that was set', () => {
  const play = new Play().off('09:00', '12:00');
  play
    .hears({ at: '09:30', ...BEYOND })
    .hears({ at: '10:00', ...WITHIN })
    .hears({ at: '11:00', ...BEYOND });
  expect(play.time('11:59').steps.filter((one) => one.startsWith('inclusion'))).toEqual([
    'inclusion curfew resolved',
    'inclusion curfew resolved',
  ]);
  play.time('12:10');
  expect(play.steps.slice(-3)).toEqual([
    'inclusion curfew raised',
    'switched_off by op-1, op-2 at 11:00:00',
    'switched_on by op-1, op-2 at 12:00:00',
  ]);
  expect(play.incidents().at(-1)?.escalation).toMatchObject({ climb: 2 });
});

test('[RS7] two people switch it on before its time, and the asking and its end are part of the case', () => {
  const play = new Play().off('09:00').hears({ at: '09:30', ...BEYOND });
  expect(play.engine.view(MEASURE)?.switches?.off).toMatchObject([{ ruleId: 'curfew', by: ['op-1', 'op-2'] }]);
  play.on('10:00').time('10:01');
  expect(play.steps.slice(-2)).toEqual([
    'switched_off by op-1, op-2 at 09:30:00',
    'switched_on by op-1, op-2 at 10:00:00',
  ]);
  const again = Engine.restore(play.engine.snapshot());
  expect(again.digest()).toBe(play.engine.digest());
  expect(again.view(MEASURE)).toEqual(play.engine.view(MEASURE));
});

test('[RS8] four eyes: who asked does not approve, after 15 minutes nothing was asked, and what is so already is not asked for', () => {
  const play = new Play();
  play.ask(true, '09:00');
  expect(play.approve('09:00', '09:01', 'op-1')).toEqual(FORBIDDEN);
  expect(play.approve('09:00', '09:15:01')).toEqual(FORBIDDEN);
  expect(play.approve('nothing', '09:16')).toEqual(FORBIDDEN);
  expect(play.ask(false, '09:17')).toEqual(FORBIDDEN);
  play.ask(true, '09:20');
  expect(play.approve('09:20', '09:35')).toEqual(APPLIED);
  expect(play.approve('09:20', '09:35', 'op-3')).toEqual(FORBIDDEN);
  expect(play.ask(true, '09:36')).toEqual(FORBIDDEN);
});

test('[RS8] it has an end, five days away at most: none, one that has passed or a later one is refused', () => {
  const play = new Play();
  expect(CASE_SWITCH_MS_MAX).toBe(at('5d 09:00') - at('09:00'));
  expect(play.ask(true, '08:58', '08:58')).toEqual(FORBIDDEN);
  expect(play.ask(true, '08:59', '5d 09:00')).toEqual(FORBIDDEN);
  expect(play.ask(true, '09:00', '5d 09:00')).toEqual(APPLIED);
  const endless = { step: 'ask', ruleId: 'curfew', off: true, by: 'op-1', note: 'n' } as unknown as CaseRuleSwitch;
  expect(play.say(endless, '09:01')).toEqual(MALFORMED);
});

test('[RS8] what protects a person is not switched off, nor a rule that the order does not hold', () => {
  const kinds: [RuleKind, object][] = [
    ['tamper', {}],
    ['proximity', { partnerDeviceId: 'phone', warnMm: 2, alarmMm: 1, maxAgeMs: 1 }],
    ['silence', { maxGapMs: 3_600_000 }],
  ];
  const given = [...rules, ...kinds.map(([kind, more]) => ({ ruleId: kind, kind, ...more }))];
  const protecting = new Play(given, {});
  let minute = 0;
  const tried = (ruleId: string) => protecting.ask(true, `09:${String(++minute).padStart(2, '0')}`, '20:00', ruleId);
  for (const ruleId of ['tamper', 'proximity', 'other', 'nothing']) expect(tried(ruleId)).toEqual(FORBIDDEN);
  for (const ruleId of ['curfew', 'silence']) expect(tried(ruleId)).toEqual(APPLIED);
});

test('[RS8] an order for the protection of personality protects somebody without a device, too', () => {
  const play = new Play(rules, { ...WEARER, legalBasis: 'ZGB 28c' });
  expect(play.ask(true, '09:00', '20:00', 'other')).toEqual(FORBIDDEN);
  expect(play.ask(true, '09:01', '20:00', 'curfew')).toEqual(APPLIED);
});

test('[RS9] a revision of the order switches on again what was off, and takes back what was asked for', () => {
  const play = new Play().off('09:00').hears({ at: '09:30', ...BEYOND });
  play.ask(true, '09:31', '20:00', 'other');
  play.apply({ kind: 'order', measure: MEASURE, order: order(rules, 1), by: 'judge' }, at('10:00'));
  expect(play.approve('09:31', '10:01')).toEqual(FORBIDDEN);
  expect(play.time('10:02').steps.at(-1)).toBe('switched_on by judge at 10:00:00');
  expect(play.incidents()[0]).toMatchObject({ status: 'raised' });
});

test('[RS9] after a stop nothing is switched, and before version 6 of the rules nothing of it counts', () => {
  const play = new Play();
  play.apply({ kind: 'stop', measure: MEASURE, by: 'judge', reason: 'over' }, at('09:00'));
  expect(play.ask(true, '09:01')).toEqual({ kind: 'refused', reason: 'measure_ended' });
  const older = new Play();
  older.rules = 5;
  expect(older.ask(true, '09:00')).toEqual(MALFORMED);
  expect(older.engine.view(MEASURE)?.switches).toBeUndefined();
});

test('[RS4] a case and a platform switch at a time: the rule is on once neither holds it off, however often somebody looks', () => {
  const turned = (off: boolean, when: string) =>
    ({ rule: 'inclusion', off, t: at(when) * 1000, entryId: when, by: ['sre-1', 'sre-2'], note: 'n' }) as const;
  const all = [turned(true, '09:30'), turned(false, '13:00')];
  const platform = {
    latest: (_: unknown, t: number) => all.findLast((one) => one.t <= t),
    next: (_: unknown, off: boolean, t: number) => all.find((one) => one.off === off && one.t >= t),
  };
  class Both extends Play {
    override clock() {
      return { ...super.clock(), switched: platform };
    }
  }
  const played = (looks: boolean): Both => {
    const play = new Both();
    play.off('09:00', '12:00').hears({ at: '09:15', ...BEYOND });
    if (looks) for (let minute = 16; minute < 60; minute++) play.time(`09:${minute}`);
    if (looks) for (const when of ['11:59:59', '12:00', '12:00:01', '12:30', '13:00']) play.time(when);
    play.time('13:10');
    return play;
  };
  const [seldom, often] = [played(false), played(true)];
  expect(seldom.steps).toEqual([
    'inclusion curfew raised',
    'switched_off by op-1, op-2 at 09:15:00',
    'switched_on by sre-1, sre-2 at 13:00:00',
  ]);
  expect(often.engine.digest()).toBe(seldom.engine.digest());
});
