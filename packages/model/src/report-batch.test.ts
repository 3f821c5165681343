import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReportBatchReader, encodeReportBatch } from './report-batch.ts';
import type { Report } from './report.ts';
import { degE7, fixTimeMs } from './units.ts';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const report: fc.Arbitrary<Report> = fc
  .record({
    at: fc.integer({ min: 946_684_800_000, max: 4_000_000_000_000 }).map(fixTimeMs),
    fix: optional(
      fc.tuple(
        fc.integer({ min: -900_000_000, max: 900_000_000 }),
        fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      ),
    ),
    accuracyMm: optional(fc.integer({ min: 0, max: 4_000_000_000 })),
    boot: optional(fc.integer({ min: 0, max: 4_294_967_294 })),
    seq: optional(fc.maxSafeNat()),
    speedMmps: optional(fc.integer({ min: 0, max: 4_000_000_000 })),
    altitudeCm: optional(fc.integer({ min: -1_200_000, max: 10_000_000 })),
    courseCdeg: optional(fc.integer({ min: 0, max: 35_999 })),
    batteryPct: optional(fc.integer({ min: 0, max: 100 })),
    events: fc.integer({ min: 0, max: 0x3fff }),
    otherEvents: optional(fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 })),
    beacons: optional(fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 })),
  })
  .map(({ fix, ...rest }) => {
    const all = { deviceId: 'br-é-1', ...rest, ...(fix ? { latE7: degE7(fix[0]), lonE7: degE7(fix[1]) } : {}) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Report;
  });

test('a batch reads back as it was written', () => {
  const reader = new ReportBatchReader();
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
      reader.reset(encodeReportBatch('br-é-1', reports));
      expect(reader.deviceId).toBe('br-é-1');
      expect(Array.from({ length: reader.count }, (_, i) => reader.report(i))).toEqual(reports);
      for (let i = 0; i < reports.length; i++) expect(reader.accuracyMm(i)).toBe(reports[i]?.accuracyMm ?? 0);
    }),
  );
});

test('cut or foreign bytes are a RangeError, never a wrong report', () => {
  const bytes = encodeReportBatch('br-1', [{ deviceId: 'br-1', at: fixTimeMs(1_000_000_000_000), events: 1 }]);
  const reader = new ReportBatchReader();
  for (let n = 0; n < bytes.length; n++) expect(() => reader.reset(bytes.subarray(0, n))).toThrow(RangeError);
  const other = bytes.slice();
  other[0] = 9;
  expect(() => reader.reset(other)).toThrow(/version 9/);
});
