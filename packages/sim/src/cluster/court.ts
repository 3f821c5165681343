// The cases of a run: one wearer each, one circle that must not be entered, and the truth about who was inside when.
import { compileZone } from '@vigie/geo';
import { type Json, type RecordedCase, type Report, degreesToE7, fixTimeMs } from '@vigie/model';
import type { Random } from '../random.ts';
import type { SimOptions } from './faults.ts';

const CENTER = { lat: 47.2562, lon: 6.9965 };
const RADIUS_M = 200;
/** 1,100 m north of the centre. */
const OUTSIDE = { lat: 47.2662, lon: 6.9965 };

const compiled = compileZone({ type: 'circle', center: [CENTER.lon, CENTER.lat], radiusM: RADIUS_M });
if (!compiled.ok) throw new Error('assertion failed: the zone of the simulation compiles');
const ZONE = compiled.zone as unknown as Json;

export interface SimPerson {
  readonly index: number;
  readonly caseId: string;
  readonly measure: string;
  readonly deviceId: string;
  readonly tokenHash: string;
  readonly recorded: RecordedCase;
  /** In order of their making. */
  readonly plan: readonly PlannedFix[];
}
export interface PlannedFix {
  readonly report: Report;
  /** When the device has it, ms from the start of the run. */
  readonly atMs: number;
  readonly isInside: boolean;
}

export function peopleOf(options: SimOptions, startMs: number, dice: Random): SimPerson[] {
  return Array.from({ length: options.devices }, (_, index) => personOf(index, options, startMs, dice.fork(index)));
}

function personOf(index: number, options: SimOptions, startMs: number, dice: Random): SimPerson {
  const deviceId = `wearer-${index}`;
  const caseId = `JU-${index}`;
  const recorded: RecordedCase = {
    caseId,
    authority: 'JU',
    legalBasis: 'StGB 67b',
    mode: 'active',
    timezone: 'Europe/Zurich',
    collection: 'full',
    devices: [{ deviceId, role: 'wearer', tokenHash: `token-${index}` }],
    order: {
      baseRevision: 0,
      validFromMs: 0,
      validToMs: 4_000_000_000_000,
      rules: [
        { ruleId: 'stay-away', kind: 'exclusion', zone: ZONE },
        { ruleId: 'silent', kind: 'silence', maxGapMs: 3_000 },
        { ruleId: 'charge', kind: 'battery', minPct: 20 },
      ],
      input: { validFrom: '', validTo: '', rules: [] },
    },
  };
  return {
    index,
    caseId,
    measure: (index + 1).toString(16).padStart(32, '0'),
    deviceId,
    tokenHash: `token-${index}`,
    recorded,
    plan: planOf(deviceId, options, startMs, dice),
  };
}

function planOf(deviceId: string, options: SimOptions, startMs: number, dice: Random): PlannedFix[] {
  const plan: PlannedFix[] = [];
  let isInside = dice.chance(0.2);
  let crossAtMs = dice.between(0, options.crossEveryMs);
  let seq = 0;
  for (let atMs = dice.below(options.reportEveryMs); atMs < options.lengthMs; ) {
    while (crossAtMs <= atMs) {
      isInside = !isInside;
      crossAtMs += options.crossEveryMs * dice.between(0.3, 2);
    }
    const where = isInside ? CENTER : OUTSIDE;
    const report: Report = {
      deviceId,
      boot: 1,
      seq: ++seq,
      at: fixTimeMs(Math.floor(startMs + atMs)),
      events: 0,
      latE7: degreesToE7(where.lat),
      lonE7: degreesToE7(where.lon),
      accuracyMm: 5_000,
      batteryPct: dice.chance(0.05) ? 5 : 80,
    };
    plan.push({ report, atMs, isInside });
    atMs += Math.max(20, Math.round(options.reportEveryMs * dice.between(0.5, 1.5)));
  }
  return plan;
}
