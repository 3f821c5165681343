// Reports as devices send them, checked field by field. One bad report never costs a good one: each
// gets its own verdict, and the error names the field.
import { type FieldError, assert } from './errors.ts';
import { DEVICE_EVENTS, type DeviceEvent, type Report, eventBit } from './report.ts';
import { type FixTimeMs, degreesToE7 } from './units.ts';

/** Reports in one upload; more is answered 413, before anything is stored. A day of fixes at one every ten seconds. */
export const UPLOAD_REPORTS_MAX = 10_000;
/** Bytes of one upload's body; more is answered 413. */
export const UPLOAD_BYTES_MAX = 4_000_000;
const EVENTS_MAX = 32;
const BEACONS_MAX = 32;
const NAME_LENGTH_MAX = 64;
/** Fix times before this are refused: 2000-01-01, before any device of this kind existed. */
export const FIX_TIME_MS_MIN = 946_684_800_000;
/** A fix time may lie this far ahead of the site's clock; beyond, the report is refused and its raw bytes kept in quarantine. */
export const FIX_TIME_AHEAD_MS_MAX = 24 * 3_600_000;
/** Metres. A phone indoors has said more than 10 km; beyond the Earth's size it is not an accuracy. */
const ACCURACY_M_MAX = 4_000_000;

export type ReportVerdict =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly error: FieldError };

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|([+-])(\d{2}):(\d{2}))$/;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Milliseconds since the Unix epoch of an RFC 3339 date-time; fractions beyond milliseconds are cut off. Undefined = not one. */
export function parseRfc3339(text: string): FixTimeMs | undefined {
  const m = RFC3339.exec(text);
  if (m === null) return undefined;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const [hour, minute, second] = [Number(m[4]), Number(m[5]), Number(m[6])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined;
  const length = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > length) return undefined;
  const y = year - 1;
  const days =
    365 * year +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    1 -
    719_528 +
    (DAYS_BEFORE_MONTH[month - 1] ?? 0) +
    (leap && month > 2 ? 1 : 0) +
    (day - 1);
  const offsetMin = m[9] === undefined ? 0 : (m[9] === '-' ? -1 : 1) * (Number(m[10]) * 60 + Number(m[11]));
  const ms = Number((m[7] ?? '').padEnd(3, '0').slice(0, 3));
  return ((((days * 24 + hour) * 60 + minute - offsetMin) * 60 + second) * 1000 + ms) as FixTimeMs;
}

/**
 * Checks one report of an upload.
 * @param deviceId the authenticated device; a report may repeat it, and must then name the same
 * @param nowMs the site's clock, for the bound on fix times ahead; pass Infinity offline
 */
export function checkReport(input: unknown, deviceId: string, nowMs: number): ReportVerdict {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return bad('', 'must be an object');
  const o = input as Record<string, unknown>;
  if (o['deviceId'] !== undefined && o['deviceId'] !== deviceId)
    return bad('deviceId', 'is not the device of this upload');
  const at = typeof o['at'] === 'string' ? parseRfc3339(o['at']) : undefined;
  if (at === undefined) return bad('at', 'must be an RFC 3339 date-time, like 2026-11-22T08:30:00Z');
  if (at < FIX_TIME_MS_MIN) return bad('at', 'lies before the year 2000');
  if (at > nowMs + FIX_TIME_AHEAD_MS_MAX) return bad('at', 'lies more than 24 hours in the future');
  const report: { -readonly [K in keyof Report]: Report[K] } = { deviceId, at, events: 0 };

  if ((o['lat'] ?? null) !== null || (o['lon'] ?? null) !== null) {
    if (!isNumber(o['lat']) || o['lat'] < -90 || o['lat'] > 90) return bad('lat', 'must be a number from -90 to 90');
    if (!isNumber(o['lon']) || o['lon'] < -180 || o['lon'] > 180)
      return bad('lon', 'must be a number from -180 to 180');
    report.latE7 = degreesToE7(o['lat']);
    report.lonE7 = degreesToE7(o['lon']);
  }
  for (const field of NUMBER_FIELDS) {
    const value = o[field.name];
    if (value === undefined || value === null) continue;
    if (!isNumber(value) || value < field.min || value > field.max)
      return bad(field.name, `must be a number from ${field.min} to ${field.max}`);
    if (field.whole && !Number.isInteger(value)) return bad(field.name, 'must be a whole number');
    (report as Record<string, unknown>)[field.to] = field.wrap
      ? Math.round(value * field.scale) % field.wrap
      : Math.round(value * field.scale);
  }
  const events = readNames(o['events'], EVENTS_MAX);
  if (events === undefined) return bad('events', `must be a list of at most ${EVENTS_MAX} short names`);
  for (const name of events) {
    if ((DEVICE_EVENTS as readonly string[]).includes(name)) report.events |= eventBit(name as DeviceEvent);
    else report.otherEvents = [...(report.otherEvents ?? []), name];
  }
  const beacons = readNames(o['beacons'], BEACONS_MAX);
  if (beacons === undefined) return bad('beacons', `must be a list of at most ${BEACONS_MAX} short names`);
  if (beacons.length > 0) report.beacons = beacons;
  if (
    report.latE7 === undefined &&
    report.events === 0 &&
    report.otherEvents === undefined &&
    report.batteryPct === undefined &&
    report.beacons === undefined
  )
    return bad('lat', 'is missing, and the report says nothing else either');
  return { ok: true, report };
}

const NUMBER_FIELDS = [
  { name: 'seq', to: 'seq', min: 0, max: Number.MAX_SAFE_INTEGER, scale: 1, whole: true, wrap: 0 },
  { name: 'boot', to: 'boot', min: 0, max: 4_294_967_294, scale: 1, whole: true, wrap: 0 },
  { name: 'accuracyM', to: 'accuracyMm', min: 0, max: ACCURACY_M_MAX, scale: 1000, whole: false, wrap: 0 },
  { name: 'speedMps', to: 'speedMmps', min: 0, max: 4_000_000, scale: 1000, whole: false, wrap: 0 },
  { name: 'courseDeg', to: 'courseCdeg', min: 0, max: 360, scale: 100, whole: false, wrap: 36_000 },
  { name: 'altitudeM', to: 'altitudeCm', min: -12_000, max: 100_000, scale: 100, whole: false, wrap: 0 },
  { name: 'batteryPct', to: 'batteryPct', min: 0, max: 100, scale: 1, whole: false, wrap: 0 },
] as const;

const bad = (field: string, reason: string): ReportVerdict => ({ ok: false, error: { field, reason } });
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function readNames(value: unknown, max: number): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > max) return undefined;
  for (const name of value) {
    if (typeof name !== 'string' || name.length === 0 || name.length > NAME_LENGTH_MAX) return undefined;
  }
  return value as readonly string[];
}

/** A device id as this system takes it: 1 to 64 visible ASCII characters. */
export const isDeviceId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,64}$/.test(value);

assert(DEVICE_EVENTS.length <= 32, 'the events of a report fit 32 bits');
