// From an order as the court wrote it to the order that the log records: zones in integers with their scale factors, schedules as UTC
// intervals with the passes taken out. Every problem names its field, and the vertex where there is one; nothing throws.
import { type BoxDegrees, type ZoneProblem, compileZone } from '@vigie/geo';
import {
  type Canton,
  type FieldError,
  type IntervalMs,
  type Json,
  type OrderInput,
  type RecordedDevice,
  type RecordedOrder,
  type RecordedRule,
  type Result,
  type RuleInput,
  RULE_KIND_SINCE,
  SHARED_ZONES_SINCE,
  SHIPPED_ESCALATION,
  fail,
  ok,
  orderInputSchema,
  parseRfc3339,
  withRuleIds,
} from '@vigie/model';
import { fieldErrors } from './field-path.ts';
import { freeTime } from './free-time.ts';
import { CantonHolidays, holidaysVersion } from './holidays.ts';
import { firstOverlap, union, without } from './interval-sets.ts';
import {
  type Calendar,
  INTERVALS_MAX,
  RECURRENCE_STEPS_MAX,
  type ScheduleEntry,
  entryIntervals,
  isTimeZone,
  tzdataVersion,
} from './schedule.ts';

export interface OrderOptions {
  readonly timezone: string;
  /** Whose public holidays count; absent: schedules that ask for holidays are refused. */
  readonly canton?: Canton | undefined;
  readonly devices: readonly Pick<RecordedDevice, 'deviceId' | 'role'>[];
  /** The revision this one replaces; 0 for the first. */
  readonly baseRevision: number;
  /** Where zones are expected; outside it is a warning. Absent = anywhere. */
  readonly validity?: BoxDegrees | undefined;
  /** The version of the rules in force; absent = all that this program knows. */
  readonly rulesVersion?: number | undefined;
  /** Whether there is a shared zone of that id; absent: there are none. */
  readonly hasSharedZone?: ((zoneId: string) => boolean) | undefined;
}

export interface Compiled<T> {
  readonly recorded: T;
  readonly warnings: readonly FieldError[];
}

export function compileOrder(input: unknown, options: OrderOptions): Result<Compiled<RecordedOrder>> {
  const parsed = orderInputSchema.safeParse(input);
  if (!parsed.success) return invalid(withRuleIds(fieldErrors(parsed.error, input), input));
  return compileParsedOrder(parsed.data, options);
}

export const invalid = (
  fields: readonly FieldError[],
): { readonly ok: false } & Extract<Result<never>, { ok: false }> =>
  fail('invalid-input', `${fields[0]?.field ?? ''} ${fields[0]?.reason ?? 'is not valid'}`.trim(), { fields });

