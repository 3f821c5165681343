// Breaches staged as the field has seen them, each against one whole order rather than the rule under test alone: what must be raised
// is raised, at its time, and nothing else rings. The first word of each line of `raised` is the kind, the second when it opens.
import type { Json, RecordedRule } from '@vigie/model';
import { compileZone } from '@vigie/geo';
import { expect, test } from 'vitest';
import { Court, type Said, WITHIN, at, between, circle, north } from './testing/court.ts';

/** Home is the circle; the school to stay away from lies 5 km north; the protected person carries `phone`. */
const SCHOOL = north(5_000);
const HOME = WITHIN;
const AWAY = north(2_500);
const NEAR_SCHOOL = north(5_250);
/** Metres from `phone` when it stays at FRIEND. */
const FRIEND = north(8_000);
const nearFriend = (metres: number) => north(8_000 + metres);

function school(): Json {
  const compiled = compileZone({ type: 'circle', center: [SCHOOL.lon, SCHOOL.lat], radiusM: 200 });
  if (!compiled.ok) throw new Error('a circle of 200 m is a zone');
  return compiled.zone as unknown as Json;
}

const CURFEW: RecordedRule = {
  ruleId: 'curfew',
  kind: 'inclusion',
  zone: circle(),
  graceMs: 60_000,
  beacons: ['home-box'],
  active: [between('20:00', '1d 06:00')],
};
const RULES: readonly RecordedRule[] = [
  CURFEW,
  { ruleId: 'school', kind: 'exclusion', zone: school(), bufferMm: 300_000 },
  { ruleId: 'strap', kind: 'tamper' },
  { ruleId: 'heard', kind: 'silence', maxGapMs: 3_600_000 },
  { ruleId: 'jam', kind: 'jamming', graceMs: 120_000 },
  { ruleId: 'charge', kind: 'battery', minPct: 20 },
  { ruleId: 'moving', kind: 'motion_without_fix', maxMs: 600_000 },
  { ruleId: 'speed', kind: 'implausible', maxSpeedMmps: 70_000 },
  {
    ruleId: 'free',
    kind: 'free_time',
    zone: circle(),
    beacons: ['home-box'],
    budgetMs: 10 * 3_600_000,
    warnLeftMs: 3_600_000,
    weeks: [at('-6d 00:00'), at('1d 00:00'), at('8d 00:00')],
    active: [between('00:00', '20:00')],
  },
];

const seen = (when: string, place: { lat: number; lon: number }, more: Partial<Said> = {}): Said => ({
  at: when,
  accuracyM: 10,
  batteryPct: 80,
  ...place,
  ...more,
});
/** A fix every ten minutes, so that nothing is silent. */
function stays(
  court: Court,
  place: { lat: number; lon: number },
  from: string,
  to: string,
  more: Partial<Said> = {},
): void {
  for (let ms = at(from); ms <= at(to); ms += 600_000) court.uploads([{ ...seen('00:00', place, more), at: ms }], ms);
}

/** In force where the protected person's device plays a part: without a position of it somebody would be told. */
const FRIEND_RULE: RecordedRule = {
  ruleId: 'friend',
  kind: 'proximity',
  partnerDeviceId: 'phone',
  warnMm: 2_000_000,
  alarmMm: 500_000,
  maxAgeMs: 600_000,
};

