import { HARM, SHIPPED_ESCALATION, logTimeMs } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import {
  BEYOND,
  Court,
  MEASURE,
  WITHIN,
  at,
  exclusion,
  inclusion,
  order,
  recordedCase,
  withLadder,
} from './testing/court.ts';
import type { RecordedRule } from '@vigie/model';

const strap: RecordedRule = { ruleId: 'strap', kind: 'tamper' };
const given = (rules: readonly RecordedRule[]): Court => new Court().given(rules, withLadder(rules));
const level = (court: Court, i = 0): number | undefined => court.incidents()[i]?.escalation?.level;
const idOf = (court: Court, i = 0): string => court.incidents()[i]?.incidentId as string;

test('[ES1] an incident that nobody acknowledges climbs level by level at the seconds of its order', () => {
  const court = given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const levels = ['10:00:59', '10:01', '10:02:59', '10:03', '10:05', '10:14:59', '10:15', '23:00'].map((when) =>
    level(court.time(when)),
  );
  expect(levels).toEqual([0, 1, 1, 2, 3, 3, 4, 4]);
});

test('[ES1] the view says when the next level is told', () => {
  const court = given([exclusion()])
    .hears({ at: '10:00', ...WITHIN })
    .time('10:01:10');
  const next = court.incidents()[0]?.escalation;
  expect(next).toMatchObject({ level: 1, climb: 1 });
  expect(logTimeMs(next?.nextAt as never)).toBe(at('10:03'));
  expect(court.time('10:20').incidents()[0]?.escalation).toEqual({ level: 4, climb: 1 });
});

test('[ES2] danger is told sooner than a breach, attention calls no police, the rest nobody', () => {
  const court = given([exclusion(), strap, { ruleId: 'silent', kind: 'silence', maxGapMs: 60_000 }]);
  court.hears({ at: '10:00', ...WITHIN, events: ['strap_open'], batteryPct: 5 }).time('10:00:30');
  const of = (kind: string) => court.incidents().find((one) => one.kind === kind)?.escalation?.level;
  expect([of('tamper'), of('exclusion')]).toEqual([1, 0]);
  court.time('23:00');
  expect([of('tamper'), of('exclusion'), of('silence')]).toEqual([4, 4, 3]);
  const calm = given([{ ruleId: 'charge', kind: 'battery', minPct: 20 }]).hears({ at: '10:00', batteryPct: 5 });
  expect(calm.time('23:00').incidents()).toMatchObject([{ kind: 'battery' }]);
  expect(calm.incidents()[0]?.escalation).toBeUndefined();
  expect(HARM.battery).toBeUndefined();
});

test('[ES2] what is found late, or belongs to a passive measure, calls nobody', () => {
  const late = given([exclusion()])
    .hears({ at: '10:00', ...WITHIN }, '11:00')
    .time('23:00');
  expect(late.incidents()).toMatchObject([{ lane: 'late' }]);
  const rules = [exclusion()];
  const passive = new Court().given(rules, { mode: 'passive', ...withLadder(rules) });
  passive.hears({ at: '10:00', ...WITHIN }).time('23:00');
  expect([late, passive].map((court) => level(court))).toEqual([undefined, undefined]);
});

test('[ES3] acknowledging ends the climb, also between two levels', () => {
  const court = given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  court.step(idOf(court), 'acknowledge', '10:02');
  court.time('23:00');
  expect(court.incidents()[0]?.escalation).toEqual({ level: 1, climb: 1 });
});

test('[ES3] an acknowledgement at the very moment of a level comes after it: timers fire first', () => {
  const court = given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  court.step(idOf(court), 'acknowledge', '10:01');
  expect(level(court)).toBe(1);
});

test('[ES3] a stop of the measure and late data that refutes the incident end the climb', () => {
  const stopped = given([exclusion(), strap]).hears({ at: '10:00', events: ['strap_open'] });
  stopped.apply({ kind: 'stop', measure: MEASURE, by: 'JU', reason: '' }, at('10:00:40'));
  expect(level(stopped.time('23:00'))).toBe(1);
  const silent = given([{ ruleId: 'silent', kind: 'silence', maxGapMs: 60_000 }]).hears({ at: '10:00', ...WITHIN });
  silent
    .time('10:10')
    .hears({ at: '10:01', ...WITHIN }, '10:10')
    .time('23:00');
  // The phone of the protected person, which says nothing either, stays silent.
  expect(silent.incidents().map((one) => [one.closedAtMs === undefined, one.escalation?.level])).toContainEqual([
    false,
    1,
  ]);
});