export function compileParsedOrder(input: OrderInput, options: OrderOptions): Result<Compiled<RecordedOrder>> {
  const errors: FieldError[] = [];
  const warnings: FieldError[] = [];
  const fromMs = parseRfc3339(input.validFrom) ?? Number.NaN;
  const toMs = parseRfc3339(input.validTo) ?? Number.NaN;
  if (Number.isNaN(fromMs)) errors.push({ field: 'validFrom', reason: 'is not a date-time' });
  if (Number.isNaN(toMs)) errors.push({ field: 'validTo', reason: 'is not a date-time' });
  if (toMs <= fromMs) errors.push({ field: 'validTo', reason: 'must lie after validFrom' });
  if (!isTimeZone(options.timezone))
    errors.push({ field: 'timezone', reason: `'${options.timezone}' is not a known time zone` });
  if (errors.length > 0) return invalid(errors);

  const calendar: Calendar = {
    timezone: options.timezone,
    holidays: options.canton === undefined ? undefined : new CantonHolidays(options.canton),
    stepsLeft: RECURRENCE_STEPS_MAX,
  };
  const known = new Map<string, number>();
  const rules: RecordedRule[] = [];
  for (const [i, rule] of input.rules.entries()) {
    const field = `rules[${i}]`;
    const first = known.get(rule.ruleId);
    if (first === undefined) known.set(rule.ruleId, i);
    else errors.push({ field: `${field}.ruleId`, reason: `is the id of rules[${first}] too` });
    const since = RULE_KIND_SINCE[rule.kind] ?? 1;
    if (since > (options.rulesVersion ?? since))
      errors.push({
        field: `${field}.kind`,
        reason: `counts from version ${since} of the rules on; the sites still fold by ${options.rulesVersion}`,
      });
    rules.push(compileRule(rule, field, fromMs, toMs, options, calendar, errors, warnings));
  }
  for (const [i, rule] of input.rules.entries())
    if (rule.kind === 'free_time')
      rules[i] = freeTime(rule, `rules[${i}]`, rules[i] as RecordedRule, input, rules, {
        fromMs,
        toMs,
        calendar,
        errors,
        warnings,
      });
  if (errors.length > 0) return invalid(withRuleIds(errors, input));
  const order: RecordedOrder = {
    baseRevision: options.baseRevision,
    validFromMs: fromMs,
    validToMs: toMs,
    rules,
    escalation: {
      danger: input.escalation?.danger ?? SHIPPED_ESCALATION.danger,
      breach: input.escalation?.breach ?? SHIPPED_ESCALATION.breach,
      attention: input.escalation?.attention ?? SHIPPED_ESCALATION.attention,
    },
    input,
  };
  return ok({ recorded: order, warnings: withRuleIds(warnings, input) });
}

const milli = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1000);

function compileRule(
  rule: RuleInput,
  field: string,
  fromMs: number,
  toMs: number,
  options: OrderOptions,
  calendar: Calendar,
  errors: FieldError[],
  warnings: FieldError[],
): RecordedRule {
  const r: { -readonly [K in keyof RecordedRule]: RecordedRule[K] } = { ruleId: rule.ruleId, kind: rule.kind };
  const set = <K extends keyof RecordedRule>(name: K, value: RecordedRule[K] | undefined): void => {
    if (value !== undefined) r[name] = value;
  };
  switch (rule.kind) {
    case 'exclusion':
    case 'inclusion': {
      if (rule.zone.type === 'shared') {
        r.sharedZoneId = rule.zone.sharedZoneId;
        checkSharedZone(rule.zone.sharedZoneId, rule, `${field}.zone.sharedZoneId`, options, errors);
      } else {
        const compiled = compileZone(rule.zone, { validity: options.validity ?? null });
        for (const w of compiled.warnings) warnings.push(zoneError(`${field}.zone`, w));
        if (compiled.ok) r.zone = compiled.zone as unknown as Json;
        else for (const e of compiled.errors) errors.push(zoneError(`${field}.zone`, e));
      }
      set('bufferMm', milli(rule.bufferM));
      set('graceMs', milli(rule.graceS));
      set('dwellMs', milli(rule.dwellS));
      if (rule.kind === 'inclusion') set('beacons', rule.beacons);
      break;
    }
    case 'proximity': {
      checkPartner(rule, field, options, errors);
      r.partnerDeviceId = rule.partnerDeviceId;
      set('warnMm', milli(rule.warnM));
      set('alarmMm', milli(rule.alarmM));
      set('maxAgeMs', milli(rule.maxAgeS));
      break;
    }
    case 'silence':
      set('maxGapMs', milli(rule.maxGapS));
      break;
    case 'battery':
      r.minPct = rule.minPct;
      break;
    case 'tamper':
      break;
    case 'jamming':
      set('graceMs', milli(rule.graceS));
      break;
    case 'motion_without_fix':
      set('maxMs', milli(rule.maxS));
      break;
    case 'implausible':
      set('maxSpeedMmps', milli(rule.maxSpeedMps));
      break;
    case 'free_time':
      set('graceMs', milli(rule.graceS));
      break;
  }
  if (rule.schedule !== undefined || rule.passes !== undefined) {
    r.active = activeTimes(rule, field, fromMs, toMs, calendar, errors, warnings);
    r.tzdata = tzdataVersion();
    const asks = [...(rule.schedule ?? []), ...(rule.passes ?? [])].some((entry) => entry.holidays !== undefined);
    if (asks && options.canton !== undefined) r.holidays = holidaysVersion(options.canton);
  }
  return r;
}

