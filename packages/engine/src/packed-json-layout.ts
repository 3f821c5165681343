// How JSON is packed: tags, and what they stand for (pack-json.ts, unpack-json.ts).
import { assert } from '@vigie/model';

/** Texts that most orders hold: one byte each. Snapshots hold the packed form: the list only grows, at its end. */
export const KNOWN = [
  'active actual aheadMs alarmM alarmMm authority baseRevision battery beacons boxE7 bufferM bufferMm',
  'caseId center centerE7 circle collection coordinates corridor deviceId devices dtstart duration',
  'dwellMs dwellS dynamic eastPm eastPmPerDegree Europe/Zurich exclusion full graceMs graceS',
  'implausible inclusion input jamming key kind latE7 legalBasis line lineE7 maxAgeMs maxAgeS maxGapMs',
  'maxGapS maxMs maxSpeedMmps measure minPct mode motion_without_fix MultiPolygon northPm',
  'northPmPerDegree order partnerDeviceId partsE7 passive Polygon polygon protected proximity radiusM',
  'radiusMm recorded revision role rrule rule ruleId rules scale schedule silence stoppedAtMs tamper',
  'timezone tokenHash type tzdata v validFrom validFromMs validTo validToMs warnM warnMm wearer widthM',
  'widthMm zone',
]
  .join(' ')
  .split(' ');
export const KNOWN_QUOTED = KNOWN.map((text) => JSON.stringify(text));
export const HEX_OF = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
export const KNOWN_AT: ReadonlyMap<string, number> = new Map(KNOWN.map((text, i) => [text, i]));

export const NULL = 0;
export const FALSE = 1;
export const TRUE = 2;
export const WHOLE = 3;
/** A number of degrees: whole 1e-7. */
export const DEGREES = 4;
export const DOUBLE = 5;
export const TEXT = 6;
export const HEX = 7;
export const ARRAY = 8;
export const OBJECT = 9;
/** A list of numbers: what they are and whether in pairs, then the unit, the count, and the differences. */
export const LIST = 10;
export const OF_DEGREES = 1;
export const IN_PAIRS = 2;
/** A list that was written before: `LIST_AGAIN` and its place; without its closing pair, and as what. */
export const LIST_AGAIN = 14;
export const LIST_OPENED = 18;
/** From here on: a known text. */
export const FIRST_KNOWN = 32;
assert(FIRST_KNOWN + KNOWN.length <= 256, 'a known text takes one byte');

export const E7 = 10_000_000;
/** Units of whole numbers, milliseconds mostly. */
export const UNITS = [60_000, 1000, 1] as const;
