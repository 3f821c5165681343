// One person of the simulated fleet: where they live, work and go, where they may not go, and how their days run. Everything
// follows from the seed.
import type { Canton, NewCase, ZoneInput } from '@vigie/model';
import { type LatLon, between, lonLat, moved, roughDistanceM, starRing } from '../plane.ts';
import type { Town } from '../places/towns.ts';
import type { Random } from '../random.ts';
import { madeUpName } from './names.ts';

export interface Person {
  readonly index: number;
  readonly deviceId: string;
  readonly caseId: string;
  readonly canton: Canton;
  readonly name: string;
  readonly home: LatLon;
  readonly work: LatLon;
  /** Places of the evening and the weekend. */
  readonly leisure: readonly LatLon[];
  /** Where others' safety is at stake: the order keeps the person away from here. */
  readonly avoid: readonly { readonly center: LatLon; readonly radiusM: number }[];
  /** Hours by which this person's day runs behind the usual one: shift work. */
  readonly shiftH: number;
}

/** The farthest somebody commutes. */
const COMMUTE_M_MAX = 45_000;
/** A town's built-up radius grows with the root of its population: 3.5 km for 340,000 people, 300 m for 2,500. */
const townRadiusM = (town: Town): number => 6 * Math.sqrt(town.population);

/**
 * How often life leads past a forbidden place. `calm` is what a monitoring centre sees: most people keep to their orders.
 * `eventful` gives a check something to hold against the oracle within minutes.
 */
export type Temper = 'calm' | 'eventful';
const FORBIDDEN = {
  calm: { leisure: 0.05, work: 0.07, way: 0.15, placesMax: 2 },
  eventful: { leisure: 0.3, work: 0.55, way: 0.75, placesMax: 4 },
} as const satisfies Record<Temper, { leisure: number; work: number; way: number; placesMax: number }>;

export function makePerson(index: number, towns: readonly Town[], dice: Random, temper: Temper): Person {
  const homeTown = towns[dice.weighted(towns.map((town) => town.population))] as Town;
  const home = somewhereIn(homeTown, dice);
  const workTown = dice.chance(0.45) ? homeTown : commuteTown(homeTown, towns, dice);
  const work = somewhereIn(workTown, dice);
  const leisure = [0, 1, 2].map(() => {
    const angle = dice.between(0, 2 * Math.PI);
    const far = dice.logBetween(300, 6_000);
    return moved(home, far * Math.cos(angle), far * Math.sin(angle));
  });
  const avoid = Array.from({ length: 1 + dice.below(FORBIDDEN[temper].placesMax) }, () => {
    const center = forbiddenPlace({ home, work, leisure, homeTown }, dice, temper);
    const radiusM = Math.min(dice.logBetween(150, 600), Math.max(60, roughDistanceM(center, home) * 0.6));
    return { center, radiusM: Math.round(radiusM) };
  });
  const number = String(index + 1).padStart(4, '0');
  return {
    index,
    deviceId: `sim-${number}`,
    caseId: `${homeTown.canton}-SIM-${number}`,
    canton: homeTown.canton,
    name: madeUpName(dice),
    home,
    work,
    leisure,
    avoid,
    shiftH: dice.chance(0.35) ? dice.between(4, 20) : dice.between(-1, 1.5),
  };
}

/** Some forbidden places lie where life leads past them; the others are somewhere in town. */
function forbiddenPlace(
  life: { home: LatLon; work: LatLon; leisure: readonly LatLon[]; homeTown: Town },
  dice: Random,
  temper: Temper,
): LatLon {
  const upTo = FORBIDDEN[temper];
  const near = (place: LatLon, m: number): LatLon => moved(place, dice.normal() * m, dice.normal() * m);
  const kind = dice.unit();
  if (kind < upTo.leisure) return near(life.leisure[0] ?? life.work, 60);
  if (kind < upTo.work) return near(life.work, 80);
  if (kind < upTo.way) return near(between(life.home, life.work, dice.between(0.1, 0.9)), 150);
  return somewhereIn(life.homeTown, dice);
}

function somewhereIn(town: Town, dice: Random): LatLon {
  const radius = townRadiusM(town);
  return moved(town, dice.normal() * radius * 0.45, dice.normal() * radius * 0.45);
}

/** People work in large towns, and in near ones (a gravity model with the square of the distance). */
function commuteTown(home: Town, towns: readonly Town[], dice: Random): Town {
  const weights = towns.map((town) => {
    const distance = roughDistanceM(home, town);
    return distance > COMMUTE_M_MAX ? 0 : town.population / (distance + 4_000) ** 2;
  });
  return towns[dice.weighted(weights)] as Town;
}

export interface CaseTimes {
  readonly validFrom: string;
  readonly validTo: string;
  /** Seconds that fix times run ahead of the clock, when the fleet is played faster than it happens. */
  readonly aheadS?: number;
  /** Night curfew at home, by local time; left out where only the places are to be compared. */
  readonly curfew: boolean;
}

export function caseOf(person: Person, dice: Random, times: CaseTimes, temper: Temper): NewCase {
  const radii = (mean: number, count: number) => Array.from({ length: count }, () => mean * dice.between(0.7, 1.2));
  const avoidZone = ({ center, radiusM }: Person['avoid'][number]): ZoneInput =>
    dice.chance(0.5)
      ? { type: 'circle', center: lonLat(center), radiusM }
      : {
          type: 'Polygon',
          coordinates: [starRing(center, radii(radiusM, 6 + dice.below(7)), dice.between(0, 1))],
        };
  const reachM = Math.max(
    3_000,
    roughDistanceM(person.home, person.work) * dice.between(temper === 'calm' ? 1 : 0.75, 1.6),
  );
  return {
    caseId: person.caseId,
    authority: person.canton,
    legalBasis: dice.pick(['StGB 79b', 'StGB 67b', 'StPO 237', 'ZGB 28c']),
    mode: 'active',
    timezone: 'Europe/Zurich',
    person: { name: person.name },
    devices: [{ deviceId: person.deviceId, role: 'wearer' }],
    rules: [
      ...person.avoid.map((place, i) => ({
        ruleId: `keep-away-${i + 1}`,
        kind: 'exclusion' as const,
        zone: avoidZone(place),
      })),
      {
        ruleId: 'stay-in-area',
        kind: 'inclusion',
        zone: { type: 'circle', center: lonLat(between(person.home, person.work, 0.3)), radiusM: Math.round(reachM) },
      },
      ...(times.curfew
        ? [
            {
              ruleId: 'home-at-night',
              kind: 'inclusion' as const,
              zone: { type: 'circle' as const, center: lonLat(person.home), radiusM: 80 },
              graceS: 300,
              schedule: [{ dtstart: `2026-01-01T${curfewStart(person)}`, duration: 'PT5H', rrule: 'FREQ=DAILY' }],
            },
          ]
        : []),
      { ruleId: 'strap', kind: 'tamper' },
      { ruleId: 'battery', kind: 'battery', minPct: 15 },
      { ruleId: 'silence', kind: 'silence', maxGapS: 1_800 },
    ],
    validFrom: times.validFrom,
    validTo: times.validTo,
    ...(times.aheadS === undefined ? {} : { aheadS: times.aheadS }),
  };
}

/** Local time, HH:MM: midnight, and for shift workers as much later as their day runs later. */
function curfewStart({ shiftH }: Person): string {
  const minutes = Math.round(((shiftH + 24) % 24) * 4) * 15;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}
