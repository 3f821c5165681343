// Schedules as people write them (local times, RRULE) become UTC intervals, once, when the order is recorded. Recurrence runs on local
// wall time; each start is then placed on the time line. Two product rules where the wall clock jumps: a start that does not exist
// begins as much later as the clock was put forward (02:30 -> 03:30), so that no curfew is lost; one that exists twice begins at the first.
// Days and weeks of a duration are calendar days, hours and minutes are exact (RFC 5545, 3.3.6).
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { type FieldError, type IntervalMs, isTimeZoneName } from '@vigie/model';
import type { CantonHolidays } from './holidays.ts';

/** Intervals of one rule: every day for 25 years, or every hour for a year. More is a slip of the pen. */
export const INTERVALS_MAX = 9_500;
/** Occurrences of one entry, also those before the validity of the order begins. */
const OCCURRENCES_MAX = 50_000;
/**
 * Steps of recurrence that all schedules of an order may take together: an order is compiled in one go, and while it is, the site does
 * nothing else. About two seconds.
 */
export const RECURRENCE_STEPS_MAX = 30_000;

/** Where an order's local times are, and how many steps are left to find them. */
export interface Calendar {
  readonly timezone: string;
  readonly holidays: CantonHolidays | undefined;
  stepsLeft: number;
}

export interface ScheduleEntry {
  readonly dtstart: string;
  readonly duration: string;
  readonly rrule?: string | undefined;
  readonly holidays?: 'only' | 'except' | undefined;
}

