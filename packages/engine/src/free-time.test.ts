// Free time of an implementation plan: hours a week away from home beside duty and passes. 22 November 2026 is a Sunday; weeks of these
// tests begin on Monday at midnight UTC.
import type { RecordedRule } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { LATE_WINDOW_MS, RULES_VERSION } from './limits.ts';
import { BEYOND, Court, MEASURE, MINUTE, type Said, WITHIN, at, circle, north, order } from './testing/court.ts';

const HOUR = 60 * MINUTE;
const WEEKS = ['-6d 00:00', '1d 00:00', '8d 00:00', '15d 00:00'].map(at);
const freeTime = (hours: number, more: Partial<RecordedRule> = {}): RecordedRule => ({
  ruleId: 'free',
  kind: 'free_time',
  zone: circle(),
  budgetMs: hours * HOUR,
  warnLeftMs: HOUR,
  weeks: WEEKS,
  active: [[at('-6d 00:00'), at('15d 00:00')]],
  ...more,
});

/** A fix every 15 minutes of [from, to]. */
const stay = (place: { lat: number; lon: number }, from: string, to: string, more: Partial<Said> = {}): Said[] => {
  const all: Said[] = [];
  for (let ms = at(from); ms <= at(to); ms += 15 * MINUTE) all.push({ ...place, accuracyM: 10, ...more, at: ms });
  return all;
};
function heard(rules: readonly RecordedRule[], said: readonly Said[]): Court {
  const court = new Court().given(rules);
  for (const one of said) court.uploads([one], one.at);
  return court;
}

test('[FT1] hours away beyond those of the week are an incident from the moment they are used up until the person is home', () => {
  const court = heard([freeTime(3)], [...stay(BEYOND, '10:00', '14:00'), ...stay(WITHIN, '14:10', '15:00')]);
  expect(court.episodes()).toEqual(['free_time free 13:00:00-14:10:00', 'pre_alert free 12:00:00-13:00:00']);
  const [warned, spent] = court.incidents();
  expect(warned?.reason).toMatchObject({
    code: 'free_time_low',
    values: { budgetMs: 3 * HOUR, warnLeftMs: HOUR, startMs: at('12:00') },
  });
  expect(spent?.reason).toMatchObject({
    code: 'free_time_spent',
    version: RULES_VERSION,
    values: { startMs: at('13:00') },
  });
});

test('[FT1] exactly the hours of the week are no incident', () => {
  const court = heard([freeTime(3)], [...stay(BEYOND, '10:00', '13:00'), ...stay(WITHIN, '13:05', '15:00')]);
  expect(court.episodes()).toEqual(['pre_alert free 12:00:00-13:05:00']);
});

test('[FT1] each time out is counted to the same hours, and one after they are used up is an incident at once', () => {
  const court = heard(
    [freeTime(2)],
    [
      ...stay(BEYOND, '08:00', '09:30'),
      ...stay(WITHIN, '09:40', '11:00'),
      ...stay(BEYOND, '11:10', '12:10'),
      ...stay(WITHIN, '12:20', '13:00'),
      ...stay(BEYOND, '13:10', '13:40'),
      ...stay(WITHIN, '13:50', '14:00'),
    ],
  );
  expect(court.episodes()).toEqual([
    'free_time free 11:40:00-12:20:00',
    'free_time free 13:10:00-13:50:00',
    'pre_alert free 09:00:00-09:40:00',
    'pre_alert free 11:10:00-11:40:00',
  ]);
});

test('[FT2] only the times in which the rule is active are counted: duty and passes are not free time', () => {
  const active = [
    [at('08:00'), at('09:00')],
    [at('12:00'), at('16:00')],
  ] as const;
  const court = heard([freeTime(3, { active })], stay(BEYOND, '07:00', '18:00'));
  expect(court.episodes()).toEqual(['free_time free 14:00:00-16:00:00', 'pre_alert free 13:00:00-14:00:00']);
});

test('[FT3] time that two fixes do not vouch for counts for the person: gaps over an hour, undetermined fixes, ways out and home', () => {
  const gap = heard([freeTime(2)], [...stay(BEYOND, '08:00', '09:00'), ...stay(BEYOND, '10:30', '11:15')]);
  expect(gap.episodes()).toEqual(['pre_alert free 09:00:00-']);
  const undetermined = stay(north(210), '09:15', '10:15', { accuracyM: 500 });
  const blurred = heard(
    [freeTime(2)],
    [...stay(BEYOND, '08:00', '09:00'), ...undetermined, ...stay(BEYOND, '10:30', '11:15')],
  );
  expect(blurred.episodes()).toEqual(['pre_alert free 09:00:00-']);
  const between = heard(
    [freeTime(2)],
    [...stay(WITHIN, '08:00', '08:00'), ...stay(BEYOND, '08:50', '10:30'), ...stay(WITHIN, '11:20', '11:20')],
  );
  expect(between.episodes()).toEqual(['pre_alert free 09:50:00-11:20:00']);
});

