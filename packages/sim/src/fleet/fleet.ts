// A seeded fleet that lives in Swiss places. The same seed, number of persons and start give the same reports, to the byte.
import { readTowns } from '../places/towns.ts';
import { Random } from '../random.ts';
import type { Source } from '../types.ts';
import { braceletReports } from './bracelet.ts';
import { type Person, type Temper, caseOf, makePerson } from './person.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly persons: number;
  /** Simulated time of the first reports, milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** How long the fleet reports; undefined = without end. */
  readonly durationMs?: number;
  /** The moment of people's lives that `startMs` stands for; default the same. A check begins on the same morning whenever it runs. */
  readonly lifeStartMs?: number;
  /** True when it is played faster than it happens: the cases then take fix times ahead of the clock. */
  readonly accelerated?: boolean;
  /** Night curfews, by local time. */
  readonly curfew?: boolean;
  /** Default calm. */
  readonly temper?: Temper;
}

/** More would not fit into the tables of one machine's demonstration; a bound, not an aim. */
export const FLEET_PERSONS_MAX = 100_000;
const ORDER_MS = 90 * 86_400_000;

export interface Fleet extends Source {
  readonly persons: readonly Person[];
}

export function fleet(o: FleetOptions): Fleet {
  if (!Number.isInteger(o.persons) || o.persons < 0 || o.persons > FLEET_PERSONS_MAX)
    throw new RangeError(`persons must be a whole number from 0 to ${FLEET_PERSONS_MAX}`);
  const dice = new Random(`fleet ${o.seed}`);
  const temper = o.temper ?? 'calm';
  const lifeStartMs = o.lifeStartMs ?? o.startMs;
  const towns = readTowns();
  const persons = Array.from({ length: o.persons }, (_, i) => makePerson(i, towns, dice.fork(`person ${i}`), temper));
  const endMs = o.durationMs === undefined ? undefined : o.startMs + o.durationMs;
  const times = {
    validFrom: new Date(o.startMs - 86_400_000).toISOString(),
    validTo: new Date((endMs ?? o.startMs) + ORDER_MS).toISOString(),
    curfew: o.curfew ?? true,
    ...(o.accelerated === true ? { aheadS: Math.ceil((o.durationMs ?? ORDER_MS) / 1000) + 86_400 } : {}),
  };
  return {
    persons,
    startMs: o.startMs,
    endMs,
    cases: persons.map((person) => caseOf(person, dice.fork(`case ${person.index}`), times, temper)),
    devices: persons.map((person) => ({
      deviceId: person.deviceId,
      caseId: person.caseId,
      reports: braceletReports(person, dice.fork(`bracelet ${person.index}`), {
        startMs: lifeStartMs,
        shiftMs: o.startMs - lifeStartMs,
        // A restarted fleet goes on under new names.
        boot: Math.floor(o.startMs / 1000),
        ...(o.durationMs === undefined ? {} : { endMs: lifeStartMs + o.durationMs }),
      }),
    })),
  };
}
