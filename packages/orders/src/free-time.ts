// Free time as an authority writes it (hours a week beside an inclusion rule) becomes a rule of its own: the zone and beacons of that
// rule, the times that neither its schedule nor its passes cover, and the beginnings of the weeks in the case's time zone.
import type { FieldError, IntervalMs, OrderInput, RecordedRule, RuleInput } from '@vigie/model';
import { Temporal } from 'temporal-polyfill';
import { union, without } from './interval-sets.ts';
import { type Calendar, INTERVALS_MAX, entryIntervals, tzdataVersion } from './schedule.ts';

/** 25 years, as with schedules. */
const WEEKS_MAX = 1_305;
const HOUR_MS = 3_600_000;
const WARN_HOURS = 1;

interface Times {
  readonly fromMs: number;
  readonly toMs: number;
  readonly calendar: Calendar;
  readonly errors: FieldError[];
  readonly warnings: FieldError[];
}

/** `own`: the rule compiled like any other, with the times of its own schedule; `rules`: all of the order, in its turn. */
export function freeTime(
  rule: Extract<RuleInput, { kind: 'free_time' }>,
  field: string,
  own: RecordedRule,
  input: OrderInput,
  rules: readonly RecordedRule[],
  times: Times,
): RecordedRule {
  const { fromMs, toMs, calendar, errors, warnings } = times;
  const home = input.rules.findIndex((other) => other.ruleId === rule.inclusionRuleId);
  const inclusion = input.rules[home];
  if (inclusion?.kind !== 'inclusion') {
    const reason = `'${rule.inclusionRuleId}' is no inclusion rule of this order`;
    errors.push({ field: `${field}.inclusionRuleId`, reason });
    return own;
  }
  if (rule.warnHours !== undefined && rule.warnHours > rule.hoursPerWeek)
    errors.push({ field: `${field}.warnHours`, reason: 'must not be larger than hoursPerWeek' });
  const weeks = weeksOf(fromMs, toMs, calendar.timezone);
  if (weeks.length > WEEKS_MAX)
    errors.push({ field: 'validTo', reason: 'an order with free time lasts 25 years at most' });
  // What its own rule or that of home has wrong has been said.
  if (errors.length > 0) return own;
  const recorded = rules[home] as RecordedRule;
  const passes = (inclusion.passes ?? []).flatMap((entry, i) =>
    entryIntervals(entry, calendar, fromMs, toMs, `rules[${home}].passes[${i}]`, errors),
  );
  const duty = union([...(recorded.active ?? [[fromMs, toMs] as IntervalMs]), ...passes]);
  const active = without(own.active ?? [[fromMs, toMs]], duty);
  if (active.length === 0)
    warnings.push({ field, reason: 'leaves no free time: it is never active while the order is valid' });
  if (active.length > INTERVALS_MAX)
    errors.push({
      field: `${field}.schedule`,
      reason: `gives more than ${INTERVALS_MAX} intervals while the order is valid`,
    });
  return {
    ...own,
    ...(recorded.zone === undefined ? {} : { zone: recorded.zone }),
    ...(recorded.sharedZoneId === undefined ? {} : { sharedZoneId: recorded.sharedZoneId }),
    ...(recorded.beacons === undefined ? {} : { beacons: recorded.beacons }),
    active,
    tzdata: tzdataVersion(),
    ...(recorded.holidays === undefined ? {} : { holidays: recorded.holidays }),
    budgetMs: Math.round(rule.hoursPerWeek * HOUR_MS),
    warnLeftMs: Math.round(Math.min(rule.warnHours ?? WARN_HOURS, rule.hoursPerWeek) * HOUR_MS),
    weeks,
  };
}

/** Monday 00:00 local time, from the week of `fromMs` to the first that begins at or after `toMs`; one more than WEEKS_MAX at most. */
function weeksOf(fromMs: number, toMs: number, timezone: string): number[] {
  const day = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timezone).toPlainDate();
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const weeks: number[] = [];
  while ((weeks.at(-1) ?? Number.NEGATIVE_INFINITY) < toMs && weeks.length <= WEEKS_MAX)
    weeks.push(monday.add({ weeks: weeks.length }).toZonedDateTime(timezone).epochMilliseconds);
  return weeks;
}