test('[FT3] a home beacon is being at home, whatever the position says', () => {
  const court = heard(
    [freeTime(1, { beacons: ['home-box'] })],
    stay(BEYOND, '08:00', '12:00', { beacons: ['home-box'] }),
  );
  expect(court.episodes()).toEqual([]);
});

test('[FT4] the hours begin anew with the week; who is away over its end is charged to both, and an incident ends with its week', () => {
  const court = heard([freeTime(2)], stay(BEYOND, '20:00', '1d 03:00'));
  expect(court.episodes()).toEqual([
    'free_time free 1d 02:00:00-',
    'free_time free 22:00:00-1d 00:00:00',
    'pre_alert free 1d 01:00:00-1d 02:00:00',
    'pre_alert free 21:00:00-22:00:00',
  ]);
});

test('[FT4] the last minutes of a week are told of although the next fix lies in the week after', () => {
  const court = heard([freeTime(2)], [...stay(BEYOND, '21:50', '23:45'), ...stay(BEYOND, '1d 00:10', '1d 00:40')]);
  expect(court.episodes()).toEqual(['free_time free 23:50:00-1d 00:00:00', 'pre_alert free 22:50:00-23:50:00']);
});

test('[FT4] an incident ends with its week also when nothing is heard', () => {
  const court = heard([freeTime(2)], stay(BEYOND, '20:00', '22:30')).time('1d 00:00');
  expect(court.episodes()).toEqual(['free_time free 22:00:00-1d 00:00:00', 'pre_alert free 21:00:00-22:00:00']);
});

test('[FT4] a case says how much of the hours is used, and when its week ends; before the first fix it says nothing', () => {
  const used = (court: Court) => court.engine.view(MEASURE)?.freeTime;
  expect(used(heard([freeTime(3)], []))).toEqual([]);
  const court = heard([freeTime(3)], [...stay(BEYOND, '10:00', '11:30'), ...stay(WITHIN, '11:40', '12:00')]);
  const one = { ruleId: 'free', budgetMs: 3 * HOUR };
  expect(used(court)).toMatchObject([{ ...one, usedMs: 1.5 * HOUR, weekEndMs: at('1d 00:00') }]);
  const next = heard([freeTime(3)], stay(BEYOND, '20:00', '1d 00:30'));
  expect(used(next)).toMatchObject([{ ...one, usedMs: HOUR / 2, weekEndMs: at('8d 00:00') }]);
});

test('[FT5] late data counts: any order of arrival ends with the same episodes', () => {
  const place = fc.constantFrom(WITHIN, BEYOND, BEYOND, BEYOND, north(210));
  const fix = fc.record({ quarter: fc.integer({ min: 0, max: 4 * 30 }), place, seq: fc.constant(0) });
  const fixes = fc.array(fix, { minLength: 20, maxLength: 120 });
  fc.assert(
    fc.property(fixes, fc.infiniteStream(fc.nat()), (list, dice) => {
      const said = list.map(
        (f, i): Said => ({ ...f.place, accuracyM: 50, at: at('12:00') + f.quarter * 15 * MINUTE, seq: i + 1 }),
      );
      const sorted = [...said].sort((a, b) => (a.at as number) - (b.at as number));
      const shuffled = said.map((one) => ({ one, key: dice.next().value })).sort((a, b) => a.key - b.key);
      const rules = [
        freeTime(4, {
          active: [
            [at('13:00'), at('22:00')],
            [at('1d 01:00'), at('1d 12:00')],
          ],
        }),
      ];
      const inOrder = heard(rules, sorted).time('2d 00:00');
      const late = new Court().given(rules);
      for (const { one } of shuffled) late.uploads([one], at('1d 20:00'));
      expect(late.time('2d 00:00').episodes()).toEqual(inOrder.episodes());
    }),
    { numRuns: 60 },
  );
});

