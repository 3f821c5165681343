import type { FieldError, RecordedRule } from '@vigie/model';
import { expect, test } from 'vitest';
import { compileCase } from './compile-case.ts';

const night = { dtstart: '2026-03-01T20:00', duration: 'PT10H', rrule: 'FREQ=DAILY' };
const curfew = {
  ruleId: 'curfew',
  kind: 'inclusion',
  zone: { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 },
  beacons: ['home-box'],
  schedule: [night],
};
const free = { ruleId: 'free', kind: 'free_time', inclusionRuleId: 'curfew', hoursPerWeek: 14 };
const plan = (rules: readonly unknown[]) => ({
  caseId: 'JU-1',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: 'w', role: 'wearer' }],
  rules,
  validFrom: '2026-03-04T00:00:00+01:00',
  validTo: '2026-04-15T00:00:00+02:00',
});
function recorded(rules: readonly unknown[]): RecordedRule {
  const result = compileCase(plan(rules));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.recorded.order.rules.find(({ kind }) => kind === 'free_time') as RecordedRule;
}
const errorsOf = (rules: readonly unknown[], rulesVersion?: number): readonly FieldError[] => {
  const result = compileCase(plan(rules), { rulesVersion });
  return result.ok ? [] : (result.error.fields ?? []);
};
const times = (rule: RecordedRule, from: string, to: string): string[] =>
  (rule.active ?? [])
    .filter(([a, b]) => b > Date.parse(from) && a < Date.parse(to))
    .map(([a, b]) => `${new Date(a).toISOString().slice(5, 16)} ${new Date(b).toISOString().slice(5, 16)}`);

test('[FT2] free time is what neither the schedule nor the passes of the inclusion rule cover, nor its own passes', () => {
  const pass = { dtstart: '2026-03-06T18:00', duration: 'P2DT2H' };
  const work = { dtstart: '2026-03-02T07:00', duration: 'PT10H', rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' };
  const rule = recorded([
    { ...curfew, passes: [pass] },
    { ...free, passes: [work] },
  ]);
  expect(times(rule, '2026-03-05T00:00Z', '2026-03-10T00:00Z')).toEqual([
    '03-05T05:00 03-05T06:00',
    '03-05T16:00 03-05T19:00',
    '03-06T05:00 03-06T06:00',
    '03-06T16:00 03-06T17:00',
    '03-09T05:00 03-09T06:00',
    '03-09T16:00 03-09T19:00',
  ]);
  expect(rule).toMatchObject({
    beacons: ['home-box'],
    zone: { type: 'circle' },
    budgetMs: 14 * 3_600_000,
    warnLeftMs: 3_600_000,
  });
});

test('[FT4] weeks begin on Monday at midnight of the case, with an hour less or more where the clock changes', () => {
  const { weeks = [] } = recorded([curfew, free]);
  expect(weeks.map((ms) => new Date(ms).toISOString().slice(0, 16))).toEqual([
    '2026-03-01T23:00',
    '2026-03-08T23:00',
    '2026-03-15T23:00',
    '2026-03-22T23:00',
    '2026-03-29T22:00',
    '2026-04-05T22:00',
    '2026-04-12T22:00',
    '2026-04-19T22:00',
  ]);
  expect(weeks.slice(1).map((ms, i) => (ms - (weeks[i] as number)) / 3_600_000)).toEqual([
    168, 168, 168, 167, 168, 168, 168,
  ]);
});

test('[FT8] free time that names no inclusion rule of its order, warns of more hours than there are, or comes too early is refused', () => {
  const exclusion = { ruleId: 'school', kind: 'exclusion', zone: curfew.zone };
  for (const rules of [
    [curfew, { ...free, inclusionRuleId: 'home' }],
    [curfew, exclusion, { ...free, inclusionRuleId: 'school' }],
    [curfew, { ...free, inclusionRuleId: 'free' }],
  ])
    expect(errorsOf(rules)).toEqual([
      {
        field: `rules[${rules.length - 1}].inclusionRuleId`,
        reason: expect.stringContaining('is no inclusion rule of this order'),
        ruleId: 'free',
      },
    ]);
  expect(errorsOf([curfew, { ...free, warnHours: 15 }])).toMatchObject([{ field: 'rules[1].warnHours' }]);
  for (const hoursPerWeek of [0, -1, 169, '14'])
    expect(errorsOf([curfew, { ...free, hoursPerWeek }])).toMatchObject([{ field: 'rules[1].hoursPerWeek' }]);
  expect(errorsOf([curfew, free], 2)).toMatchObject([{ field: 'rules[1].kind' }]);
  expect(errorsOf([curfew, free], 3)).toEqual([]);
});

test('[FT8] an inclusion rule that is always active leaves no free time: a warning', () => {
  const { schedule: _, ...always } = curfew;
  const result = compileCase(plan([always, free]));
  expect(result.ok && result.value.warnings).toEqual([
    { field: 'rules[1]', reason: expect.stringContaining('leaves no free time'), ruleId: 'free' },
  ]);
});
