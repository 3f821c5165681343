// A case as a cantonal authority writes it, and as the log records it: zones in integers with
// their scale factors, schedules as UTC intervals, so that the fold needs neither trigonometry nor a calendar.
import { z } from 'zod';
import type { Json } from './canonical.ts';
import { ESCALATION_S_MAX, type Escalation, LADDER } from './escalation.ts';
import { isDeviceId } from './report-input.ts';
import { sharedZoneIdSchema } from './shared-zone-id.ts';

const ZONES_VERTICES_MAX = 10_000;
export const RULES_MAX = 100;
export const DEVICES_MAX = 16;

const finite = z.number().finite();
const lonLat = z
  .tuple([finite.min(-180).max(180), finite.min(-90).max(90)])
  .or(z.tuple([finite.min(-180).max(180), finite.min(-90).max(90), finite]));
const ring = z.array(lonLat).min(4).max(ZONES_VERTICES_MAX);
const shapes = [
  z.object({ type: z.literal('circle'), center: lonLat, radiusM: finite.positive().max(1_000_000) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1).max(1000) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1).max(1000)).min(1).max(1000) }),
  z.object({
    type: z.literal('corridor'),
    line: z.array(lonLat).min(2).max(ZONES_VERTICES_MAX),
    widthM: finite.positive().max(100_000),
  }),
] as const;
export const zoneSchema = z.discriminatedUnion('type', shapes);
export type ZoneInput = z.infer<typeof zoneSchema>;
/** A rule's own zone, or one that many orders use, as it is in force from moment to moment. */
const ruleZoneSchema = z.discriminatedUnion('type', [
  ...shapes,
  z.object({ type: z.literal('shared'), sharedZoneId: sharedZoneIdSchema }),
]);

/** Local date-times without offset in the case's time zone; RRULE as in RFC 5545. */
const scheduleSchema = z
  .array(
    z.object({
      dtstart: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, 'must be a local date-time without offset'),
      duration: z
        .string()
        .regex(/^P(?!$)(\d+W|(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+S)?)?)$/, 'must be an ISO 8601 duration'),
      rrule: z.string().max(500).optional(),
      /** Of the starts, those on public holidays of the case's canton alone, or all but those; absent = a holiday is a day like any other. */
      holidays: z.enum(['only', 'except']).optional(),
    }),
  )
  .min(1)
  .max(200);

const seconds = finite.min(0).max(30 * 86_400);
const common = {
  ruleId: z.string().min(1).max(64),
  schedule: scheduleSchema.optional(),
  /** One-off passes: while one runs, the rule is not active. */
  passes: scheduleSchema.optional(),
};
const place = {
  ...common,
  zone: ruleZoneSchema,
  bufferM: finite.min(0).max(100_000).optional(),
  graceS: seconds.optional(),
  dwellS: seconds.optional(),
};
export const ruleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exclusion'), ...place }),
  z.object({ kind: z.literal('inclusion'), ...place, beacons: z.array(z.string().min(1).max(64)).max(32).optional() }),
  z.object({
    kind: z.literal('proximity'),
    ...common,
    partnerDeviceId: z.string().min(1).max(64),
    warnM: finite.positive().max(1_000_000),
    alarmM: finite.positive().max(1_000_000),
    maxAgeS: seconds,
  }),
  z.object({ kind: z.literal('silence'), ...common, maxGapS: finite.positive().max(30 * 86_400) }),
  z.object({ kind: z.literal('battery'), ...common, minPct: finite.min(0).max(100) }),
  z.object({ kind: z.literal('tamper'), ...common }),
  z.object({ kind: z.literal('jamming'), ...common, graceS: seconds.optional() }),
  z.object({ kind: z.literal('motion_without_fix'), ...common, maxS: seconds.optional() }),
  z.object({ kind: z.literal('implausible'), ...common, maxSpeedMps: finite.positive().max(1_000_000).optional() }),
  z.object({
    kind: z.literal('free_time'),
    ...common,
    /** The inclusion rule whose zone and beacons are home: what its schedule and passes cover is duty, not free time. */
    inclusionRuleId: z.string().min(1).max(64),
    hoursPerWeek: finite.positive().max(168),
    /** A pre-alert once so many hours are left; default 1. */
    warnHours: finite.min(0).max(168).optional(),
    graceS: seconds.optional(),
  }),
]);
export type RuleInput = z.infer<typeof ruleSchema>;
export type RuleKind = RuleInput['kind'];
/** Kinds that the rules know from a later version than their first on: before it is in force an order that holds one is refused. */
export const RULE_KIND_SINCE: { readonly [kind in RuleKind]?: number } = { free_time: 3 };

export const MODES = ['passive', 'active', 'dynamic'] as const;
export type Mode = (typeof MODES)[number];

const instant = z.string().datetime({ offset: true });
const deviceSchema = z.object({
  deviceId: z.string().refine(isDeviceId, 'must be 1 to 64 visible ASCII characters'),
  role: z.enum(['wearer', 'protected']),
});

/** Whole seconds after the raising, one for each level, rising. */
const levels = z
  .array(z.number().int().min(1).max(ESCALATION_S_MAX))
  .max(LADDER.length)
  .refine((list) => list.every((s, i) => i === 0 || s > (list[i - 1] as number)), 'must rise from level to level');
