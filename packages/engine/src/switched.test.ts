// A rule switched off and on for the whole platform, as the fold of one case sees it.
import { SHIPPED_ESCALATION, type LogTimeUs, type RecordedRule, logTimeUs } from '@vigie/model';
import { ReportBatchReader, encodeReportBatch } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, MEASURE, WITHIN, at, inclusion, recordedCase, report, withLadder } from './testing/court.ts';
import type { Clock, Incident, SwitchOfRule } from './types.ts';

const turned = (off: boolean, when: string, rule: SwitchOfRule['rule'] = 'inclusion'): SwitchOfRule => ({
  rule,
  off,
  t: at(when) * 1000,
  entryId: `ask-${when}`,
  by: ['sre-1', 'sre-2'],
  note: 'borders of the new map are wrong',
});
function clockAt(ms: number, all: readonly SwitchOfRule[]): Clock {
  const known = all.filter(({ t }) => t < ms * 1000);
  return {
    ...steadyClock(ms),
    t: logTimeUs(ms * 1000),
    obs: () => ms * 1000,
    obsRestart: () => 0,
    timeOfObs: (_: unknown, obs: number) => logTimeUs(obs) as LogTimeUs,
    switched: {
      latest: (rule, t) => known.findLast((one) => one.rule === rule && one.t <= t),
      next: (rule, off, t) => known.find((one) => one.rule === rule && one.off === off && one.t >= t),
    },
  };
}

class Play {
  readonly engine = new Engine();
  readonly #switches: readonly SwitchOfRule[];
  readonly #looks: boolean;
  #seq = 0;
  #known = 0;
  constructor(switches: readonly SwitchOfRule[], rules: readonly RecordedRule[] = [inclusion()], looks = false) {
    this.#switches = switches;
    this.#looks = looks;
    const recorded = recordedCase(rules, withLadder(rules, SHIPPED_ESCALATION));
    this.engine.apply({ kind: 'case', measure: MEASURE, recorded }, this.#place(), clockAt(at('00:00'), []));
  }
  #place() {
    this.#seq++;
    return { site: 'noirmont', epoch: '1-a', seq: this.#seq, index: 0, entryId: `e-${this.#seq}` } as never;
  }
  #clock(ms: number): Clock {
    const known = this.#switches.filter(({ t }) => t < ms * 1000).length;
    if (known > this.#known) this.engine.lookAgain(clockAt(ms, this.#switches).switched);
    this.#known = known;
    return clockAt(ms, this.#switches);
  }
  fix(where: { lat: number; lon: number }, when: string): this {
    const bytes = encodeReportBatch('wearer', [report({ ...where, at: when, seq: this.#seq })]);
    const batch = new ReportBatchReader().reset(bytes);
    if (this.#looks) this.engine.advance(this.#clock(at(when) - 1));
    this.engine.apply({ kind: 'reports', measure: MEASURE, batch }, this.#place(), this.#clock(at(when)));
    return this;
  }
  time(when: string): this {
    this.engine.advance(this.#clock(at(when)));
    return this;
  }
  get incidents(): readonly Incident[] {
    return this.engine.view(MEASURE)?.incidents ?? [];
  }
  get steps(): readonly string[] {
    return this.incidents.flatMap(({ kind, status, history }) => [
      `${kind} ${status}`,
      ...history.map(({ step, by, t }) => `${step} by ${by} at ${new Date(t / 1000).toISOString().slice(11, 19)}`),
    ]);
  }
}

test('[RS1] an open incident of a rule that is switched off is closed with the reason, and calls nobody further', () => {
  const play = new Play([turned(true, '10:00:10')]).fix(BEYOND, '10:00').time('11:00');
  expect(play.steps).toEqual(['inclusion resolved', 'switched_off by sre-1, sre-2 at 10:00:10']);
  const [incident] = play.incidents;
  expect(incident?.history[0]).toMatchObject({ note: 'borders of the new map are wrong', entryId: 'ask-10:00:10' });
  expect(incident).toMatchObject({ certainty: 'raised', switched: { off: true }, escalation: { level: 0 } });
});

test('[RS2] what it finds while it is off is kept, closed at once, and climbs no ladder', () => {
  const play = new Play([turned(true, '09:00')]).fix(WITHIN, '09:30').fix(BEYOND, '10:00').time('12:00');
  expect(play.steps).toEqual(['inclusion resolved', 'switched_off by sre-1, sre-2 at 10:00:00']);
  expect(play.incidents[0]?.escalation?.level).toBe(0);
});

test('[RS3] what still runs when it is switched on again is raised anew from there, and what has ended stays closed', () => {
  const play = new Play([turned(true, '09:00'), turned(false, '12:00')])
    .fix(BEYOND, '09:30')
    .fix(WITHIN, '10:00')
    .fix(BEYOND, '11:00')
    .time('12:03:30');
  expect(play.steps).toEqual([
    'inclusion resolved',
    'switched_off by sre-1, sre-2 at 09:30:00',
    'inclusion raised',
    'switched_off by sre-1, sre-2 at 11:00:00',
    'switched_on by sre-1, sre-2 at 12:00:00',
  ]);
  expect(play.incidents[1]?.escalation).toMatchObject({ climb: 2, level: 2 });
});

test('[RS3] a rule may be switched any number of times', () => {
  const play = new Play([turned(true, '09:00'), turned(false, '12:00'), turned(true, '13:00'), turned(false, '14:00')])
    .fix(BEYOND, '08:00')
    .time('15:00');
  expect(play.steps.slice(1).map((step) => step.split(' ')[0])).toEqual([
    'switched_off',
    'switched_on',
    'switched_off',
    'switched_on',
  ]);
});

test('[RS1] other rules go on, and an incident that a person has resolved is left alone', () => {
  const rules = [inclusion(), { ruleId: 'strap', kind: 'tamper' } as const];
  const play = new Play([turned(true, '10:00:10', 'battery')], rules).fix(BEYOND, '10:00').time('10:01:30');
  expect(play.incidents[0]).toMatchObject({ status: 'raised', escalation: { level: 1 } });
  expect(play.incidents[0]?.history).toEqual([]);
});

test('[RS4] looking at every moment or only when something comes gives the same state', () => {
  const switches = [turned(true, '09:00'), turned(false, '12:00'), turned(true, '12:30')];
  const seldom = new Play(switches);
  const often = new Play(switches, [inclusion()], true);
  for (const play of [seldom, often]) play.fix(BEYOND, '08:30').fix(WITHIN, '11:00').fix(BEYOND, '11:30');
  for (let minute = 1; minute < 60; minute++) often.time(`12:${String(minute).padStart(2, '0')}`);
  for (const play of [seldom, often]) play.fix(BEYOND, '13:00');
  expect(often.steps).toEqual(seldom.steps);
  expect(often.engine.saveCase(MEASURE)).toEqual(seldom.engine.saveCase(MEASURE));
  expect(often.engine.digest()).toBe(seldom.engine.digest());
  expect(often.incidents).toHaveLength(2);
});
