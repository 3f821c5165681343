// The order form as people fill it in: text as typed, so that nothing is lost while it is still wrong. What it says in the API's words is
// made by `order-text.ts`.
import type { OrderText, RuleText, ZoneText } from '@vigie/api/contract';
import { localOf } from '../i18n/local-time.ts';
import { PARAMETERS, type RuleKind, isKind, typedOf } from './rule-kinds.ts';
import { type SpanDraft, spanOf } from './spans.ts';
import { exactLine, textOf } from './zone-text.ts';

export interface ZoneDraft {
  readonly shape: 'circle' | 'area' | 'corridor' | 'shared';
  readonly center: string;
  readonly radiusM: string;
  /** Of an area or a corridor: points or GeoJSON. */
  readonly points: string;
  readonly widthM: string;
  readonly sharedZoneId: string;
}

export interface RuleDraft {
  /** For this page alone: rules are moved and renamed while they are edited. */
  readonly key: number;
  readonly kind: RuleKind;
  readonly ruleId: string;
  readonly values: Readonly<Record<string, string>>;
  readonly zone: ZoneDraft;
  readonly partnerDeviceId: string;
  readonly inclusionRuleId: string;
  readonly beacons: string;
  readonly schedule: readonly SpanDraft[];
  readonly passes: readonly SpanDraft[];
  /** Parameters newer than this page: carried over as they are. */
  readonly more: Readonly<Record<string, unknown>>;
}

export interface DeviceDraft {
  readonly key: number;
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
}

/** Who and what the measure is; fixed once the case is recorded. */
export interface CaseDraft {
  readonly caseId: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly mode: 'passive' | 'active' | 'dynamic';
  readonly timezone: string;
  readonly person: string;
  readonly devices: readonly DeviceDraft[];
}

export interface OrderDraft {
  readonly case: CaseDraft;
  readonly validFrom: string;
  readonly validTo: string;
  readonly rules: readonly RuleDraft[];
  /** Carried over as they are: rules of kinds newer than this page, the ladder, and the seconds of a validity that nobody touches. */
  readonly kept: Pick<OrderText, 'rules'> & Partial<Pick<OrderText, 'validFrom' | 'validTo' | 'escalation'>>;
}

let keys = 0;
export const newKey = (): number => ++keys;

const emptyZone: ZoneDraft = {
  shape: 'circle',
  center: '',
  radiusM: '300',
  points: '',
  widthM: '50',
  sharedZoneId: '',
};

export function newRule(kind: RuleKind, taken: readonly string[]): RuleDraft {
  let n = 1;
  while (taken.includes(`${kind}-${n}`)) n++;
  const starts = PARAMETERS[kind].flatMap((parameter) =>
    'start' in parameter ? [[parameter.name, parameter.start] as const] : [],
  );
  return {
    key: newKey(),
    kind,
    ruleId: `${kind}-${n}`,
    values: Object.fromEntries(starts),
    zone: emptyZone,
    partnerDeviceId: '',
    inclusionRuleId: '',
    beacons: '',
    schedule: [],
    passes: [],
    more: {},
  };
}

const MEASURE_DAYS = 180;

/** A new measure begins with what every measure has: the bracelet is on, it is heard, it has power. */
export function emptyOrder(nowMs: number, canton: string | null): OrderDraft {
  return {
    case: {
      caseId: '',
      authority: canton ?? '',
      legalBasis: '',
      mode: 'active',
      timezone: 'Europe/Zurich',
      person: '',
      devices: [{ key: newKey(), deviceId: '', role: 'wearer' }],
    },
    validFrom: localOf(nowMs),
    validTo: localOf(nowMs + MEASURE_DAYS * 86_400_000),
    rules: (['tamper', 'silence', 'battery'] as const).map((kind) => newRule(kind, [])),
    kept: { rules: [] },
  };
}

export function draftOf(known: CaseDraft, order: OrderText): OrderDraft {
  return {
    case: known,
    validFrom: localOf(order.validFrom, known.timezone),
    validTo: localOf(order.validTo, known.timezone),
    rules: order.rules.flatMap((rule) => (isKind(rule.kind) ? [ruleDraftOf(rule, rule.kind)] : [])),
    kept: { ...order, rules: order.rules.filter(({ kind }) => !isKind(kind)) },
  };
}

function ruleDraftOf(rule: RuleText, kind: RuleKind): RuleDraft {
  const values = PARAMETERS[kind].flatMap((parameter) => {
    const written = rule[parameter.name];
    return typeof written === 'number' ? [[parameter.name, typedOf(parameter, written)] as const] : [];
  });
  const known: Readonly<Record<string, string>> = Object.fromEntries(values);
  const text = (name: string): string => {
    const value = rule[name];
    return typeof value === 'string' ? value : '';
  };
  const { beacons } = rule;
  return {
    key: newKey(),
    kind,
    ruleId: rule.ruleId,
    values: known,
    zone: zoneDraftOf(rule.zone),
    partnerDeviceId: text('partnerDeviceId'),
    inclusionRuleId: text('inclusionRuleId'),
    beacons: Array.isArray(beacons) ? beacons.join(', ') : '',
    schedule: (rule.schedule ?? []).map(spanOf),
    passes: (rule.passes ?? []).map(spanOf),
    more: Object.fromEntries(Object.entries(rule).filter(([name]) => !SHOWN.has(name) && !(name in known))),
  };
}

/** Of every rule, in fields of their own. */
const SHOWN: ReadonlySet<string> = new Set([
  'ruleId',
  'kind',
  'zone',
  'schedule',
  'passes',
  'partnerDeviceId',
  'inclusionRuleId',
  'beacons',
]);

function zoneDraftOf(zone: ZoneText | undefined): ZoneDraft {
  if (zone === undefined) return emptyZone;
  switch (zone.type) {
    case 'circle':
      return { ...emptyZone, shape: 'circle', center: exactLine(zone.center), radiusM: String(zone.radiusM) };
    case 'Polygon':
    case 'MultiPolygon':
      return { ...emptyZone, shape: 'area', points: textOf(zone) };
    case 'corridor':
      return {
        ...emptyZone,
        shape: 'corridor',
        points: zone.line.map(exactLine).join('\n'),
        widthM: String(zone.widthM),
      };
    case 'shared':
      return { ...emptyZone, shape: 'shared', sharedZoneId: zone.sharedZoneId };
  }
}
