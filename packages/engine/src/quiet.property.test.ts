// The quiet way and the exact way are one: days of small steps, pauses, jumps, edges of schedules, partners that move, uploads of any
// size, compared byte by byte after every upload.
import { type RecordedRule, ReportBatchReader, encodeReportBatch } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { LOOKS, TwoWays, clockAt, place } from './testing/two-ways.ts';
import {
  MEASURE,
  MINUTE,
  type Said,
  at,
  circle,
  exclusion,
  inclusion,
  north,
  recordedCase,
  report,
  square,
} from './testing/court.ts';
import type { Place } from './types.ts';

const TIMEOUT_MS = 120_000;
const START = at('08:00');

const schedule = fc.constantFrom<Partial<RecordedRule>>(
  {},
  {},
  { active: [[at('08:10'), at('08:25')]] },
  {
    active: [
      [at('08:05'), at('08:06')],
      [at('08:15'), at('09:20')],
      [at('09:30'), at('10:30')],
    ],
  },
);
const placeRule = fc.record({
  schedule,
  graceMs: fc.constantFrom(0, 0, MINUTE, 5 * MINUTE),
  dwellMs: fc.constantFrom(0, 0, 0, 2 * MINUTE),
  bufferMm: fc.constantFrom(0, 0, 100_000),
  isExclusion: fc.boolean(),
  isSquare: fc.boolean(),
});
const rules = fc
  .tuple(
    fc.array(placeRule, { maxLength: 3 }),
    fc.subarray<RecordedRule>([
      { ruleId: 'silence', kind: 'silence', maxGapMs: 9 * MINUTE },
      {
        ruleId: 'apart',
        kind: 'proximity',
        partnerDeviceId: 'phone',
        warnMm: 400_000,
        alarmMm: 150_000,
        maxAgeMs: 15 * MINUTE,
      },
      { ruleId: 'speed', kind: 'implausible', maxSpeedMmps: 9_000 },
      { ruleId: 'motion', kind: 'motion_without_fix', maxMs: 2 * MINUTE },
      { ruleId: 'tamper', kind: 'tamper' },
      { ruleId: 'battery', kind: 'battery', minPct: 20 },
      {
        ruleId: 'free',
        kind: 'free_time',
        zone: circle(250),
        budgetMs: 20 * MINUTE,
        warnLeftMs: 5 * MINUTE,
        weeks: [at('00:00'), at('08:40'), at('1d 00:00')],
        active: [
          [at('08:05'), at('08:20')],
          [at('08:35'), at('10:00')],
        ],
      },
    ]),
  )
  .map(([list, others]) => [
    ...list.map(({ isExclusion, isSquare, schedule: when, ...r }, i): RecordedRule => {
      const more = { ruleId: `place-${i}`, ...r, ...when, zone: isSquare ? square(250) : circle(250) };
      return isExclusion ? exclusion(more) : inclusion(more);
    }),
    ...others,
  ]);

interface Step {
  readonly deviceId: string;
  readonly what: 'near' | 'walk' | 'jump' | 'noFix' | 'low' | 'strap' | 'motion' | 'late' | 'lost' | 'wait';
  readonly metres: number;
  readonly accuracyM: number;
  readonly size: number;
  readonly site: Place['site'];
}
const step: fc.Arbitrary<Step> = fc.record({
  deviceId: fc.constantFrom('wearer', 'wearer', 'wearer', 'phone'),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('near' as const) },
    { weight: 8, arbitrary: fc.constant('walk' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('jump', 'noFix', 'low', 'strap', 'motion', 'late', 'lost', 'wait' as const),
    },
  ),
  metres: fc.integer({ min: -60, max: 60 }),
  accuracyM: fc.constantFrom(0, 0, 0, 5, 40),
  size: fc.constantFrom(1, 1, 1, 2, 5),
  site: fc.constantFrom('noirmont', 'noirmont', 'noirmont', 'noirmont', 'noirmont', 'noirmont', 'noirmont', 'delemont'),
});