test('[ES4] the end of a breach ends the climb; in danger it goes on to the supervisor and calls no patrol', () => {
  const gone = given([exclusion()])
    .hears({ at: '10:00', ...WITHIN })
    .hears({ at: '10:02', ...BEYOND });
  expect(level(gone.time('23:00'))).toBe(1);
  const rules: readonly RecordedRule[] = [
    {
      ruleId: 'apart',
      kind: 'proximity',
      partnerDeviceId: 'phone',
      warnMm: 500_000,
      alarmMm: 200_000,
      maxAgeMs: 600_000,
    },
  ];
  const near = given(rules)
    .hears({ at: '10:00', ...WITHIN, deviceId: 'phone' })
    .hears({ at: '10:00:01', ...WITHIN })
    .hears({ at: '10:00:10', ...BEYOND });
  expect(near.time('23:00').incidents()).toMatchObject([{ kind: 'proximity', escalation: { level: 3 } }]);
});

test('[ES5] a reopened incident climbs anew', () => {
  const court = given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  for (const [step, when] of [
    ['acknowledge', '10:04'],
    ['resolve', '10:05'],
    ['reopen', '10:06'],
  ] as const)
    court.step(idOf(court), step, when);
  expect(court.time('10:06:59').incidents()[0]?.escalation).toMatchObject({ level: 0, climb: 2 });
  expect(court.time('10:07').incidents()[0]?.escalation).toMatchObject({ level: 1, climb: 2 });
});

test('[ES6] the times are those of the order at the raising; an order without any calls nobody', () => {
  const rules = [exclusion(), strap];
  const soon = { ...SHIPPED_ESCALATION, breach: [5], danger: [5] };
  const court = new Court().given(rules, withLadder(rules)).hears({ at: '10:00', ...WITHIN });
  court.apply(
    { kind: 'order', measure: MEASURE, by: 'JU', order: { ...order(rules, 1), escalation: soon } },
    at('10:00:01'),
  );
  court.hears({ at: '10:00:10', ...WITHIN, events: ['strap_open'] }).time('10:00:20');
  expect(court.incidents().map((one) => [one.kind, one.escalation?.level])).toEqual([
    ['exclusion', 0],
    ['tamper', 1],
  ]);
  const old = new Court()
    .given([exclusion()])
    .hears({ at: '10:00', ...WITHIN })
    .time('23:00');
  expect(level(old)).toBeUndefined();
});

test('[OR6] times that are no ladder make the order malformed', () => {
  const engine = new Engine();
  for (const breach of [[60, 60], [0], [1, 2, 3, 4, 5], 'soon']) {
    const escalation = { ...SHIPPED_ESCALATION, breach: breach as number[] };
    const recorded = { ...recordedCase([exclusion()]), order: { ...order([exclusion()]), escalation } };
    const place = { site: 'noirmont', epoch: '1-a', seq: 1 as never, index: 0, entryId: 'e' } as const;
    expect(engine.apply({ kind: 'case', measure: MEASURE, recorded }, place, steadyClock(at('10:00')))).toEqual({
      kind: 'refused',
      reason: 'malformed',
    });
  }
});

test('[LT6] looking at every second or only at the end climbs alike, and a case folded on from its bytes too', () => {
  const story = (court: Court, look: (when: string) => void): string | undefined => {
    court.given([exclusion(), inclusion(), strap], withLadder([exclusion(), inclusion(), strap]));
    court.hears({ at: '10:00', ...WITHIN, events: ['strap_open'] });
    for (let s = 0; s < 600; s++)
      look(`10:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`);
    court
      .hears({ at: '10:10', ...BEYOND })
      .hears({ at: '10:11', ...WITHIN })
      .time('10:30');
    return court.engine.caseDigest(MEASURE);
  };
  const often = new Court();
  const never = new Court();
  const reloaded = new Court();
  const digests = [
    story(often, (when) => void often.time(when)),
    story(never, () => {}),
    story(reloaded, (when) => {
      reloaded.time(when);
      reloaded.engine.loadCase(MEASURE, reloaded.engine.saveCase(MEASURE) as Uint8Array);
    }),
  ];
  expect(new Set(digests).size).toBe(1);
});
