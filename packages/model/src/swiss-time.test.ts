import fc from 'fast-check';
import { expect, test } from 'vitest';
import { swissTime } from './swiss-time.ts';

const byIntl = new Intl.DateTimeFormat('de-CH', {
  timeZone: 'Europe/Zurich',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'shortOffset',
});
function expected(ms: number): string {
  const parts = Object.fromEntries(byIntl.formatToParts(ms).map(({ type, value }) => [type, value]));
  const { day, month, year, hour, minute, second, timeZoneName } = parts;
  return `${day}.${month}.${year} ${hour}:${minute}:${second} ${timeZoneName?.replace('GMT', 'UTC')}`;
}

test('times for people are those of the tz database for Europe/Zurich, with the distance to UTC', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2037, 11, 31) }), (ms) => {
      expect(swissTime(ms)).toBe(expected(ms));
    }),
    { numRuns: 2_000 },
  );
});

test('both nights of every year, to the second', () => {
  for (let year = 2000; year < 2038; year++)
    for (const month of [2, 9])
      for (let day = 24; day <= 31; day++)
        for (const s of [-1, 0, 1]) {
          const ms = Date.UTC(year, month, day, 1) + s * 1000;
          expect(swissTime(ms)).toBe(expected(ms));
        }
});

test('the hour that comes twice is told apart', () => {
  expect(swissTime(Date.UTC(2026, 9, 25, 0, 30))).toBe('25.10.2026 02:30:00 UTC+2');
  expect(swissTime(Date.UTC(2026, 9, 25, 1, 30), 'minute')).toBe('25.10.2026 02:30 UTC+1');
});