interface Scenario {
  readonly partner?: true;
  readonly name: string;
  readonly play: (court: Court) => void;
  /** `kind hh:mm:ss`, as it stands in the end, in the order of opening; `refuted`, `explained` where it does not stand. */
  readonly raised: readonly string[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a strap that is cut and closed again within five minutes stays raised until a person has looked',
    play: (c) => {
      c.uploads([seen('10:00', HOME, { events: ['strap_open'] })], '10:00');
      c.uploads([seen('10:05', HOME, { events: ['strap_closed'] })], '10:05');
      stays(c, HOME, '10:10', '12:00');
    },
    raised: ['tamper 10:00:00'],
  },
  {
    name: 'a bracelet cut and left at home at night: the place is right, the strap is not',
    play: (c) => {
      stays(c, HOME, '19:00', '22:00');
      c.uploads([seen('22:05', HOME, { events: ['strap_open'] })], '22:05');
      stays(c, HOME, '22:15', '1d 05:55', { events: ['still'] });
    },
    raised: ['tamper 22:05:00'],
  },
  {
    name: 'the housing opened at a workbench',
    play: (c) => {
      c.uploads([seen('10:00', AWAY, { events: ['case_open'] })], '10:00');
      c.time('10:30');
    },
    raised: ['tamper 10:00:00'],
  },
  {
    name: 'jammed near the protected person',
    partner: true,
    play: (c) => {
      c.uploads([seen('10:00', FRIEND, { deviceId: 'phone' })], '10:00');
      c.uploads([seen('10:00', nearFriend(1_500))], '10:00');
      c.uploads([{ at: '10:02', events: ['jamming'] }], '10:02');
      c.time('10:30');
    },
    raised: ['pre_alert 10:00:00', 'jamming 10:04:00'],
  },
  {
    name: 'jammed for a minute in a tunnel of the railway: within its grace, nothing',
    play: (c) => {
      c.uploads([{ at: '10:02', events: ['jamming'] }], '10:02');
      c.uploads([seen('10:03', AWAY, { events: ['jamming_ended'] })], '10:03');
      c.time('10:30');
    },
    raised: [],
  },
  {
    name: 'away when the curfew begins, and then silent',
    play: (c) => {
      stays(c, AWAY, '18:00', '19:50');
      c.time('21:30');
    },
    raised: ['absence_unconfirmed 20:05:00', 'silence 20:50:00'],
  },
  {
    name: 'away when the curfew begins, and heard',
    play: (c) => stays(c, AWAY, '19:00', '20:20'),
    raised: ['inclusion 20:01:00'],
  },
  {
    name: 'home a minute after the curfew began: within grace',
    play: (c) => {
      c.uploads([seen('19:59', AWAY)], '19:59');
      c.uploads([seen('20:00:50', HOME)], '20:00:50');
      stays(c, HOME, '20:10', '21:00');
    },
    raised: [],
  },
  {
    name: 'out of the house at night and back',
    play: (c) => {
      stays(c, HOME, '19:50', '1d 01:00');
      stays(c, AWAY, '1d 01:10', '1d 01:40');
      stays(c, HOME, '1d 01:50', '1d 03:00');
    },
    raised: ['inclusion 1d 01:11:00'],
  },
  {
    name: 'out for the fifty seconds of a grace',
    play: (c) => {
      stays(c, HOME, '19:50', '22:00');
      c.uploads([seen('22:05', AWAY)], '22:05');
      c.uploads([seen('22:05:50', HOME)], '22:05:50');
      stays(c, HOME, '22:10', '23:00');
    },
    raised: [],
  },
  {
    name: 'at home in the cellar: no position at all, the beacon says so',
    play: (c) => {
      for (let ms = at('19:50'); ms <= at('23:00'); ms += 600_000)
        c.uploads([{ at: ms, beacons: ['home-box'], batteryPct: 80 }], ms);
    },
    raised: [],
  },
  {
    name: 'at home by the beacon while the receiver, indoors, is 800 m off',
    play: (c) => stays(c, north(800), '19:50', '23:00', { beacons: ['home-box'] }),
    raised: [],
  },
  {
    name: 'straight into the school',
    play: (c) => {
      c.uploads([seen('10:00', AWAY)], '10:00');
      c.uploads([seen('10:05', SCHOOL)], '10:05');
      c.time('10:10');
    },
    raised: ['exclusion 10:05:00'],
  },
  {
    name: 'round the school, near enough to be warned',
    play: (c) => {
      c.uploads([seen('10:00', AWAY)], '10:00');
      c.uploads([seen('10:05', NEAR_SCHOOL)], '10:05');
      c.uploads([seen('10:15', AWAY)], '10:15');
    },
    raised: ['crossed 10:05:00', 'pre_alert 10:05:00', 'crossed 10:15:00'],
  },
  {
    name: 'through the school by train between two sparse fixes',
    play: (c) => {
      c.uploads([seen('10:00', north(4_000))], '10:00');
      c.uploads([seen('10:10', north(6_500))], '10:10');
      c.time('10:30');
    },
    raised: ['crossed 10:10:00'],
  },
  {
    name: 'through the school, as it first seemed: late fixes show the way round',
    play: (c) => {
      c.uploads([seen('10:00', north(4_000))], '10:00');
      c.uploads([seen('10:10', north(6_500))], '10:10');
      const round = { lat: north(5_200).lat, lon: north(0).lon + 0.03 };
      c.uploads(
        [
          seen('10:03', { ...round, lat: north(4_000).lat }),
          seen('10:05', round),
          seen('10:07', { ...round, lat: north(6_500).lat }),
        ],
        '10:20',
      );
    },
    raised: ['crossed 10:10:00 refuted'],
  },
  {
    name: 'the whole day buffered: at school at noon, uploaded in the evening',
    play: (c) => {
      stays(c, AWAY, '10:00', '10:30');
      c.uploads(
        [seen('12:00', SCHOOL), seen('12:10', SCHOOL), seen('12:20', north(5_800)), seen('18:00', AWAY)],
        '18:00',
      );
    },
    raised: ['silence 11:30:00', 'exclusion 12:00:00 late'],
  },
  {
    name: 'the same, newest first',
    play: (c) => {
      stays(c, AWAY, '10:00', '10:30');
      c.uploads([seen('18:00', AWAY)], '18:00');
      c.uploads([seen('12:20', north(5_800))], '18:01');
      c.uploads([seen('12:10', SCHOOL)], '18:02');
      c.uploads([seen('12:00', SCHOOL)], '18:03');
    },
    raised: ['silence 11:30:00', 'exclusion 12:00:00 late'],
  },
  {
    name: 'towards the protected person, warned, then too near, then apart',
    partner: true,
    play: (c) => {
      for (const [when, metres] of [
        ['10:00', 4_000],
        ['10:05', 1_800],
        ['10:10', 300],
        ['10:15', 3_000],
      ] as const) {
        c.uploads([seen(when, FRIEND, { deviceId: 'phone' })], when);
        c.uploads([seen(when, nearFriend(metres))], when);
      }
    },
    raised: ['pre_alert 10:05:00', 'proximity 10:10:00'],
  },
  {
    name: 'the protected person walks up to the wearer, who sits still',
    partner: true,
    play: (c) => {
      for (const [when, metres] of [
        ['10:00', 4_000],
        ['10:10', 300],
      ] as const) {
        c.uploads([seen(when, nearFriend(0))], when);
        c.uploads([seen(when, nearFriend(metres), { deviceId: 'phone' })], when);
      }
    },
    raised: ['proximity 10:10:00'],
  },
  {
    name: 'near the last place of a phone that has been silent for hours: unknown, and somebody is told',
    partner: true,
    play: (c) => {
      c.uploads([seen('08:00', FRIEND, { deviceId: 'phone' })], '08:00');
      stays(c, nearFriend(3_000), '08:10', '11:50');
      c.uploads([seen('12:00', nearFriend(100))], '12:00');
    },
    raised: ['check 08:20:00', 'silence 09:00:00'],
  },
  {
    name: 'too near, and then no more positions of the phone: the alarm stays',
    partner: true,
    play: (c) => {
      c.uploads([seen('10:00', FRIEND, { deviceId: 'phone' })], '10:00');
      c.uploads([seen('10:00', nearFriend(300))], '10:00');
      stays(c, nearFriend(3_000), '10:30', '10:40');
    },
    raised: ['proximity 10:00:00', 'check 10:30:00'],
  },
  {
    name: 'neither heard nor seen for an hour',
    partner: true,
    play: (c) => {
      c.uploads([seen('10:00', AWAY)], '10:00');
      c.uploads([seen('10:30', FRIEND, { deviceId: 'phone' })], '10:30');
      c.time('11:20');
    },
    raised: ['silence 11:00:00'],
  },
  {
    name: 'silent in a valley, and explained by what was buffered',
    play: (c) => {
      c.uploads([seen('10:00', AWAY)], '10:00');
      c.uploads([seen('10:00', FRIEND, { deviceId: 'phone' })], '10:00');
      c.uploads([seen('10:50', FRIEND, { deviceId: 'phone' })], '10:50');
      const buffered = ['10:10', '10:20', '10:30', '10:40', '10:50', '11:00', '11:10', '11:20'];
      c.uploads(
        buffered.map((when) => seen(when, AWAY)),
        '11:20',
      );
    },
    raised: ['silence 11:00:00 explained'],
  },
  {
    name: 'running on its last charge, and charged again',
    play: (c) => {
      c.uploads([seen('10:00', AWAY, { batteryPct: 15 })], '10:00');
      c.uploads([seen('10:20', AWAY, { batteryPct: 22 })], '10:20');
      c.uploads([seen('10:40', AWAY, { batteryPct: 40 })], '10:40');
    },
    raised: ['battery 10:00:00'],
  },
  {
    name: 'let run flat on purpose: low, then silent, then the curfew begins',
    play: (c) => {
      stays(c, AWAY, '17:00', '18:30', { batteryPct: 10 });
      c.time('21:00');
    },
    raised: ['battery 17:00:00', 'silence 19:30:00', 'absence_unconfirmed 20:05:00'],
  },
  {
    name: 'moving without a position for half an hour: under a roof, or wrapped in foil',
    play: (c) => {
      for (const when of ['10:00', '10:05', '10:12', '10:20'])
        c.uploads([{ at: when, events: ['motion', 'no_fix'], batteryPct: 80 }], when);
      c.uploads([seen('10:30', AWAY)], '10:30');
    },
    raised: ['motion_without_fix 10:12:00'],
  },
  {
    name: 'forty kilometres in a minute: kept, flagged, and not believed to be a walk',
    play: (c) => {
      c.uploads([seen('10:00', AWAY)], '10:00');
      c.uploads([seen('10:01', { lat: AWAY.lat + 0.36, lon: AWAY.lon + 0.2 })], '10:01');
      c.time('10:10');
    },
    raised: ['implausible 10:01:00'],
  },
  {
    name: 'so inaccurate that nobody can say: a task, never a breach',
    play: (c) => {
      stays(c, HOME, '19:50', '20:00');
      for (const when of ['20:05', '20:10', '20:14']) c.uploads([seen(when, north(150), { accuracyM: 900 })], when);
    },
    raised: ['check 20:14:00'],
  },
  {
    name: 'a clock that runs hours ahead',
    play: (c) => {
      c.uploads([seen('14:00', AWAY)], '10:00');
      c.time('10:10');
    },
    raised: ['check 10:00:00'],
  },
  {
    name: 'a week-old memory uploaded at last',
    play: (c) => {
      c.uploads([seen('-5d 10:00', SCHOOL)], '10:00');
      c.time('10:10');
    },
    raised: ['stale 10:00:00'],
  },
  {
    name: 'at the school when its order begins',
    play: (c) => {
      c.uploads([seen('10:00', SCHOOL)], '10:00');
      c.time('10:05');
    },
    raised: ['exclusion 10:00:00'],
  },
  {
    name: 'the same report by both sites, and again the next day, is one',
    play: (c) => {
      for (const [received, site] of [
        ['10:05', 'noirmont'],
        ['10:06', 'delemont'],
        ['10:50', 'noirmont'],
      ] as const)
        c.uploads([seen('10:05', SCHOOL, { seq: 900, boot: 7 })], received, site);
    },
    raised: ['exclusion 10:05:00'],
  },
  {
    name: 'two devices under one number: both kept, somebody is told',
    play: (c) => {
      c.uploads([seen('10:05', AWAY, { seq: 900, boot: 7 })], '10:05');
      c.uploads([seen('10:05', north(2_600), { seq: 900, boot: 7 })], '10:06');
    },
    raised: ['check 10:06:00'],
  },
  {
    name: 'the protected person presses SOS, twice, far from everybody',
    play: (c) => {
      c.uploads([seen('10:00', FRIEND, { deviceId: 'phone', events: ['sos'] })], '10:00');
      c.uploads([seen('10:01', FRIEND, { deviceId: 'phone', events: ['sos'] })], '10:01');
      c.time('10:05');
    },
    raised: ['sos 10:00:00'],
  },
  {
    name: 'out in town all day, beyond the free hours of the week',
    play: (c) => {
      stays(c, HOME, '07:00', '07:50');
      stays(c, AWAY, '08:00', '19:00');
      stays(c, HOME, '19:10', '20:30');
    },
    raised: ['pre_alert 17:00:00', 'free_time 18:00:00'],
  },
  {
    name: 'everything at once: out at night, strap cut, then jammed',
    play: (c) => {
      stays(c, HOME, '19:50', '22:00');
      c.uploads([seen('22:05', north(400), { events: ['strap_open'] })], '22:05');
      c.uploads([seen('22:08', north(900), { events: ['jamming'] })], '22:08');
      c.time('22:20');
    },
    raised: ['tamper 22:05:00', 'inclusion 22:06:00', 'jamming 22:10:00'],
  },
];

