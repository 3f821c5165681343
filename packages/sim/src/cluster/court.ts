// The cases of a run: one wearer each, one zone that must not be entered, and what the oracle says of every fix.
import { type OracleVerdict, verdictsOf } from '../oracle/episodes.ts';
import type { OracleZone } from '../oracle/place.ts';
import {
  type Escalation,
  type RecordedCase,
  type RecordedRule,
  type Report,
  degreesToE7,
  fixTimeMs,
  partitionOf,
  partitionOfCase,
} from '@vigie/model';
import type { Random } from '../random.ts';
import type { Break } from './breaks.ts';
import type { SimOptions } from './faults.ts';
import { anywhere, drawZone, placeOn, recordedZone } from './zones.ts';

/** Fixes of which nobody knows beforehand where they lie, often too inaccurate to say. */
const ANYWHERE_SHARE = 0.12;
/** Of runs in which people are told: as fast as a run is short. */
const LADDER_S: Escalation = { danger: [2, 4], breach: [2, 5], attention: [3] };
/** Prime to 2, 3 and 4, so that each partition comes up. */
const PEOPLE_MAX = 1_001;
/** The rule that every revision keeps. */
export const STAY_AWAY = 'stay-away';

export interface SimPerson {
  readonly index: number;
  readonly caseId: string;
  readonly measure: string;
  readonly deviceId: string;
  readonly tokenHash: string;
  readonly recorded: RecordedCase;
  /** Of the rule `stay-away`. */
  readonly zone: OracleZone;
  /** In order of their making. */
  readonly plan: readonly PlannedFix[];
}
export interface PlannedFix {
  readonly report: Report;
  /** When the device has it, ms from the start of the run. */
  readonly atMs: number;
  /** What may be said of it; more than one where it lies too near to the border to tell. */
  readonly verdicts: readonly OracleVerdict[];
}

export function peopleOf(options: SimOptions, startMs: number, dice: Random, breaks?: Break): SimPerson[] {
  return Array.from({ length: options.devices }, (_, index) =>
    personOf(index, options, startMs, dice.fork(index), breaks),
  );
}

function personOf(index: number, options: SimOptions, startMs: number, dice: Random, breaks?: Break): SimPerson {
  const deviceId = `wearer-${index}`;
  const caseId = `JU-${index}`;
  const zone = drawZone(dice.fork('zone'));
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
      ...(options.receivers === undefined ? {} : { escalation: LADDER_S }),
      rules: rulesWith(recordedZone(breaks === 'moves-zone' ? drawZone(dice.fork('another zone')) : zone)),
      input: { validFrom: '', validTo: '', rules: [] },
    },
  };
  return {
    index,
    caseId,
    measure: measureOf(index, caseId, options.partitions ?? 1),
    deviceId,
    tokenHash: `token-${index}`,
    recorded,
    zone,
    plan: planOf(deviceId, zone, options, startMs, dice),
  };
}

/** Drawn until it lies where its case does, as a site does it. */
function measureOf(index: number, caseId: string, partitions: number): string {
  for (let number = index + 1; ; number += PEOPLE_MAX) {
    const measure = number.toString(16).padStart(32, '0');
    if (partitionOf(measure, partitions) === partitionOfCase(caseId, partitions)) return measure;
  }
}

const rulesWith = (zone: RecordedRule['zone']): RecordedRule[] => [
  { ruleId: STAY_AWAY, kind: 'exclusion', ...(zone === undefined ? {} : { zone }) },
  { ruleId: 'silent', kind: 'silence', maxGapMs: 3_000 },
  { ruleId: 'charge', kind: 'battery', minPct: 20 },
];

function planOf(deviceId: string, zone: OracleZone, options: SimOptions, startMs: number, dice: Random): PlannedFix[] {
  const plan: PlannedFix[] = [];
  const places = dice.fork('places');
  let isInside = dice.chance(0.2);
  let crossAtMs = dice.between(0, options.crossEveryMs);
  let seq = 0;
  for (let atMs = dice.below(options.reportEveryMs); atMs < options.lengthMs; ) {
    while (crossAtMs <= atMs) {
      isInside = !isInside;
      crossAtMs += options.crossEveryMs * dice.between(0.3, 2);
    }
    const isKnown = !places.chance(ANYWHERE_SHARE);
    const where = isKnown ? placeOn(zone, isInside ? 'inside' : 'outside', places) : anywhere(places);
    const report: Report = {
      deviceId,
      boot: 1,
      seq: ++seq,
      at: fixTimeMs(Math.floor(startMs + atMs)),
      events: 0,
      latE7: degreesToE7(where.lat),
      lonE7: degreesToE7(where.lon),
      accuracyMm: isKnown ? 5_000 : Math.round(places.logBetween(1_000, 300_000)),
      batteryPct: dice.chance(0.05) ? 5 : 80,
    };
    plan.push({ report, atMs, verdicts: verdictsOf(zone, fixOf(report)) });
    atMs += Math.max(20, Math.round(options.reportEveryMs * dice.between(0.5, 1.5)));
  }
  return plan;
}

const fixOf = ({ at, lonE7, latE7, accuracyMm }: Report) => ({
  atMs: at,
  lon: (lonE7 ?? 0) / 1e7,
  lat: (latE7 ?? 0) / 1e7,
  accuracyM: (accuracyMm ?? 0) / 1000,
});
