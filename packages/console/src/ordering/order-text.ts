// From the form to the order in the API's words. What is missing or cannot be read is said with the same paths that the API uses, so that
// one place beside each field shows both.
import type { FieldProblem, NewCaseText, OrderText, RuleText, ZoneText } from '@vigie/api/contract';
import { instantOf, localOf } from '../i18n/local-time.ts';
import type { OrderDraft, RuleDraft, ZoneDraft } from './draft.ts';
import { PARAMETERS, type Parameter, hasZone, writtenOf } from './rule-kinds.ts';
import { type SpanDraft, spanTextOf } from './spans.ts';
import { readPoint, readZone, ringOf } from './zone-text.ts';

/** Codes of this form's own problems; the API's come beside them. */
export type FormCode =
  | 'missing'
  | 'number'
  | 'time'
  | 'order_of_times'
  | 'point'
  | 'bad_line'
  | 'bad_json'
  | 'bad_geometry'
  | 'twice'
  | 'days'
  | 'duration';

export interface Written {
  readonly order: OrderText;
  /** Of a new measure, the whole body. */
  readonly newCase: NewCaseText;
  readonly problems: readonly FieldProblem[];
}

/** Collects what the form itself finds. The reason is for readers of the API only: the page says it by its code. */
class Problems {
  readonly found: FieldProblem[] = [];
  add(field: string, code: FormCode, vertex?: number): void {
    this.found.push({ field, code, reason: code, ...(vertex === undefined ? {} : { vertex }) });
  }
}

export function orderTextOf(draft: OrderDraft, isNew: boolean): Written {
  const problems = new Problems();
  const { timezone } = draft.case;
  const time = (field: 'validFrom' | 'validTo'): string => {
    const before = draft.kept[field];
    if (before !== undefined && localOf(before, timezone) === draft[field]) return before;
    const at = instantOf(draft[field], timezone);
    if (at === null) problems.add(field, draft[field] === '' ? 'missing' : 'time');
    return at ?? '';
  };
  const [validFrom, validTo] = [time('validFrom'), time('validTo')];
  if (Date.parse(validFrom) >= Date.parse(validTo)) problems.add('validTo', 'order_of_times');
  const rules = draft.rules.map((rule, i) => ruleTextOf(rule, `rules[${i}]`, problems));
  for (const [i, { ruleId }] of draft.rules.entries())
    if (draft.rules.findIndex((other) => other.ruleId === ruleId) < i) problems.add(`rules[${i}].ruleId`, 'twice');
  const { escalation } = draft.kept;
  const order = {
    validFrom,
    validTo,
    rules: [...rules, ...draft.kept.rules],
    ...(escalation === undefined ? {} : { escalation }),
  };
  const newCase = { ...caseTextOf(draft, isNew ? problems : new Problems()), ...order };
  return { order, newCase, problems: problems.found };
}

function caseTextOf(draft: OrderDraft, problems: Problems): Omit<NewCaseText, keyof OrderText> {
  const { caseId, authority, legalBasis, mode, timezone, person, devices } = draft.case;
  const needed = (field: string, value: string): string => {
    if (value.trim() === '') problems.add(field, 'missing');
    return value.trim();
  };
  return {
    caseId: needed('caseId', caseId),
    authority: needed('authority', authority),
    legalBasis: needed('legalBasis', legalBasis),
    mode,
    timezone,
    devices: devices.map(({ deviceId, role }, i) => {
      const id = needed(`devices[${i}].deviceId`, deviceId);
      if (id !== '' && devices.findIndex((other) => other.deviceId.trim() === id) < i)
        problems.add(`devices[${i}].deviceId`, 'twice');
      return { deviceId: id, role };
    }),
    ...(person.trim() === '' ? {} : { person: { name: person.trim() } }),
  };
}

