// The benchmark's country as the engine gets it: geo's made-up zones under orders of the usual kind, and walks instead of jumps. Half of
// the persons stay at home, half walk 20 to 250 m between two fixes, one minute apart.
import { type World, Dice, makeWorld } from '@vigie/geo/bench';
import {
  type IntervalMs,
  type Json,
  type RecordedCase,
  type RecordedRule,
  degE7,
  encodeReportBatch,
  fixTimeMs,
} from '@vigie/model';

export const START_MS = Date.UTC(2026, 10, 22, 12);
export const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
/** Measures of half a year, as most are. */
const WEEKS = 26;
/** Persons differ in when their schedules begin, by quarters of an hour up to four hours. */
const SCHEDULES = 16;
const QUARTER_MS = HOUR_MS / 4;

export const measureOf = (person: number): string => person.toString(16).padStart(32, '0');
export const wearerOf = (person: number): string => `br-${person}`;
export const phoneOf = (person: number): string => `ph-${person}`;

/** Two spells of two days a week for half a year: the measured hour lies inside for one half of the scheduled zones, outside for the other. */
function schedule(isNow: boolean, person: number): readonly IntervalMs[] {
  const first = START_MS - WEEK_MS + (isNow ? -DAY_MS : DAY_MS) + (person % SCHEDULES) * QUARTER_MS;
  return Array.from({ length: WEEKS * 2 }, (_, i): IntervalMs => {
    const from = first + (i >> 1) * WEEK_MS + (i & 1) * 3 * DAY_MS;
    return [from, from + 2 * DAY_MS];
  });
}

/** One zone is home, the others are forbidden; half of them by a schedule, one with a ring of early warning. */
function rulesOf(world: World, person: number): RecordedRule[] {
  const zones = world.own[person] ?? [];
  return [
    ...zones.map(
      (zone, i): RecordedRule => ({
        ruleId: `z${i}`,
        kind: i === 0 ? 'inclusion' : 'exclusion',
        zone: zone.recorded as unknown as Json,
        ...(i % 2 === 1 ? { active: schedule(i % 4 === 1, person) } : {}),
        ...(i === 2 ? { bufferMm: 150_000 } : {}),
      }),
    ),
    {
      ruleId: 'near',
      kind: 'proximity',
      partnerDeviceId: phoneOf(person),
      warnMm: 1_000_000,
      alarmMm: 300_000,
      maxAgeMs: DAY_MS,
    },
    { ruleId: 'silence', kind: 'silence', maxGapMs: 4 * HOUR_MS },
    { ruleId: 'tamper', kind: 'tamper' },
    { ruleId: 'battery', kind: 'battery', minPct: 20 },
    { ruleId: 'jamming', kind: 'jamming', graceMs: 60_000 },
    { ruleId: 'motion', kind: 'motion_without_fix' },
    { ruleId: 'speed', kind: 'implausible' },
  ];
}

export function caseOf(world: World, person: number): RecordedCase {
  const zones = world.own[person] ?? [];
  return {
    caseId: `JU-2026-${person}`,
    authority: 'JU',
    legalBasis: 'StGB 67b',
    mode: 'dynamic',
    timezone: 'Europe/Zurich',
    collection: 'full',
    devices: [
      { deviceId: wearerOf(person), role: 'wearer', tokenHash: measureOf(person) + measureOf(person) },
      { deviceId: phoneOf(person), role: 'protected', tokenHash: measureOf(person) + measureOf(person) },
    ],
    order: {
      baseRevision: 0,
      validFromMs: START_MS - 30 * DAY_MS,
      validToMs: START_MS + WEEKS * WEEK_MS,
      rules: rulesOf(world, person),
      // What the authority wrote is kept with what was made of it.
      input: {
        validFrom: '2026-10-23T12:00:00Z',
        validTo: '2027-05-23T12:00:00Z',
        rules: zones.map((zone, i) => ({
          ruleId: `z${i}`,
          kind: i === 0 ? 'inclusion' : 'exclusion',
          zone: zone.feature as never,
        })),
      },
    },
  };
}

/** Reports [pass * persons, ...) are one report of each person, in an order that caches cannot guess. */
export function walkingWorld(seed: number, persons: number, sharedZones: number, passes: number): World {
  const made = makeWorld(seed, persons, sharedZones, 1);
  const dice = new Dice(seed + 1);
  const order = Array.from({ length: persons }, (_, i) => i);
  for (let i = persons - 1; i > 0; i--) {
    const k = dice.int(0, i);
    [order[i], order[k]] = [order[k] as number, order[i] as number];
  }
  const reports = persons * passes;
  const world = { person: new Int32Array(reports), lonE7: new Int32Array(reports), latE7: new Int32Array(reports) };
  for (let n = 0; n < persons; n++) {
    const person = order[n] as number;
    const zones = made.own[person] ?? [];
    const isHome = dice.next() < 0.5;
    const zone = isHome ? zones[0] : dice.pick(zones);
    const startLon = ((zone?.minX ?? 0) + (zone?.maxX ?? 0)) * 5e6;
    const startLat = ((zone?.minY ?? 0) + (zone?.maxY ?? 0)) * 5e6;
    let lon = startLon;
    let lat = startLat;
    let bearing = dice.between(0, 2 * Math.PI);
    for (let pass = 0; pass < passes; pass++) {
      const metres = isHome ? dice.between(0, 15) : dice.between(20, 250);
      bearing += dice.between(-0.5, 0.5);
      const from = isHome ? [startLon, startLat] : [lon, lat];
      lon = Math.round((from[0] as number) + (metres * Math.cos(bearing)) / 0.0076);
      lat = Math.round((from[1] as number) + (metres * Math.sin(bearing)) / 0.01112);
      const r = pass * persons + n;
      world.person[r] = person;
      world.lonE7[r] = lon;
      world.latE7[r] = lat;
    }
  }
  return { ...made, ...world };
}

export const batchOf = (
  deviceId: string,
  fixes: readonly { seq: number; atMs: number; lonE7: number; latE7: number }[],
) =>
  encodeReportBatch(
    deviceId,
    fixes.map(({ seq, atMs, lonE7, latE7 }) => ({
      deviceId,
      at: fixTimeMs(atMs),
      events: 0,
      boot: 1,
      seq,
      lonE7: degE7(lonE7),
      latE7: degE7(latE7),
      batteryPct: 80,
    })),
  );
