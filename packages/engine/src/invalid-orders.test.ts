// What an order could not have been recorded with, in the log all the same: it is ignored, the rules so far stay, and an incident says so.
import { expect, test } from 'vitest';
import type { RecordedOrder, RecordedRule } from '@vigie/model';
import { BOUNDS_SINCE, FLAWS_SINCE } from './limits.ts';
import { BEYOND, Court, MEASURE, WITHIN, at, between, exclusion, order } from './testing/court.ts';

const near = (partnerDeviceId: string): RecordedRule => ({
  ruleId: 'keep-away',
  kind: 'proximity',
  partnerDeviceId,
  warnMm: 500_000,
  alarmMm: 200_000,
  maxAgeMs: 600_000,
});
const overlapping = exclusion({ ruleId: 'x', active: [between('08:00', '10:00'), between('09:00', '11:00')] });
const told = (court: Court): string[] =>
  court.incidents().map(({ kind, reason }) => `${kind} ${reason.rule} ${reason.code}`);

test.for([
  ['the person as their own partner', order([near('wearer')], 1), 'keep-away no_partner'],
  ['a partner that is no device of the case', order([near('nobody')], 1), 'keep-away no_partner'],
  [
    'a shared zone that nobody wrote',
    order([{ ruleId: 'z', kind: 'exclusion', sharedZoneId: 'q' }], 1),
    'z unknown_zone',
  ],
  ['times that overlap, as of passes that do', order([overlapping], 1), 'general invalid_order'],
  ['times beyond number', order([exclusion({ active: [[0, Number.POSITIVE_INFINITY]] })], 1), 'general invalid_order'],
  ['a rule twice', order([exclusion(), exclusion()], 1), 'general invalid_order'],
  ['a kind that is none', order([{ ruleId: 'x', kind: 'curse' as 'tamper' }], 1), 'general invalid_order'],
  ['an end before the beginning', { ...order([exclusion()], 1), validToMs: 0 }, 'general invalid_order'],
  [
    'an alarm from farther than the warning',
    order([{ ...near('phone'), alarmMm: 600_000 }], 1),
    'general invalid_order',
  ],
  ['a grace of a century', order([exclusion({ graceMs: 3_200_000_000_000 })], 1), 'general invalid_order'],
  [
    'an end that no date can show',
    { ...order([exclusion()], 1), validToMs: 8_640_000_000_000_001 },
    'general invalid_order',
  ],
  [
    'times that no date can show',
    order([exclusion({ active: [[0, 9_000_000_000_000_000]] })], 1),
    'general invalid_order',
  ],
  ['an order as written that is none', { ...order([exclusion()], 1), input: {} as never }, 'general invalid_order'],
] as const satisfies readonly (readonly [string, RecordedOrder, string])[])(
  '[OR6] in the log all the same, %s is ignored and said',
  ([, bad, said]) => {
    const court = new Court().given([exclusion()]);
    const outcome = court.apply({ kind: 'order', measure: MEASURE, order: bad, by: 'canton' }, at('07:00'));
    expect(outcome).toEqual({ kind: 'refused', reason: 'malformed' });
    expect(told(court)).toEqual([`invalid_order ${said}`]);
    expect(court.engine.view(MEASURE)?.revision).toBe(1);
    court.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
    expect(court.episodes()).toContain('exclusion stay-away 08:05:00-');
  },
);

test('[OR6] a new case with a rule that cannot be is watched by its others, and says which one is not', () => {
  const court = new Court().given([near('wearer'), exclusion()]);
  expect(told(court)).toEqual(['invalid_order keep-away no_partner']);
  court.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
  expect(court.episodes()).toContain('exclusion stay-away 08:05:00-');
});

test('[OR6] [RV1] by the rules before version 4 a proximity without a partner was passed over in silence, and old logs replay so', () => {
  const court = new Court();
  court.rules = FLAWS_SINCE - 1;
  court.given([near('wearer'), exclusion()]);
  expect(told(court)).toEqual([]);
});

test('[IC1] a step from a state that forbids it is refused in the fold, and leaves no trace on the incident', () => {
  const court = new Court()
    .given([exclusion()])
    .hears({ at: '08:00', ...BEYOND })
    .hears({ at: '08:05', ...WITHIN });
  const [raised] = court.incidents();
  const id = raised?.incidentId ?? '';
  expect(court.step(id, 'resolve', '08:06')).toEqual({ kind: 'refused', reason: 'step_forbidden' });
  expect(court.incidents()).toEqual([raised]);
});

const IN_NO_ZONE = { timezone: 'Europe/Delemont' };
const nightly = exclusion({ ruleId: 'nights', active: [between('20:00', '1d 06:00')], tzdata: '2026a' });

test('[OR6] [SC6] times made in an unknown time zone are watched by nobody, which is said; rules without times are', () => {
  const court = new Court().given([nightly, exclusion()], IN_NO_ZONE);
  expect(told(court)).toEqual(['invalid_order nights unknown_time_zone']);
  court.hears({ at: '21:00', ...BEYOND }).hears({ at: '21:05', ...WITHIN });
  expect(court.episodes().filter((one) => one.startsWith('exclusion'))).toEqual(['exclusion stay-away 21:05:00-']);
  const revised = court.apply(
    { kind: 'order', measure: MEASURE, order: order([nightly], 1), by: 'canton' },
    at('22:00'),
  );
  expect(revised).toEqual({ kind: 'refused', reason: 'malformed' });
  expect(court.engine.view(MEASURE)?.revision).toBe(1);
});

test('[OR6] [RV1] by the rules before version 6 times of an unknown zone and amounts without bounds count as they were written', () => {
  const court = new Court();
  court.rules = BOUNDS_SINCE - 1;
  court.given([nightly, exclusion({ graceMs: 3_200_000_000_000 })], IN_NO_ZONE);
  expect(told(court)).toEqual([]);
  court.hears({ at: '21:00', ...BEYOND }).hears({ at: '21:05', ...WITHIN });
  expect(court.episodes()).toContain('exclusion nights 21:05:00-');
});