/** Where devices are and what they said, upload by upload. */
function uploadsOf(
  steps: readonly Step[],
): { readonly said: Said[]; readonly t: number; readonly site: Place['site'] }[] {
  const metres: Record<string, number> = { wearer: 0, phone: 300 };
  const seqs: Record<string, number> = { wearer: 0, phone: 0 };
  let t = START;
  return steps.map(({ deviceId, what, metres: by, accuracyM, size, site }) => {
    t += what === 'wait' ? 12 * MINUTE : MINUTE;
    if (what === 'lost') seqs[deviceId] = (seqs[deviceId] as number) + 1;
    const said = Array.from({ length: size }, (_, i): Said => {
      const from = metres[deviceId] as number;
      const to = what === 'jump' ? by * 200 : what === 'walk' ? from + by : from + by / 30;
      if (what !== 'noFix') metres[deviceId] = to;
      seqs[deviceId] = (seqs[deviceId] as number) + 1;
      return {
        deviceId,
        at: t - (size - 1 - i) * 10_000 - (what === 'late' ? 20 * MINUTE : 0),
        seq: seqs[deviceId] as number,
        ...(what === 'noFix' ? {} : north(to)),
        accuracyM,
        batteryPct: what === 'low' ? 10 : 60,
        events: what === 'strap' ? ['strap_open'] : what === 'motion' || what === 'noFix' ? ['motion'] : [],
      };
    });
    return { said, t, site };
  });
}

test(
  '[LT15] a report that changes nothing but where the device is leaves the same bytes and digests by the quiet way and by the exact one',
  () => {
    let quiet = 0;
    let uploads = 0;
    const looked = new Set<string>();
    fc.assert(
      fc.property(
        rules,
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.infiniteStream(fc.nat({ max: 59 })),
        fc.boolean(),
        (given, steps, dice, isAlwaysDigested) => {
          const pair = new TwoWays((a, b) => expect(a).toEqual(b));
          const { either, exact } = pair;
          const case_ = { kind: 'case', measure: MEASURE, recorded: recordedCase(given) } as const;
          for (const engine of [either, exact]) engine.apply(case_, place(0), clockAt(START - MINUTE));
          for (const [i, { said, t, site }] of uploadsOf(steps).entries()) {
            const bytes = encodeReportBatch(said[0]?.deviceId ?? '', said.map(report));
            for (const engine of [either, exact])
              engine.apply(
                { kind: 'reports', measure: MEASURE, batch: new ReportBatchReader().reset(bytes) },
                place(i + 1, site),
                clockAt(t),
              );
            uploads++;
            if (isAlwaysDigested) pair.same((engine) => engine.digest());
            const look = LOOKS[dice.next().value as number];
            if (look !== undefined) {
              pair.look(
                look,
                t,
                i,
                given,
                said.flatMap(({ seq = 0 }) => [seq - 1, seq, seq + 1]),
              );
              looked.add(look);
            }
            if ((dice.next().value as number) < 20) {
              pair.same((engine) => engine.takeMoved());
              pair.same((engine) => engine.takeChanged());
            }
          }
          pair.same((engine) => engine.digest());
          for (const engine of [either, exact]) engine.advance(clockAt(at('1d 12:00')));
          pair.same((engine) => engine.view(MEASURE));
          pair.same((engine) => engine.saveCase(MEASURE));
          pair.same((engine) => engine.digest());
          expect(Engine.restore(either.snapshot()).digest()).toBe(either.digest());
          expect(exact.quietUploads).toBe(0);
          quiet += either.quietUploads;
        },
      ),
      { numRuns: 800 },
    );
    expect([...looked].sort()).toEqual([...LOOKS].sort());
    // A comparison in which nothing went the quiet way would say nothing.
    expect(quiet).toBeGreaterThan(uploads / 10);
    expect(quiet).toBeLessThan(uploads);
  },
  TIMEOUT_MS,
);