/** What a day of silence before and after a scene says is not part of it: the phone of most scenes is not played. */
const isPlayed = (line: string, expected: readonly string[]): boolean =>
  !line.startsWith('silence') || expected.some((one) => one.startsWith('silence'));

function clock(ms: number): string {
  const days = Math.floor((ms - at('00:00')) / 86_400_000);
  const text = new Date(ms).toISOString().slice(11, 19);
  return days === 0 ? text : `${days}d ${text}`;
}

test('there are at least the 35 scenes that the field is known for', () => {
  expect(SCENARIOS.length).toBeGreaterThanOrEqual(35);
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
});

test.for(SCENARIOS)('$name', ({ play, raised, partner }) => {
  const court = new Court().given(partner === true ? [...RULES, FRIEND_RULE] : RULES);
  play(court);
  const lines = court
    .incidents()
    .map((one) => {
      const standing = one.certainty === 'raised' ? '' : ` ${one.certainty}`;
      const lane = one.lane === 'live' ? '' : ` ${one.lane}`;
      return { openedAtMs: one.openedAtMs, text: `${one.kind} ${clock(one.openedAtMs)}${lane}${standing}` };
    })
    .sort((a, b) => a.openedAtMs - b.openedAtMs || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
    .filter((line) => isPlayed(line, raised));
  const expected = raised.filter((line) => !line.startsWith('silence'));
  expect(lines.filter((line) => !line.startsWith('silence'))).toEqual(expected);
  for (const line of raised) expect(lines).toContain(line);
});

test.for(SCENARIOS)('[LT9] what a site tells of it counts when it comes back: $name', ({ play, partner }) => {
  const court = new Court().given(partner === true ? [...RULES, FRIEND_RULE] : RULES);
  play(court);
  const told = court.time('2d 00:00').incidents();
  for (const { incidentId, ruleId, kind, openedAtMs, closedAtMs, lane, reason } of told) {
    const of = { incidentId, ruleId, kind, openedAtMs, lane, reason };
    const end = closedAtMs === undefined ? {} : { closedAtMs };
    court.event({ ...of, ...end, step: 'early', type: 'early' }, '2d 00:00');
  }
  const unheard = court.incidents().filter(({ published }) => !published.includes('early'));
  expect(unheard.map(({ kind, reason }) => [kind, reason])).toEqual([]);
  expect(court.incidents().map(({ incidentId }) => incidentId)).toEqual(told.map(({ incidentId }) => incidentId));
});