test('[FT5] [LT12] late fixes that show the person at home take the incident back', () => {
  const court = heard([freeTime(2)], [...stay(BEYOND, '10:00', '11:00'), ...stay(BEYOND, '11:45', '13:00')]);
  expect(court.episodes()).toContain('free_time free 12:00:00-');
  court.uploads([{ ...WITHIN, accuracyM: 10, at: '11:20' }], '13:10');
  expect(court.episodes()).toEqual([
    'free_time free 12:45:00-',
    'pre_alert free 11:00:00-11:20:00',
    'pre_alert free 11:45:00-12:45:00',
  ]);
  court.uploads(stay(WITHIN, '12:05', '12:35'), '13:20');
  expect(
    court
      .incidents()
      .filter((i) => i.kind === 'free_time')
      .map((i) => i.certainty),
  ).toEqual(['refuted']);
});

test('[FT5] what has left the late window stays charged, in the same numbers however much it was', () => {
  const days = Array.from({ length: 6 }, (_, i) => stay(BEYOND, `${i + 1}d 08:00`, `${i + 1}d 12:00`)).flat();
  const court = heard([freeTime(25.5)], days);
  const held = court.engine.saveCase(MEASURE)?.length ?? 0;
  court.uploads(stay(BEYOND, '7d 08:00', '7d 10:00'), '7d 10:00');
  expect(court.episodes()).toEqual(['free_time free 7d 09:30:00-', 'pre_alert free 7d 08:30:00-7d 09:30:00']);
  expect(court.engine.saveCase(MEASURE)?.length ?? 0).toBeLessThan(held * 2);
  expect(LATE_WINDOW_MS).toBe(72 * HOUR);
});

test('[FT6] a revision that leaves the rule as it is but for its times keeps what was used; another one begins with its own hours', () => {
  const before = stay(BEYOND, '08:00', '09:30');
  const after = [...stay(WITHIN, '09:45', '10:15'), ...stay(BEYOND, '10:30', '12:15')];
  const same = heard([freeTime(2)], before);
  const later = { ...order([freeTime(2, { active: [[at('-6d 00:00'), at('8d 00:00')]] })], 1) };
  same.apply({ kind: 'order', measure: MEASURE, order: later, by: 'judge' }, at('10:00'));
  for (const one of after) same.uploads([one], one.at);
  expect(same.episodes()).toContain('free_time free 11:00:00-');
  const other = heard([freeTime(2)], before);
  other.apply({ kind: 'order', measure: MEASURE, order: order([freeTime(1.5)], 1), by: 'judge' }, at('10:00'));
  for (const one of after) other.uploads([one], one.at);
  expect(other.episodes()).toContain('free_time free 12:00:00-');
});

test('[FT7] the rule counts from version 3 on: before, an order that holds it is refused where it lies in the log', () => {
  const court = new Court();
  const recorded = { ...new Court().given([freeTime(2)]).engine.view(MEASURE)?.recorded } as never;
  const clock = { t: at('08:00') * 1000, obs: () => 0, obsRestart: () => 0, timeOfObs: () => 0 } as never;
  const under = (version: number) => ({ ...(clock as object), rulesAt: () => version }) as never;
  expect(court.engine.apply({ kind: 'case', measure: MEASURE, recorded }, court.place(), under(2))).toEqual({
    kind: 'refused',
    reason: 'malformed',
  });
  expect(court.engine.apply({ kind: 'case', measure: MEASURE, recorded }, court.place(), under(3)).kind).toBe(
    'applied',
  );
});

test('[LT7] a case with free time is the same after saving and loading', () => {
  const court = heard([freeTime(2)], stay(BEYOND, '20:00', '22:30'));
  const again = Engine.restore(court.engine.snapshot());
  expect(again.digest()).toBe(court.engine.digest());
  expect(again.saveCase(MEASURE)).toEqual(court.engine.saveCase(MEASURE));
});

test('[FT1] a report charges nothing at home or when no time is free, and is then of the usual sort', () => {
  const rule = freeTime(3, { active: [[at('10:00'), at('18:00')]] });
  const uploadsOfUsualSort = (...said: readonly Said[]): number => {
    const court = heard([rule], said);
    const before = court.engine.quietUploads;
    const last = said.at(-1) as Said;
    for (let i = 1; i <= 4; i++) {
      const ms = (last.at as number) + i * MINUTE;
      court.uploads([{ ...last, at: ms }], ms);
    }
    return court.engine.quietUploads - before;
  };
  expect(uploadsOfUsualSort(...stay(WITHIN, '08:00', '12:00'))).toBe(4);
  expect(uploadsOfUsualSort(...stay(BEYOND, '08:00', '09:30'))).toBe(4);
  expect(uploadsOfUsualSort(...stay(BEYOND, '08:00', '11:00'))).toBe(0);
  // The fourth is the first that is charged.
  expect(uploadsOfUsualSort(...stay(BEYOND, '08:00', '09:45'), { ...BEYOND, accuracyM: 10, at: at('09:57') })).toBe(3);
});
