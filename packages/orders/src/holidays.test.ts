import { expect, test } from 'vitest';
import { compileCase } from './compile-case.ts';

const HOUR_MS = 3_600_000;
const curfew = { kind: 'inclusion', zone: { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 } };

/** Local days on which an hourly duty from 10:00 is active in a year. */
function activeDays(canton: string | undefined, holidays: 'only' | 'except', rrule: string, year = 2026): string[] {
  const compiled = compileCase({
    caseId: 'x',
    mode: 'active',
    timezone: 'Europe/Zurich',
    ...(canton === undefined ? {} : { canton }),
    devices: [{ deviceId: 'w', role: 'wearer' }],
    rules: [
      { ruleId: 'r', ...curfew, schedule: [{ dtstart: `${year}-01-01T10:00`, duration: 'PT1H', rrule, holidays }] },
    ],
    validFrom: `${year}-01-01T00:00:00+01:00`,
    validTo: `${year + 1}-01-01T00:00:00+01:00`,
  });
  if (!compiled.ok) throw new Error(compiled.error.fields?.map(({ field, reason }) => `${field} ${reason}`).join());
  const rule = compiled.value.recorded.order.rules[0];
  expect(rule?.holidays).toMatch(/^date-holidays \d+\.\d+\.\d+ CH-[A-Z]{2}$/);
  return (rule?.active ?? []).map(([from]) => new Date(from + 2 * HOUR_MS).toISOString().slice(0, 10));
}

// The feast days that the cantons publish for 2026: written down here, not asked of the library.
const EVERYWHERE = ['2026-01-01', '2026-05-14', '2026-08-01', '2026-12-25'];

test('[SC9] a duty on public holidays follows the canton: Corpus Christi and 23 June in the Jura, 26 December in Bern', () => {
  const jura = activeDays('JU', 'only', 'FREQ=DAILY');
  const bern = activeDays('BE', 'only', 'FREQ=DAILY');
  expect(jura).toEqual(expect.arrayContaining([...EVERYWHERE, '2026-06-04', '2026-06-23', '2026-11-01']));
  expect(bern).toEqual(expect.arrayContaining([...EVERYWHERE, '2026-01-02', '2026-12-26']));
  for (const day of ['2026-06-04', '2026-06-23', '2026-11-01']) expect(bern).not.toContain(day);
  expect(jura).not.toContain('2026-12-26');
});

test('[SC9] every day is either a holiday or not, and none is lost between `only` and `except`', () => {
  const only = activeDays('TI', 'only', 'FREQ=DAILY');
  const except = activeDays('TI', 'except', 'FREQ=DAILY');
  expect(new Set([...only, ...except]).size).toBe(365);
  expect(only.length + except.length).toBe(365);
  expect(only).toContain('2026-03-19');
});

test('[SC9] a weekly duty on workdays pauses on holidays', () => {
  const fridays = activeDays('ZH', 'except', 'FREQ=WEEKLY;BYDAY=FR');
  expect(fridays.length).toBeGreaterThan(45);
  expect(fridays).not.toContain('2026-04-03');
  expect(fridays).not.toContain('2026-12-25');
});

test('[SC9] without a canton nobody knows which days are holidays, and the order is refused by field', () => {
  expect(() => activeDays(undefined, 'only', 'FREQ=DAILY')).toThrow(
    'rules[0].schedule[0].holidays needs the canton of the case',
  );
});

test('[SC9] each year has its own days, and days that are only observed are none', () => {
  // Ascension moves: 6 May in 2027. Mothers' day is marked in calendars and kept by nobody.
  const days = activeDays('BE', 'only', 'FREQ=DAILY', 2027);
  expect(days).toContain('2027-05-06');
  expect(days).not.toContain('2027-05-14');
  expect(days).not.toContain('2027-05-09');
  expect(activeDays('BE', 'only', 'FREQ=DAILY')).not.toContain('2026-05-10');
});

test('[SC9] which calendar made the days is recorded with a rule whose passes ask for holidays, too', () => {
  const pass = { dtstart: '2026-01-01T10:00', duration: 'PT1H', rrule: 'FREQ=DAILY' };
  const recorded = (holidays: object) => {
    const compiled = compileCase({
      caseId: 'x',
      mode: 'active',
      timezone: 'Europe/Zurich',
      canton: 'JU',
      devices: [{ deviceId: 'w', role: 'wearer' }],
      rules: [{ ruleId: 'r', ...curfew, passes: [{ ...pass, ...holidays }] }],
      validFrom: '2026-01-01T00:00:00+01:00',
      validTo: '2027-01-01T00:00:00+01:00',
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.fields));
    return compiled.value.recorded.order.rules[0]?.holidays;
  };
  expect(recorded({ holidays: 'only' })).toMatch(/CH-JU$/);
  expect(recorded({})).toBeUndefined();
});
