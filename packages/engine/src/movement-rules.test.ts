import { expect, test } from 'vitest';
import { BEYOND, Court, MEASURE, WITHIN, at, between, exclusion, north } from './testing/court.ts';

const proximity = {
  ruleId: 'keep-away',
  kind: 'proximity',
  partnerDeviceId: 'phone',
  warnMm: 2_000_000,
  alarmMm: 500_000,
  maxAgeMs: 300_000,
} as const;
const wearer = (when: string, metres: number, more = {}) => ({ at: when, ...north(metres), ...more });
const phone = (when: string, metres: number, more = {}) => ({ deviceId: 'phone', at: when, ...north(metres), ...more });

test('[PX1] warning and alarm by the distance between two moving devices; the warning ends where the alarm begins', () => {
  const court = new Court().given([proximity]);
  court.hears(phone('10:00', 0)).hears(wearer('10:00', 5000));
  expect(court.episodes()).toEqual([]);
  court.hears(wearer('10:01', 1500)).hears(phone('10:02', 1200)).hears(wearer('10:03', 9000));
  expect(court.episodes()).toEqual(['pre_alert keep-away 10:01:00-10:02:00', 'proximity keep-away 10:02:00-10:03:00']);
});

test('[PX2] the reason says how far, who came nearer, how fast, and when they would meet', () => {
  const court = new Court()
    .given([proximity])
    .hears(phone('10:00', 0))
    .hears(wearer('10:00', 1800))
    .hears(wearer('10:01', 400));
  const reason = court.incidents().find((i) => i.kind === 'proximity')?.reason;
  expect(reason?.code).toBe('near_person');
  expect(reason?.fixes.map((f) => f.deviceId)).toEqual(['wearer', 'phone']);
  const { distanceMm, byWearerMm, byPartnerMm, closingMmps, contactS, ageMs } = reason?.values ?? {};
  expect([Math.round((distanceMm ?? 0) / 10_000), Math.round((byWearerMm ?? 0) / 10_000), byPartnerMm, ageMs]).toEqual([
    40, 140, 0, 60_000,
  ]);
  expect([Math.round((closingMmps ?? 0) / 1000), contactS]).toEqual([23, 17]);
});

test('[PX3] a partner fix older than its limit means unknown, never far: the alarm stays, and a check is opened', () => {
  const court = new Court({ keepTransitions: true }).given([proximity]);
  court.hears(phone('10:00', 0)).hears(wearer('10:01', 100)).hears(wearer('10:10', 9000));
  expect(court.episodes()).toEqual(['check keep-away 10:10:00-', 'proximity keep-away 10:01:00-']);
  expect(court.engine.transitions(MEASURE).map((t) => t.to)).toEqual(['near', 'unknown']);
  court.hears(phone('10:11', 0));
  expect(court.episodes()).toEqual(['check keep-away 10:10:00-10:11:00', 'proximity keep-away 10:01:00-10:11:00']);
  expect(court.engine.transitions(MEASURE).at(-1)).toMatchObject({ to: 'far', reporter: 'phone' });
});

test('[PX4] two inaccurate fixes do not tell near from far', () => {
  const court = new Court().given([proximity]);
  court.hears(phone('10:00', 0, { accuracyM: 80 })).hears(wearer('10:01', 450, { accuracyM: 60 }));
  expect(court.episodes()).toEqual(['pre_alert keep-away 10:01:00-']);
});

test('[PX5] proximity is judged only while its rule is active', () => {
  const court = new Court().given([{ ...proximity, active: [between('12:00', '13:00')] }]);
  court.hears(phone('10:00', 0)).hears(wearer('10:01', 100)).time('11:00');
  expect(court.episodes()).toEqual([]);
  court.hears(phone('12:58', 0)).hears(wearer('12:59', 100)).time('14:00');
  expect(court.episodes()).toEqual(['proximity keep-away 12:00:00-13:00:00']);
});

test('[CR1] a way between two fixes that leads through a forbidden zone is crossed (inferred)', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:00', ...north(-1000) }).hears({ at: '10:05', ...north(1000) });
  expect(court.episodes()).toEqual(['crossed stay-away 10:05:00-10:05:00']);
  expect(court.incidents()[0]?.reason).toMatchObject({ code: 'crossed', values: { gapMs: 300_000 } });
});

test('[CR2] a late fix in between that shows another way refutes the crossing', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:00', ...north(-1000) }).hears({ at: '10:05', ...north(1000) });
  court.hears({ at: '10:02', lat: north(0).lat, lon: 7.1 }, '10:30');
  expect(court.incidents()).toMatchObject([{ kind: 'crossed', certainty: 'refuted' }]);
});

test('[CR3] between fixes more than an hour apart nobody infers a way', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:00', ...north(-1000) }).hears({ at: '11:00:01', ...north(1000) });
  expect(court.episodes()).toEqual([]);
});

test('[MV1] a speed nobody has is kept, flagged and counted, and closed by a person', () => {
  const court = new Court().given([{ ruleId: 'speed', kind: 'implausible' }]);
  court
    .hears({ at: '10:00', ...WITHIN })
    .hears({ at: '10:01', lat: 46, lon: 7 })
    .hears({ at: '10:02', ...WITHIN });
  expect(court.episodes()).toEqual(['implausible speed 10:01:00-']);
  expect(court.incidents()[0]).toMatchObject({ signals: 2, reason: { code: 'implausible' } });
  expect(court.engine.view(MEASURE)?.devices[0]?.fix?.at).toBe(at('10:02'));
  const id = court.incidents()[0]?.incidentId as string;
  court.step(id, 'acknowledge', '10:03');
  court.step(id, 'resolve', '10:04');
  expect(court.episodes()).toEqual(['implausible speed 10:01:00-10:04:00']);
});

test('[MV2] drift over short distances is no implausible movement', () => {
  const court = new Court().given([{ ruleId: 'speed', kind: 'implausible' }]);
  court.hears({ at: '10:00:00', ...WITHIN }).hears({ at: '10:00:01', ...north(400) });
  expect(court.episodes()).toEqual([]);
});

test('[MV3] motion without a fix for its time is an incident until the next fix', () => {
  const court = new Court().given([{ ruleId: 'motion', kind: 'motion_without_fix' }]);
  court.hears({ at: '10:00', ...WITHIN });
  for (const when of ['10:02', '10:05', '10:11']) court.hears({ at: when, events: ['motion', 'no_fix'] });
  expect(court.episodes()).toEqual([]);
  court.hears({ at: '10:12', events: ['motion'] });
  expect(court.episodes()).toEqual(['motion_without_fix motion 10:12:00-']);
  court.hears({ at: '10:15', ...BEYOND });
  expect(court.episodes()).toEqual(['motion_without_fix motion 10:12:00-10:15:00']);
});
