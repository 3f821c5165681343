// What the fold checks of a recorded case or order before it believes it. Orders are refused before they reach the log; what is in
// the log all the same (an insider, a bug of an earlier version) must neither stop the fold nor split the sites.
import {
  type IntervalMs,
  RULES_MAX,
  RULE_KIND_SINCE,
  SHARED_ZONES_SINCE,
  DEVICES_MAX,
  type RecordedCase,
  type RecordedOrder,
  type RecordedRule,
} from '@vigie/model';
import type { RecordedZone } from '@vigie/geo';
import { isEscalation } from './ladder.ts';
import { BOUNDS_SINCE } from './limits.ts';

const TWO_31 = 2_147_483_648;
const DAY_MS = 86_400_000;
/** Farthest from the epoch that a date can be (ECMA-262). */
const MOMENT_MS_MAX = 8_640_000_000_000_000;
type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, max = 200): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= max;
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isAmount = (value: unknown): boolean =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);

/** `rulesVersion`: of the rules in force where it lies in the log. */
export const isRecordedCase = (value: unknown, rulesVersion: number): value is RecordedCase =>
  isObject(value) &&
  isText(value['caseId']) &&
  (value['mode'] === 'passive' || value['mode'] === 'active' || value['mode'] === 'dynamic') &&
  isAmount(value['aheadMs']) &&
  Array.isArray(value['devices']) &&
  value['devices'].length > 0 &&
  value['devices'].length <= DEVICES_MAX &&
  value['devices'].every(
    (d) => isObject(d) && isText(d['deviceId']) && (d['role'] === 'wearer' || d['role'] === 'protected'),
  ) &&
  new Set(value['devices'].map((d: Fields) => d['deviceId'])).size === value['devices'].length &&
  isRecordedOrder(value['order'], rulesVersion) &&
  (rulesVersion < BOUNDS_SINCE || isKnownCase(value));

/** What no rule needs and everybody shows. */
const isKnownCase = ({ authority, legalBasis, timezone, collection, person, devices }: Fields): boolean =>
  isText(authority) &&
  isText(timezone) &&
  // Recorded tracks that are judged offline have none.
  typeof legalBasis === 'string' &&
  (COLLECTIONS as readonly unknown[]).includes(collection) &&
  (person === undefined || (isObject(person) && isText(person['name'], 1000))) &&
  (devices as readonly Fields[]).every((d) => typeof d['tokenHash'] === 'string');
const COLLECTIONS = ['full', 'zone-relevant', 'presence'] as const;

export const isRecordedOrder = (value: unknown, rulesVersion: number): value is RecordedOrder =>
  isObject(value) &&
  isWhole(value['baseRevision']) &&
  isWhole(value['validFromMs']) &&
  isWhole(value['validToMs']) &&
  value['validFromMs'] < value['validToMs'] &&
  Array.isArray(value['rules']) &&
  value['rules'].length <= RULES_MAX &&
  value['rules'].every(
    (rule) => isRule(rule, rulesVersion >= SHARED_ZONES_SINCE) && (RULE_KIND_SINCE[rule.kind] ?? 1) <= rulesVersion,
  ) &&
  (rulesVersion < BOUNDS_SINCE || isWithinBounds(value)) &&
  (value['escalation'] === undefined || isEscalation(value['escalation'])) &&
  new Set(value['rules'].map((r: RecordedRule) => r.ruleId)).size === value['rules'].length;

/** The greatest amounts that an order may be recorded with (`ruleSchema`): milliseconds, millimetres, millimetres a second. */
const AMOUNT_MAX = {
  bufferMm: 100_000_000,
  graceMs: 30 * DAY_MS,
  dwellMs: 30 * DAY_MS,
  warnMm: 1_000_000_000,
  alarmMm: 1_000_000_000,
  maxAgeMs: 30 * DAY_MS,
  maxGapMs: 30 * DAY_MS,
  maxMs: 30 * DAY_MS,
  maxSpeedMmps: 1_000_000_000,
  budgetMs: 7 * DAY_MS,
  warnLeftMs: 7 * DAY_MS,
} as const satisfies Partial<Record<keyof RecordedRule, number>>;

/** A moment that can be written as a date. */
export const isMoment = (ms: number): boolean => Math.abs(ms) <= MOMENT_MS_MAX;

function isWithinBounds(order: Fields): boolean {
  const { validFromMs, validToMs, rules, input } = order as unknown as RecordedOrder;
  if (!isMoment(validFromMs) || !isMoment(validToMs)) return false;
  if (!isObject(input) || !Array.isArray(input['rules'])) return false;
  return rules.every((rule) => {
    for (const [field, max] of Object.entries(AMOUNT_MAX))
      if ((((rule as unknown as Fields)[field] as number | undefined) ?? 0) > max) return false;
    const { alarmMm = 0, warnMm = alarmMm, warnLeftMs = 0, budgetMs = warnLeftMs, active = [], weeks = [] } = rule;
    if (alarmMm > warnMm || warnLeftMs > budgetMs) return false;
    if (![rule.tzdata, rule.holidays].every((text) => text === undefined || isText(text))) return false;
    return active.every(([from, to]) => isMoment(from) && isMoment(to)) && weeks.every(isMoment);
  });
}

