// The persons of the replay benchmarks: at home under a curfew, with places that are forbidden to them, a bracelet that says where it is
// at a steady pace. Nearly everybody keeps to the order, as in the field, so that what is measured is the log and not a wave of alarms.
import { compileZone } from '@vigie/geo';
import { Dice, makeWorld } from '@vigie/geo/bench';
import {
  type IntervalMs,
  type Json,
  type RecordedCase,
  type RecordedRule,
  degE7,
  encodeReportBatch,
  fixTimeMs,
} from '@vigie/model';
import { encodePayload } from '@vigie/replica';

export const START_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
/** Different orders that are made; each is given to many persons under names of their own. */
const ORDERS_MAX = 500;
const NIGHTS = 182;
const HOME_RADIUS_M = 150;
/** A forbidden zone lies at least this far from home, 1e-7 degree: some 2 km. */
const AWAY_E7 = 250_000;

interface Order {
  readonly rules: readonly RecordedRule[];
  readonly input: RecordedCase['order']['input'];
  readonly lonE7: number;
  readonly latE7: number;
}

export const measureOf = (person: number): string => `bench${person}`.replaceAll(/[^0-9a-f]/g, 'b').padStart(32, '0');
const deviceOf = (person: number): string => `bracelet-${String(person).padStart(7, '0')}`;

export class BenchCountry {
  readonly persons: number;
  readonly #orders: readonly Order[];
  readonly #dice = new Dice(7);

  constructor(persons: number) {
    this.persons = persons;
    const world = makeWorld(3, Math.min(persons, ORDERS_MAX), 1, 1);
    this.#orders = world.own.map((zones) => {
      const home = zones[0];
      const lonE7 = Math.round(((home?.minX ?? 7) + (home?.maxX ?? 7)) * 5e6);
      const latE7 = Math.round(((home?.minY ?? 47) + (home?.maxY ?? 47)) * 5e6);
      const circle = { type: 'circle', center: [lonE7 / 1e7, latE7 / 1e7], radiusM: HOME_RADIUS_M } as const;
      const compiled = compileZone(circle);
      if (!compiled.ok) throw new Error('a circle of the bench is a zone');
      const forbidden = zones.filter(
        ({ minX, maxX, minY, maxY }) =>
          lonE7 < minX * 1e7 - AWAY_E7 ||
          lonE7 > maxX * 1e7 + AWAY_E7 ||
          latE7 < minY * 1e7 - AWAY_E7 ||
          latE7 > maxY * 1e7 + AWAY_E7,
      );
      const rules: RecordedRule[] = [
        { ruleId: 'home', kind: 'inclusion', zone: compiled.zone as unknown as Json, active: nights() },
        ...forbidden.map(
          (zone, i): RecordedRule => ({
            ruleId: `away${i}`,
            kind: 'exclusion',
            zone: zone.recorded as unknown as Json,
            graceMs: 60_000,
          }),
        ),
        { ruleId: 'silence', kind: 'silence', maxGapMs: DAY_MS },
        { ruleId: 'tamper', kind: 'tamper' },
        { ruleId: 'battery', kind: 'battery', minPct: 20 },
      ];
      const input = {
        validFrom: '2026-10-23T12:00:00Z',
        validTo: '2027-05-23T12:00:00Z',
        rules: [
          { ruleId: 'home', kind: 'inclusion' as const, zone: circle as never },
          ...forbidden.map((zone, i) => ({
            ruleId: `away${i}`,
            kind: 'exclusion' as const,
            zone: zone.feature as never,
          })),
        ],
      };
      return { rules, input, lonE7, latE7 };
    });
  }

  /** Plain bytes of the case's payload, not sealed. */
  casePayload(person: number): Uint8Array {
    const { rules, input } = this.#order(person);
    const measure = measureOf(person);
    return encodePayload('case', {
      caseId: `JU-2026-${person}`,
      authority: 'JU',
      legalBasis: 'StGB 67b',
      mode: 'active',
      timezone: 'Europe/Zurich',
      collection: 'full',
      devices: [{ deviceId: deviceOf(person), role: 'wearer', tokenHash: measure + measure }],
      order: {
        baseRevision: 0,
        validFromMs: START_MS - 30 * DAY_MS,
        validToMs: START_MS + 182 * DAY_MS,
        rules,
        input,
      },
    });
  }

  /** `count` reports of a person, the last at `atMs`. */
  upload(person: number, firstSeq: number, count: number, atMs: number, stepMs: number): Uint8Array {
    const { lonE7, latE7 } = this.#order(person);
    const deviceId = deviceOf(person);
    return encodeReportBatch(
      deviceId,
      Array.from({ length: count }, (_, i) => ({
        deviceId,
        at: fixTimeMs(atMs - (count - 1 - i) * stepMs),
        events: 0,
        boot: 1,
        seq: firstSeq + i,
        // Some 20 m around, as a bracelet indoors says.
        lonE7: degE7(lonE7 + this.#dice.int(-2_500, 2_500)),
        latE7: degE7(latE7 + this.#dice.int(-1_800, 1_800)),
        accuracyMm: 8_000,
        batteryPct: 80,
      })),
    );
  }

  #order(person: number): Order {
    return this.#orders[person % this.#orders.length] as Order;
  }
}

/** 20:00 to 06:00 for half a year: the measured hours lie in a day. */
const nights = (): readonly IntervalMs[] =>
  Array.from({ length: NIGHTS }, (_, i): IntervalMs => {
    const from = START_MS - 28 * DAY_MS + 8 * 3_600_000 + i * DAY_MS;
    return [from, from + 10 * 3_600_000];
  });
