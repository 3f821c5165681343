// A wearer and a protected person who both walk near the distances of their rule: neither may go the quiet way where the other, inside
// their own box, could bring the distance over one of them.
import { ReportBatchReader, encodeReportBatch } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MEASURE, MINUTE, at, north, recordedCase, report } from './testing/court.ts';
import { TwoWays, clockAt, place } from './testing/two-ways.ts';

const TIMEOUT_MS = 60_000;
const START = at('08:00');
const APART = {
  ruleId: 'apart',
  kind: 'proximity',
  partnerDeviceId: 'phone',
  warnMm: 400_000,
  alarmMm: 150_000,
  maxAgeMs: 15 * MINUTE,
} as const;

/** The wearer goes to so many metres from the edge, the protected person walks on by so many. */
const step = fc.record({
  deviceId: fc.constantFrom('wearer' as const, 'wearer' as const, 'phone' as const),
  offEdgeM: fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), fc.double({ min: -2, max: 12, noNaN: true })),
  walkM: fc.double({ min: -9, max: 9, noNaN: true }),
  accuracyM: fc.constantFrom(0, 0, 3, 6),
  size: fc.constantFrom(1, 1, 2),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
const stands = { walkM: 0, accuracyM: 0, size: 1 } as const;
/** The other may still come closer, inside the box it got before: the wearer, at the edge, must get none, not one of one point. */
const BOX_OF_ONE_POINT: Step[] = [
  { ...stands, deviceId: 'wearer', offEdgeM: 43.00273250006076 },
  { ...stands, deviceId: 'phone', offEdgeM: 0 },
  { ...stands, deviceId: 'wearer', offEdgeM: 0 },
  { ...stands, deviceId: 'wearer', offEdgeM: 0 },
  { ...stands, deviceId: 'wearer', offEdgeM: 0 },
  { ...stands, deviceId: 'phone', offEdgeM: 0, accuracyM: 6 },
  { ...stands, deviceId: 'wearer', offEdgeM: 0 },
];

test(
  '[LT15] two who walk at the edge of a warning or an alarm are judged alike by the quiet way and by the exact one',
  () => {
    let quiet = 0;
    let uploads = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(400, 150),
        fc.constantFrom(1, -1),
        fc.array(step, { minLength: 6, maxLength: 40 }),
        (edge, side, steps) => {
          const { either, exact } = new TwoWays((a, b) => expect(a).toEqual(b));
          const both = [either, exact];
          const case_ = { kind: 'case', measure: MEASURE, recorded: recordedCase([APART]) } as const;
          for (const engine of both) engine.apply(case_, place(0), clockAt(START - MINUTE));
          const metres = { wearer: 0, phone: edge };
          const seqs = { wearer: 0, phone: 0 };
          for (const [i, { deviceId, offEdgeM, walkM, accuracyM, size }] of steps.entries()) {
            const t = START + i * MINUTE;
            const said = Array.from({ length: size }, (_, n) => {
              if (deviceId === 'phone') metres.phone += walkM / size;
              else metres.wearer = metres.phone - edge - side * offEdgeM;
              return {
                deviceId,
                at: t - (size - 1 - n) * 10_000,
                seq: ++seqs[deviceId],
                ...north(metres[deviceId]),
                accuracyM,
              };
            });
            const bytes = encodeReportBatch(deviceId, said.map(report));
            for (const engine of both) {
              const batch = new ReportBatchReader().reset(bytes);
              engine.apply({ kind: 'reports', measure: MEASURE, batch }, place(i + 1), clockAt(t));
            }
            uploads++;
          }
          expect(either.view(MEASURE)).toEqual(exact.view(MEASURE));
          expect(either.saveCase(MEASURE)).toEqual(exact.saveCase(MEASURE));
          quiet += either.quietUploads;
        },
      ),
      { numRuns: 800, examples: [[400, -1, BOX_OF_ONE_POINT]] },
    );
    expect(quiet).toBeGreaterThan(uploads / 20);
    expect(quiet).toBeLessThan(uploads);
  },
  TIMEOUT_MS,
);
