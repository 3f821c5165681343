import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIX_TIME_AHEAD_MS_MAX, checkReport, parseRfc3339 } from './report-input.ts';
import { DEVICE_EVENTS, reportHash, reportKey } from './report.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const good = { at: '2026-11-22T11:59:30Z', lat: 47.2247, lon: 6.9575, accuracyM: 8.4, seq: 7, boot: 2 };
const field = (input: unknown) => {
  const verdict = checkReport(input, 'br-1', nowMs);
  return verdict.ok ? 'accepted' : verdict.error.field;
};

test('a good report becomes integers', () => {
  const verdict = checkReport({ ...good, courseDeg: 360, events: ['strap_open', 'wobble'] }, 'br-1', nowMs);
  expect(verdict).toEqual({
    ok: true,
    report: {
      deviceId: 'br-1',
      at: Date.UTC(2026, 10, 22, 11, 59, 30),
      latE7: 472_247_000,
      lonE7: 69_575_000,
      accuracyMm: 8400,
      courseCdeg: 0,
      seq: 7,
      boot: 2,
      events: 1 << DEVICE_EVENTS.indexOf('strap_open'),
      otherEvents: ['wobble'],
    },
  });
});

test.each([
  ['lat', { ...good, lat: 91 }],
  ['lon', { ...good, lon: -180.001 }],
  ['lon', { ...good, lon: undefined }],
  ['lat', { ...good, lat: '47' }],
  ['at', { ...good, at: '2026-02-30T00:00:00Z' }],
  ['at', { ...good, at: '1999-12-31T23:59:59Z' }],
  ['at', { ...good, at: new Date(nowMs + FIX_TIME_AHEAD_MS_MAX + 1000).toISOString() }],
  ['at', { ...good, at: 1_700_000_000 }],
  ['accuracyM', { ...good, accuracyM: -1 }],
  ['seq', { ...good, seq: 1.5 }],
  ['batteryPct', { ...good, batteryPct: 101 }],
  ['events', { ...good, events: 'strap_open' }],
  ['beacons', { ...good, beacons: [''] }],
  ['deviceId', { ...good, deviceId: 'br-2' }],
  ['lat', { at: good.at }],
  ['', 7],
])('a wrong %s is named', (name, input) => {
  expect(field(input)).toBe(name);
});

test('a report without a fix is accepted when it says something else', () => {
  expect(field({ at: good.at, events: ['motion'] })).toBe('accepted');
  expect(field({ at: good.at, batteryPct: 12 })).toBe('accepted');
});

test('no input throws', () => {
  fc.assert(
    fc.property(fc.anything(), (input) => {
      expect(typeof checkReport(input, 'br-1', nowMs).ok).toBe('boolean');
    }),
  );
  fc.assert(
    fc.property(
      fc.record({ at: fc.constant(good.at), lat: fc.anything(), lon: fc.anything(), events: fc.anything() }),
      (input) => {
        expect(typeof checkReport(input, 'br-1', nowMs).ok).toBe('boolean');
      },
    ),
  );
});

test('RFC 3339 times agree with the runtime, offsets included', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      (date, offsetMin) => {
        const sign = offsetMin < 0 ? '-' : '+';
        const two = (n: number) => String(n).padStart(2, '0');
        const local = new Date(date.getTime() + offsetMin * 60_000).toISOString().slice(0, -1);
        const text = `${local}${sign}${two(Math.floor(Math.abs(offsetMin) / 60))}:${two(Math.abs(offsetMin) % 60)}`;
        expect(parseRfc3339(text)).toBe(date.getTime());
      },
    ),
  );
  expect(parseRfc3339('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  expect(parseRfc3339('2100-02-29T00:00:00Z')).toBeUndefined();
});

test('[L15] a report is named by boot and seq, else by its canonical form', () => {
  const a = checkReport(good, 'br-1', nowMs);
  const b = checkReport({ at: good.at, lat: good.lat, lon: good.lon }, 'br-1', nowMs);
  const c = checkReport({ lon: good.lon, lat: good.lat, at: '2026-11-22T12:59:30+01:00' }, 'br-1', nowMs);
  expect(a.ok && reportKey(a.report)).toBe('2.7');
  expect(b.ok && c.ok && reportKey(b.report)).toBe(c.ok && reportKey(c.report));
  expect(a.ok && b.ok && reportHash(a.report) !== reportHash(b.report)).toBe(true);
});