function ruleTextOf(rule: RuleDraft, field: string, problems: Problems): RuleText {
  const { kind, schedule, passes } = rule;
  const ruleId = rule.ruleId.trim();
  if (ruleId === '') problems.add(`${field}.ruleId`, 'missing');
  const values: Record<string, unknown> = {};
  for (const parameter of PARAMETERS[kind] as readonly Parameter[]) {
    const typed = (rule.values[parameter.name] ?? '').trim();
    if (typed === '') {
      if (parameter.required === true) problems.add(`${field}.${parameter.name}`, 'missing');
      continue;
    }
    const value = writtenOf(parameter, typed);
    if (value === null) problems.add(`${field}.${parameter.name}`, 'number');
    else values[parameter.name] = value;
  }
  const chosen = (name: 'partnerDeviceId' | 'inclusionRuleId') => {
    if (rule[name] === '') problems.add(`${field}.${name}`, 'missing');
    values[name] = rule[name];
  };
  if (kind === 'proximity') chosen('partnerDeviceId');
  if (kind === 'free_time') chosen('inclusionRuleId');
  const beacons = rule.beacons.split(/[\s,;]+/).filter((name) => name !== '');
  if (kind === 'inclusion' && beacons.length > 0) values['beacons'] = beacons;
  const zone = hasZone(kind) ? zoneOf(rule.zone, `${field}.zone`, problems) : undefined;
  return {
    ...rule.more,
    ruleId,
    kind,
    ...values,
    ...(zone === undefined ? {} : { zone }),
    ...(schedule.length === 0 ? {} : { schedule: spansOf(schedule, `${field}.schedule`, problems) }),
    ...(passes.length === 0 ? {} : { passes: spansOf(passes, `${field}.passes`, problems) }),
  };
}

const spansOf = (spans: readonly SpanDraft[], field: string, problems: Problems): NonNullable<RuleText['schedule']> =>
  spans.flatMap((span, i) => {
    const read = spanTextOf(span);
    if ('text' in read) return [read.text];
    const codes = { start: 'time', duration: 'duration', days: 'days', rrule: 'missing' } as const;
    problems.add(`${field}[${i}]`, codes[read.problem]);
    return [];
  });

/** Undefined: it cannot be drawn yet, and `problems` say why. */
function zoneOf(zone: ZoneDraft, field: string, problems: Pick<Problems, 'add'>): ZoneText | undefined {
  const number = (name: 'radiusM' | 'widthM'): number => {
    const value = writtenOf({ factor: 1 }, zone[name].trim());
    if (value === null) problems.add(`${field}.${name}`, zone[name].trim() === '' ? 'missing' : 'number');
    return value ?? 0;
  };
  switch (zone.shape) {
    case 'shared':
      if (zone.sharedZoneId === '') problems.add(`${field}.sharedZoneId`, 'missing');
      return { type: 'shared', sharedZoneId: zone.sharedZoneId };
    case 'circle': {
      const center = readPoint(zone.center);
      if (center === null) problems.add(`${field}.center`, zone.center.trim() === '' ? 'missing' : 'point');
      const radiusM = number('radiusM');
      return center === null ? undefined : { type: 'circle', center, radiusM };
    }
    case 'corridor': {
      const read = readZone(zone.points, 'corridor');
      if (read.kind !== 'points') sayUnread(read, `${field}.line`, problems);
      const widthM = number('widthM');
      return read.kind === 'points' ? { type: 'corridor', line: read.points, widthM } : undefined;
    }
    case 'area': {
      const read = readZone(zone.points, 'area');
      if (read.kind === 'zone') return read.zone;
      if (read.kind === 'points') return { type: 'Polygon', coordinates: [ringOf(read.points)] };
      sayUnread(read, `${field}.coordinates`, problems);
      return undefined;
    }
  }
}

function sayUnread(
  read: Exclude<ReturnType<typeof readZone>, { kind: 'points' }>,
  field: string,
  problems: Pick<Problems, 'add'>,
): void {
  if (read.kind === 'empty') return problems.add(field, 'missing');
  if (read.kind === 'zone') return problems.add(field, 'bad_geometry');
  const codes = { line: 'bad_line', json: 'bad_json', geometry: 'bad_geometry' } as const;
  problems.add(field, codes[read.why], read.line === undefined ? undefined : read.line - 1);
}

/** For drawing: what can be drawn of it now. */
export const drawnZone = (zone: ZoneDraft): ZoneText | undefined => zoneOf(zone, '', { add: () => undefined });