export function isTimeZone(name: string): boolean {
  // What a fold would not believe is not recorded.
  if (!isTimeZoneName(name)) return false;
  try {
    return Temporal.PlainDateTime.from('2026-01-01T00:00').toZonedDateTime(name).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** Version of the time zone data in this runtime. */
export const tzdataVersion = (): string => process.versions['tz'] ?? 'unknown';

/** Local starts of one entry, in order, until `isEnough` says so. Throws a RangeError on a rule that cannot be read. */
export function localStarts(
  entry: Pick<ScheduleEntry, 'dtstart' | 'rrule'>,
  timezone: string,
  take: (start: Temporal.PlainDateTime) => boolean,
  stepsMax = OCCURRENCES_MAX,
): void {
  const dtstart = Temporal.PlainDateTime.from(entry.dtstart);
  if (entry.rrule === undefined) {
    take(dtstart);
    return;
  }
  const text = usual(withLocalUntil(entry.rrule.replace(/^RRULE:/i, ''), timezone));
  // UTC as the zone of a rule makes its wall clock one without jumps.
  const rule = new RRuleTemporal({
    rruleString: `RRULE:${text}`,
    dtstart: dtstart.toZonedDateTime('UTC'),
    tzid: 'UTC',
    cache: false,
    maxIterations: stepsMax,
  });
  let taken = 0;
  try {
    rule.all((start) => {
      taken++;
      return take(Temporal.PlainDateTime.from(start.toString().slice(0, 19)));
    });
  } catch (cause) {
    // A rule of days or longer that gave nothing in 50,000 periods (30 February) never will; any other was cut short.
    const isCutShort = cause instanceof Error && /maximum iterations/i.test(cause.message);
    if (!isCutShort || taken > 0 || !/FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)/i.test(text)) throw cause;
  }
}

const ALL_DAYS = 'BYDAY=MO,TU,WE,TH,FR,SA,SU';

/**
 * Two places where RFC 5545 is read in more than one way, as most calendars read them: a week number alone means every day of that
 * week, and `1TU` counts only inside months and years; elsewhere it is `TU`.
 */
function usual(rrule: string): string {
  const isCounted = /FREQ=(YEARLY|MONTHLY)/i.test(rrule);
  const plain = isCounted
    ? rrule
    : rrule.replace(/BYDAY=([^;]*)/i, (_all, days: string) => `BYDAY=${days.replace(/[+-]?\d+/g, '')}`);
  return /BYWEEKNO=/i.test(plain) && !/BY(DAY|MONTHDAY|YEARDAY)=/i.test(plain) ? `${plain};${ALL_DAYS}` : plain;
}

/** UNTIL may be written in UTC, in local time, or as a day, which then counts whole; the rule runs on local time, called UTC. */
function withLocalUntil(rrule: string, timezone: string): string {
  return rrule.replace(
    /UNTIL=(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?(?=;|$)/i,
    (_all, y: string, mo: string, d: string, h = '23', mi = '59', s = '59', z = '') => {
      const time = `${y}-${mo}-${d}T${h}:${mi}:${s}`;
      const local =
        z === ''
          ? Temporal.PlainDateTime.from(time)
          : Temporal.Instant.from(`${time}Z`).toZonedDateTimeISO(timezone).toPlainDateTime();
      return `UNTIL=${local.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}Z`;
    },
  );
}

/** When a local time is, on the time line. */
export const instantOf = (local: Temporal.PlainDateTime, timezone: string): Temporal.ZonedDateTime =>
  local.toZonedDateTime(timezone, { disambiguation: 'compatible' });

/** The intervals of one entry that reach into [fromMs, toMs), cut to it. `field` names the entry in errors. */
export function entryIntervals(
  entry: ScheduleEntry,
  calendar: Calendar,
  fromMs: number,
  toMs: number,
  field: string,
  errors: FieldError[],
): IntervalMs[] {
  const { timezone, holidays } = calendar;
  const intervals: IntervalMs[] = [];
  if (/FREQ=(SECONDLY|MINUTELY)/i.test(entry.rrule ?? '')) {
    errors.push({
      field: `${field}.rrule`,
      reason: 'repeats more often than hourly: write one longer interval instead',
    });
    return [];
  }
  if (calendar.stepsLeft <= 0) {
    errors.push({
      field: `${field}.rrule`,
      reason: `the schedules of this order take more than ${RECURRENCE_STEPS_MAX} steps`,
    });
    return [];
  }
  if (entry.holidays !== undefined && holidays === undefined) {
    errors.push({ field: `${field}.holidays`, reason: 'needs the canton of the case' });
    return [];
  }
  let duration: Temporal.Duration;
  try {
    duration = Temporal.Duration.from(entry.duration);
  } catch {
    errors.push({ field: `${field}.duration`, reason: 'is not an ISO 8601 duration' });
    return [];
  }
  if (duration.sign <= 0) {
    errors.push({ field: `${field}.duration`, reason: 'must be longer than nothing' });
    return [];
  }
  let seen = 0;
  const take = (local: Temporal.PlainDateTime): boolean => {
    const start = instantOf(local, timezone);
    if (start.epochMilliseconds >= toMs) return false;
    const endMs = start.add(duration).epochMilliseconds;
    const counts =
      entry.holidays === undefined || (entry.holidays === 'only') === (holidays?.has(local.toPlainDate()) === true);
    if (counts && endMs > fromMs) intervals.push([Math.max(start.epochMilliseconds, fromMs), Math.min(endMs, toMs)]);
    return ++seen < OCCURRENCES_MAX && intervals.length <= INTERVALS_MAX;
  };
  try {
    localStarts(entry, timezone, take, Math.min(OCCURRENCES_MAX, calendar.stepsLeft));
    // A rule that gave nothing has walked through all its steps.
    calendar.stepsLeft -= entry.rrule !== undefined && seen === 0 ? RECURRENCE_STEPS_MAX : seen;
  } catch (cause) {
    calendar.stepsLeft = 0;
    const said = cause instanceof Error ? cause.message : String(cause);
    const isStart = entry.rrule === undefined || /plaindatetime|out of range/i.test(said);
    errors.push({ field: `${field}.${isStart ? 'dtstart' : 'rrule'}`, reason: `cannot be read: ${said}` });
    return [];
  }
  if (intervals.length > INTERVALS_MAX)
    errors.push({
      field: `${field}.rrule`,
      reason: `gives more than ${INTERVALS_MAX} intervals while the order is valid`,
    });
  else if (seen >= OCCURRENCES_MAX)
    errors.push({ field: `${field}.dtstart`, reason: `lies too far back: more than ${OCCURRENCES_MAX} occurrences` });
  return intervals;
}
