import { expect, test } from 'vitest';
import { BEYOND, Court, MEASURE, WITHIN, at, between, exclusion, inclusion, north } from './testing/court.ts';

test('[EX1] entering an exclusion zone opens an incident at the fix time, leaving closes it', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '20:00', ...BEYOND }).hears({ at: '20:01', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:01:00-']);
  court.hears({ at: '20:05', ...BEYOND });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:01:00-20:05:00']);
  const [incident] = court.incidents();
  expect(incident?.reason).toMatchObject({
    code: 'inside_exclusion',
    rule: 'stay-away',
    fixes: [{ deviceId: 'wearer', atMs: at('20:01') }],
  });
  expect(incident?.reason.fixes[0]?.distanceMm).toBeCloseTo(200_000, -2);
});

test('[IN1] leaving an inclusion zone opens an incident, coming back closes it', () => {
  const court = new Court().given([inclusion()]);
  court
    .hears({ at: '20:00', ...WITHIN })
    .hears({ at: '20:10', ...BEYOND })
    .hears({ at: '20:20', ...WITHIN });
  expect(court.episodes()).toEqual(['inclusion curfew 20:10:00-20:20:00']);
});

test('[EX2] the first fix ever may already break the rule', () => {
  const court = new Court().given([exclusion()]).hears({ at: '20:00', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:00:00-']);
});

test('[PL3] grace: who is back in time is not reported, who is not is reported at fix time plus grace', () => {
  const short = new Court().given([inclusion({ graceMs: 300_000 })]);
  short
    .hears({ at: '20:00', ...WITHIN })
    .hears({ at: '20:10', ...BEYOND })
    .hears({ at: '20:14', ...WITHIN })
    .time('21:00');
  expect(short.episodes()).toEqual([]);
  const long = new Court().given([inclusion({ graceMs: 300_000 })]);
  long
    .hears({ at: '20:00', ...WITHIN })
    .hears({ at: '20:10', ...BEYOND })
    .time('20:14');
  expect(long.episodes()).toEqual([]);
  long.time('20:30');
  expect(long.episodes()).toEqual(['inclusion curfew 20:15:00-']);
  expect(long.incidents()[0]?.raisedAt).toBe(at('20:15') * 1000);
});

test('[PL4] dwell: a side counts once it has been held that long by fixes, from its first fix on', () => {
  const court = new Court().given([exclusion({ dwellMs: 120_000 })]);
  court
    .hears({ at: '20:00', ...BEYOND })
    .hears({ at: '20:01', ...WITHIN })
    .hears({ at: '20:02', ...BEYOND });
  court.hears({ at: '20:03', ...WITHIN }).hears({ at: '20:04', ...WITHIN });
  expect(court.episodes()).toEqual([]);
  court.hears({ at: '20:05', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:03:00-']);
});

test('[PL5] an undetermined fix neither breaks a rule nor ends a breach', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '20:00', ...BEYOND }).hears({ at: '20:01', ...north(190), accuracyM: 50 });
  expect(court.episodes()).toEqual([]);
  court.hears({ at: '20:02', ...WITHIN, accuracyM: 20 }).hears({ at: '20:03', ...north(210), accuracyM: 50 });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:02:00-']);
});

test('[PL6] already away when a curfew begins: broken from that moment plus grace, once a fix says so', () => {
  const court = new Court().given([inclusion({ graceMs: 300_000, active: [between('20:00', '1d 06:00')] })]);
  court
    .hears({ at: '19:58', ...BEYOND })
    .hears({ at: '20:03', ...BEYOND })
    .time('20:04');
  expect(court.episodes()).toEqual([]);
  court.time('20:10');
  expect(court.episodes()).toEqual(['inclusion curfew 20:05:00-']);
  expect(court.incidents()[0]?.reason.code).toBe('outside_inclusion_at_start');
});

test('[PL6] already inside when an exclusion begins, gone at the next fix: two near fixes vouch for the time between', () => {
  const court = new Court().given([exclusion({ active: [between('20:00', '21:00')] })]);
  court.hears({ at: '19:58', ...WITHIN }).hears({ at: '20:03', ...BEYOND });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:00:00-20:03:00']);
});

test('[PL7] last seen away, then silence at the start of the curfew: absence unconfirmed, explained by the next fix', () => {
  const court = new Court().given([inclusion({ active: [between('20:00', '1d 06:00')] })]);
  court.hears({ at: '19:58', ...BEYOND }).time('20:30');
  expect(court.episodes()).toEqual(['absence_unconfirmed curfew 20:05:00-']);
  court.hears({ at: '22:00', ...WITHIN });
  expect(court.incidents()).toMatchObject([
    { kind: 'absence_unconfirmed', certainty: 'explained', closedAtMs: at('22:00') },
  ]);
});

test('[PL8] a breach ends when the rule stops being active, also without a fix', () => {
  const court = new Court().given([exclusion({ active: [between('20:00', '21:00')] })]);
  court.hears({ at: '20:30', ...WITHIN }).time('21:30');
  expect(court.episodes()).toEqual(['exclusion stay-away 20:30:00-21:00:00']);
});

test('[PL9] pre-alert: the ring around an exclusion zone speaks before the alarm, and ends when the alarm begins', () => {
  const court = new Court().given([exclusion({ bufferMm: 300_000 })]);
  court
    .hears({ at: '20:00', ...BEYOND })
    .hears({ at: '20:01', ...north(400) })
    .hears({ at: '20:02', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion stay-away 20:02:00-', 'pre_alert stay-away 20:01:00-20:02:00']);
});

test('[PL9] pre-alert of an inclusion zone: near the edge, still inside', () => {
  const court = new Court().given([inclusion({ bufferMm: 50_000 })]);
  court
    .hears({ at: '20:00', ...WITHIN })
    .hears({ at: '20:01', ...north(180) })
    .hears({ at: '20:02', ...WITHIN });
  expect(court.episodes()).toEqual(['pre_alert curfew 20:01:00-20:02:00']);
});

test('[PL10] a home beacon overrules the receiver indoors', () => {
  const court = new Court().given([inclusion({ beacons: ['home-1'] })]);
  court.hears({ at: '20:00', ...BEYOND, beacons: ['home-1'] }).hears({ at: '20:05', beacons: ['home-1'] });
  expect(court.episodes()).toEqual([]);
  court.hears({ at: '20:10', ...BEYOND });
  expect(court.episodes()).toEqual(['inclusion curfew 20:10:00-']);
});

test('[CK1] three undetermined fixes in a row open a check, a clear one closes it', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '20:00', ...BEYOND });
  for (const minute of ['20:01', '20:02', '20:03']) court.hears({ at: minute, ...north(190), accuracyM: 500 });
  expect(court.episodes()).toEqual(['check stay-away 20:03:00-']);
  court.hears({ at: '20:04', ...BEYOND });
  expect(court.episodes()).toEqual(['check stay-away 20:03:00-20:04:00']);
});

test('[PL1] a passive measure raises nothing live: its incidents are retrospective', () => {
  const court = new Court().given([exclusion()], { mode: 'passive' });
  court.hears({ at: '20:00', ...WITHIN });
  expect(court.incidents()).toMatchObject([{ lane: 'retrospective' }]);
});

test('[PL2] place rules look at the wearer, not at the protected person', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ deviceId: 'phone', at: '20:00', ...WITHIN });
  expect(court.episodes()).toEqual([]);
  expect(court.engine.view(MEASURE)?.devices.map((d) => d.reports)).toEqual([0, 1]);
});
