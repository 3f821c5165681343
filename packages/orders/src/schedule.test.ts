import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { entryIntervals, instantOf, isTimeZone, localStarts } from './schedule.ts';
import { type FieldError, isTimeZoneName, timeZoneNames } from '@vigie/model';

const data = process.env['VIGIE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const reason = `no development data at ${data}: set VIGIE_DATA`;
const read = (name: string): unknown => JSON.parse(readFileSync(join(data, 'schedules', name), 'utf8'));
const compact = (t: Temporal.PlainDateTime): string => t.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
const spread = (text: string): string =>
  text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3T$4:$5:$6');

test('[SC1] recurrence gives the instances of the reference suite', (context) => {
  if (!existsSync(join(data, 'schedules'))) return context.skip(reason);
  const { cases } = read('rrule.json') as {
    cases: { name: string; dtstart: string; rrule: string; expected: string[] }[];
  };
  const wrong: string[] = [];
  for (const c of cases) {
    const starts: string[] = [];
    localStarts({ dtstart: spread(c.dtstart), rrule: c.rrule }, 'Europe/Zurich', (t) => {
      starts.push(compact(t));
      return starts.length < c.expected.length + 1 && starts.length < 2000;
    });
    if (JSON.stringify(starts.slice(0, c.expected.length + 1)) !== JSON.stringify(c.expected))
      wrong.push(`${c.name}: ${starts.slice(0, 4).join(' ')} instead of ${c.expected.slice(0, 4).join(' ')}`);
  }
  expect(cases.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

test('[SC2] local times of Europe/Zurich become the instants of the time zone data, folds and gaps included', (context) => {
  if (!existsSync(join(data, 'schedules'))) return context.skip(reason);
  const { conversions, days } = read('europe-zurich.json') as {
    conversions: Record<string, unknown>[];
    days: Record<string, unknown>[];
  };
  expect(conversions.length).toBeGreaterThan(20);
  // The second of two equal local times is never a start of ours.
  const first = conversions
    .filter((c) => c['fold'] !== 1)
    .map((c) => [String(c['local']), Date.parse(String(c['utc']))]);
  expect(
    first.map(([local]) => [
      local,
      instantOf(Temporal.PlainDateTime.from(String(local)), 'Europe/Zurich').epochMilliseconds,
    ]),
  ).toEqual(first);
  const told = days.map((d) => [d['date'], Date.parse(String(d['start_utc'])), d['hours']]);
  const found = days.map((d) => {
    const start = instantOf(Temporal.PlainDateTime.from(`${String(d['date'])}T00:00`), 'Europe/Zurich');
    return [
      d['date'],
      start.epochMilliseconds,
      (start.add({ days: 1 }).epochMilliseconds - start.epochMilliseconds) / 3_600_000,
    ];
  });
  expect(found).toEqual(told);
});

const zurich = (dtstart: string, duration: string, rrule: string | undefined, from: string, to: string): string[] => {
  const errors: FieldError[] = [];
  const list = entryIntervals(
    { dtstart, duration, rrule },
    { timezone: 'Europe/Zurich', holidays: undefined, stepsLeft: 30_000 },
    Date.parse(from),
    Date.parse(to),
    'schedule[0]',
    errors,
  );
  expect(errors).toEqual([]);
  return list.map(([a, b]) => `${new Date(a).toISOString()} ${new Date(b).toISOString()}`);
};

test('[SC3] the night of 29 March 2026 is an hour short, the night of 25 October an hour long', () => {
  expect(zurich('2026-03-28T21:00', 'PT9H', 'FREQ=DAILY', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
    '2026-03-28T20:00:00.000Z 2026-03-29T05:00:00.000Z',
    '2026-03-29T19:00:00.000Z 2026-03-30T04:00:00.000Z',
  ]);
  expect(zurich('2026-10-24T00:00', 'P1D', 'FREQ=DAILY', '2026-10-24T00:00:00Z', '2026-10-26T20:00:00Z')).toEqual([
    '2026-10-24T00:00:00.000Z 2026-10-24T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z 2026-10-25T23:00:00.000Z',
    '2026-10-25T23:00:00.000Z 2026-10-26T20:00:00.000Z',
  ]);
});

test('[SC4] a start that the clock skips begins an hour later, and no night is lost; one that comes twice begins at the first', () => {
  expect(
    zurich('2026-03-28T02:30', 'PT2H', 'FREQ=DAILY;COUNT=3', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'),
  ).toEqual([
    '2026-03-28T01:30:00.000Z 2026-03-28T03:30:00.000Z',
    '2026-03-29T01:30:00.000Z 2026-03-29T03:30:00.000Z',
    '2026-03-30T00:30:00.000Z 2026-03-30T02:30:00.000Z',
  ]);
  expect(zurich('2026-10-25T02:30', 'PT1H', undefined, '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual([
    '2026-10-25T00:30:00.000Z 2026-10-25T01:30:00.000Z',
  ]);
});

test('[SC5] UNTIL in UTC and in local time mean the same moment', () => {
  const range = ['2026-06-01T00:00:00Z', '2026-07-01T00:00:00Z'] as const;
  const utc = zurich('2026-06-01T21:00', 'PT1H', 'FREQ=DAILY;UNTIL=20260603T190000Z', ...range);
  expect(utc).toEqual(zurich('2026-06-01T21:00', 'PT1H', 'FREQ=DAILY;UNTIL=20260603T210000', ...range));
  expect(utc).toHaveLength(3);
});

test('[SC6] only names of the time zone data are time zones', () => {
  expect(['Europe/Zurich', 'UTC', 'Mars/Olympus', '+02:00', '', 'Europe/Zürich'].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('[SC6] the list that folds go by holds every name that this runtime gives, and none that is no zone', () => {
  expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZoneName(name))).toEqual([]);
  expect(timeZoneNames().filter((name) => !isTimeZone(name))).toEqual([]);
  expect(timeZoneNames().length).toBeGreaterThan(590);
});

test('[SC8] a rule by the minute, and schedules that take too many steps together, are refused by field', () => {
  const calendar = { timezone: 'Europe/Zurich', holidays: undefined, stepsLeft: 30_000 };
  const problems = (rrule: string): readonly FieldError[] => {
    const errors: FieldError[] = [];
    const [from, to] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-02-01T00:00:00Z')];
    entryIntervals({ dtstart: '2026-01-01T00:00', duration: 'PT1H', rrule }, calendar, from, to, 'schedule[0]', errors);
    return errors;
  };
  expect(problems('FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30')).toEqual([
    { field: 'schedule[0].rrule', reason: 'repeats more often than hourly: write one longer interval instead' },
  ]);
  expect(problems('FREQ=DAILY')).toEqual([]);
  expect(problems('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30')).toEqual([]);
  expect(problems('FREQ=DAILY')).toMatchObject([{ field: 'schedule[0].rrule' }]);
});