function checkSharedZone(
  zoneId: string,
  { ruleId }: RuleInput,
  field: string,
  { hasSharedZone, rulesVersion = SHARED_ZONES_SINCE }: OrderOptions,
  errors: FieldError[],
): void {
  if (hasSharedZone?.(zoneId) !== true)
    errors.push({ field, reason: `'${zoneId}' is no shared zone (rule '${ruleId}')` });
  else if (rulesVersion < SHARED_ZONES_SINCE)
    errors.push({
      field,
      reason: `counts from version ${SHARED_ZONES_SINCE} of the rules on; the sites still fold by ${rulesVersion}`,
    });
}

function checkPartner(
  rule: Extract<RuleInput, { kind: 'proximity' }>,
  field: string,
  options: OrderOptions,
  errors: FieldError[],
): void {
  const partner = options.devices.find((d) => d.deviceId === rule.partnerDeviceId);
  if (partner === undefined)
    errors.push({ field: `${field}.partnerDeviceId`, reason: `'${rule.partnerDeviceId}' is no device of this case` });
  else if (partner.role === 'wearer')
    errors.push({ field: `${field}.partnerDeviceId`, reason: 'is the wearer: nobody can be their own partner' });
  if (rule.alarmM > rule.warnM) errors.push({ field: `${field}.alarmM`, reason: 'must not be larger than warnM' });
}

function activeTimes(
  rule: RuleInput,
  field: string,
  fromMs: number,
  toMs: number,
  calendar: Calendar,
  errors: FieldError[],
  warnings: FieldError[],
): readonly IntervalMs[] {
  const errorsBefore = errors.length;
  const scheduled =
    rule.schedule === undefined
      ? ([[fromMs, toMs]] as IntervalMs[])
      : listIntervals(rule.schedule, `${field}.schedule`, fromMs, toMs, calendar, errors).flat();
  const perPass = listIntervals(rule.passes ?? [], `${field}.passes`, fromMs, toMs, calendar, errors);
  if (errors.length > errorsBefore) return [];
  const owners = perPass.flatMap((list, i) => list.map(() => i));
  const passes = perPass.flat();
  const clash = firstOverlap(passes);
  if (clash !== undefined) {
    const [a, b] = [owners[clash[0]] as number, owners[clash[1]] as number];
    errors.push({ field: `${field}.passes[${b}]`, reason: a === b ? 'overlaps itself' : `overlaps passes[${a}]` });
  }
  const active = without(union(scheduled), union(passes));
  if (active.length > INTERVALS_MAX)
    errors.push({
      field: `${field}.schedule`,
      reason: `gives more than ${INTERVALS_MAX} intervals while the order is valid`,
    });
  if (active.length === 0) warnings.push({ field, reason: 'is never active while the order is valid' });
  return active;
}

const listIntervals = (
  entries: readonly ScheduleEntry[],
  field: string,
  fromMs: number,
  toMs: number,
  calendar: Calendar,
  errors: FieldError[],
): IntervalMs[][] => entries.map((entry, i) => entryIntervals(entry, calendar, fromMs, toMs, `${field}[${i}]`, errors));

/** `/coordinates/0` with vertex 17 becomes `rules[2].zone.coordinates[0][17]`. */
export function zoneError(field: string, problem: ZoneProblem): FieldError {
  const path = problem.path
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
  return {
    field: `${field}${path}${problem.vertex === undefined ? '' : `[${problem.vertex}]`}`,
    reason: problem.reason,
    code: problem.code,
    ...(problem.vertex === undefined ? {} : { vertex: problem.vertex }),
  };
}