/** Who is called, and when, while nobody acknowledges; a harm that is not named keeps the shipped times. */
const escalationSchema = z.object({
  danger: levels.optional(),
  breach: levels.optional(),
  attention: levels.optional(),
});

export const orderInputSchema = z.object({
  validFrom: instant,
  validTo: instant,
  rules: z.array(ruleSchema).min(1).max(RULES_MAX),
  escalation: escalationSchema.optional(),
});
export type OrderInput = z.infer<typeof orderInputSchema>;

export const CANTONS = [
  'ZH',
  'BE',
  'LU',
  'UR',
  'SZ',
  'OW',
  'NW',
  'GL',
  'ZG',
  'FR',
  'SO',
  'BS',
  'BL',
  'SH',
  'AR',
  'AI',
  'SG',
  'GR',
  'AG',
  'TG',
  'TI',
  'VD',
  'VS',
  'NE',
  'GE',
  'JU',
] as const;
export type Canton = (typeof CANTONS)[number];
/** `evaluate`'s case.json. */
export const caseInputSchema = z.object({
  caseId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters'),
  mode: z.enum(MODES),
  timezone: z.string().min(1).max(64),
  /** Whose public holidays schedules go by; default the authority's. */
  canton: z.enum(CANTONS).optional(),
  devices: z.array(deviceSchema).min(1).max(DEVICES_MAX),
  rules: z.array(ruleSchema).max(RULES_MAX),
  validFrom: instant,
  validTo: instant,
  escalation: escalationSchema.optional(),
});
export type CaseInput = z.infer<typeof caseInputSchema>;

/** The norms that a measure may rest on (FIELD section 1.1). */
export const LEGAL_BASES = ['StGB 79b', 'StGB 67b', 'StPO 237', 'ZGB 28c'] as const;

/** The body of `POST /v1/cases`. */
export const newCaseSchema = caseInputSchema.extend({
  authority: z.enum(CANTONS),
  legalBasis: z.enum(LEGAL_BASES),
  /** Shown to operators once there is an alarm; personal, sealed. */
  person: z.object({ name: z.string().min(1).max(200) }).optional(),
  collection: z.enum(['full', 'zone-relevant', 'presence']).optional(),
  /** Seconds that fix times may run ahead of log time (recorded tracks sent faster than they happened); default 60. */
  aheadS: finite
    .min(60)
    .max(3650 * 86_400)
    .optional(),
});
export type NewCase = z.infer<typeof newCaseSchema>;

/** A half-open interval of UTC milliseconds. */
export type IntervalMs = readonly [fromMs: number, toMs: number];

/** A rule as the log records it. Everything a decision needs, nothing that needs a calendar or trigonometry. */
export interface RecordedRule {
  readonly ruleId: string;
  readonly kind: RuleKind;
  /** `geo`'s recorded zone: integers of 1e-7 degree and its scale factors. */
  readonly zone?: Json;
  /** In its place: a shared zone, in the revision in force at each log time. */
  readonly sharedZoneId?: string;
  readonly bufferMm?: number;
  readonly graceMs?: number;
  readonly dwellMs?: number;
  /** When the rule is active, passes already taken out; sorted, disjoint, inside the order's validity. Absent = always while the order is valid. */
  readonly active?: readonly IntervalMs[];
  /** Version of the time zone data that made `active`. */
  readonly tzdata?: string;
  /** Which calendar of public holidays made `active`, where one was asked. */
  readonly holidays?: string;
  readonly beacons?: readonly string[];
  readonly partnerDeviceId?: string;
  readonly warnMm?: number;
  readonly alarmMm?: number;
  readonly maxAgeMs?: number;
  readonly maxGapMs?: number;
  readonly minPct?: number;
  readonly maxMs?: number;
  readonly maxSpeedMmps?: number;
  /** Free time of a week, and how much of it is left when the pre-alert begins. */
  readonly budgetMs?: number;
  readonly warnLeftMs?: number;
  /** Monday 00:00 in the case's time zone, of every week that the order touches, and the one after; rising. */
  readonly weeks?: readonly number[];
}

export interface RecordedOrder {
  /** 1, 2, 3, ... in the order of the fold. Checked there against `baseRevision` (L16). */
  readonly baseRevision: number;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly rules: readonly RecordedRule[];
  /** Seconds by level and harm. Absent: nobody is called (orders from before there was a ladder). */
  readonly escalation?: Escalation;
  /** The order as it was written, for people and for the next revision. */
  readonly input: OrderInput;
}

export interface RecordedDevice {
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
  /** SHA-256 (hex) of the device's token. */
  readonly tokenHash: string;
}

/** What a `case` entry carries, sealed. */
export interface RecordedCase {
  readonly caseId: string;
  readonly authority: Canton;
  readonly legalBasis: string;
  readonly mode: Mode;
  readonly timezone: string;
  /** Whose public holidays schedules go by; absent: the authority's. */
  readonly canton?: Canton;
  readonly person?: { readonly name: string };
  readonly collection: 'full' | 'zone-relevant' | 'presence';
  /** How far fix times may run ahead of log time before they count as wrong; absent = 60 s. For recorded tracks that are sent faster than they happened. */
  readonly aheadMs?: number;
  readonly devices: readonly RecordedDevice[];
  readonly order: RecordedOrder;
}