const AMOUNTS = [
  'bufferMm',
  'graceMs',
  'dwellMs',
  'warnMm',
  'alarmMm',
  'maxAgeMs',
  'maxGapMs',
  'minPct',
  'maxMs',
  'maxSpeedMmps',
  'budgetMs',
  'warnLeftMs',
] as const;
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  exclusion: ['zone'],
  inclusion: ['zone'],
  proximity: ['partnerDeviceId', 'warnMm', 'alarmMm', 'maxAgeMs'],
  silence: ['maxGapMs'],
  battery: ['minPct'],
  tamper: [],
  jamming: [],
  motion_without_fix: [],
  implausible: [],
  free_time: ['zone', 'budgetMs', 'warnLeftMs', 'weeks'],
};

function isRule(value: unknown, sharedZones: boolean): value is RecordedRule {
  if (!isObject(value) || !isText(value['ruleId']) || !isText(value['kind'])) return false;
  const needs = Object.hasOwn(NEEDS, value['kind']) ? NEEDS[value['kind']] : undefined;
  if (needs === undefined) return false;
  const names = sharedZones && value['sharedZoneId'] !== undefined;
  if (names && (!isText(value['sharedZoneId']) || value['zone'] !== undefined)) return false;
  if (needs.some((field) => value[field] === undefined && !(names && field === 'zone'))) return false;
  if (AMOUNTS.some((field) => field !== 'minPct' && !isAmount(value[field]))) return false;
  const pct = value['minPct'];
  if (pct !== undefined && !(typeof pct === 'number' && pct >= 0 && pct <= 100)) return false;
  if (value['partnerDeviceId'] !== undefined && !isText(value['partnerDeviceId'])) return false;
  const beacons = value['beacons'];
  if (beacons !== undefined && !(Array.isArray(beacons) && beacons.every((b) => isText(b)))) return false;
  if (value['zone'] !== undefined && !isZone(value['zone'])) return false;
  if (value['weeks'] !== undefined && !isRising(value['weeks'])) return false;
  return value['active'] === undefined || isIntervals(value['active']);
}

const isRising = (value: unknown): boolean =>
  Array.isArray(value) && value.every((ms: unknown, i) => isWhole(ms) && (i === 0 || ms > (value[i - 1] as number)));

function isIntervals(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  let last = Number.NEGATIVE_INFINITY;
  for (const interval of value as readonly unknown[]) {
    if (!Array.isArray(interval) || interval.length !== 2 || !interval.every(isWhole)) return false;
    const [from, to] = interval as unknown as IntervalMs;
    if (from < last || to <= from) return false;
    last = to;
  }
  return true;
}

const isE7 = (value: unknown): value is number => isWhole(value) && Math.abs(value) <= 1_800_000_000;
const isFlat = (value: unknown, pointsMin: number): boolean =>
  Array.isArray(value) && value.length % 2 === 0 && value.length >= 2 * pointsMin && value.every(isE7);

/** `geo`'s recorded zone, as far as a fold depends on it. */
export function isZone(value: unknown): value is RecordedZone {
  if (!isObject(value) || value['v'] !== 1) return false;
  const { boxE7, scale } = value as { boxE7?: unknown; scale?: unknown };
  if (!Array.isArray(boxE7) || boxE7.length !== 4 || !boxE7.every((x) => isWhole(x) && Math.abs(x) <= 3_600_000_000))
    return false;
  if (!isObject(scale) || !isE7(scale['latE7'])) return false;
  if (!['eastPm', 'eastPmPerDegree', 'northPm', 'northPmPerDegree'].every((field) => isWhole(scale[field])))
    return false;
  switch (value['type']) {
    case 'circle':
      return (
        isFlat(value['centerE7'], 1) &&
        isWhole(value['radiusMm']) &&
        value['radiusMm'] > 0 &&
        value['radiusMm'] < TWO_31
      );
    case 'corridor':
      return (
        isFlat(value['lineE7'], 2) && isWhole(value['widthMm']) && value['widthMm'] > 0 && value['widthMm'] < TWO_31
      );
    case 'polygon':
      return (
        Array.isArray(value['partsE7']) &&
        value['partsE7'].length > 0 &&
        value['partsE7'].every(
          (part) => Array.isArray(part) && part.length > 0 && part.every((ring) => isFlat(ring, 3)),
        )
      );
    default:
      return false;
  }
}
