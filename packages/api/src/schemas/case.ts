// Cases, as ../contract/case.ts has them.
import { z } from '@hono/zod-openapi';
import { MODES } from '@vigie/model';
import type {
  CaseDetail,
  CaseRuleSwitchesView,
  CaseView,
  PositionView,
  PreviewView,
  SharedZoneView,
} from '../contract/case.ts';
import { type Loose, site, instant, fieldProblemSchema } from './basics.ts';

const lonLat = z.tuple([z.number(), z.number()]).openapi({ type: 'array', items: { type: 'number' }, minItems: 2 });

const zone = z.union([
  z.object({ type: z.literal('circle'), center: lonLat, radiusM: z.number() }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(lonLat)) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(z.array(lonLat))) }),
  z.object({ type: z.literal('corridor'), line: z.array(lonLat), widthM: z.number() }),
]);

export const sharedZoneSchema = z
  .object({
    zoneId: z.string(),
    name: z.string(),
    authority: z.string(),
    revision: z.int(),
    zone,
    at: instant,
    by: z.string(),
  })
  .openapi('SharedZone') satisfies z.ZodType<Loose<SharedZoneView>>;

export const previewSchema = z
  .object({
    days: z.number(),
    reports: z.int(),
    weeksMoved: z.int(),
    alarmsPerDay: z.number(),
    rules: z.array(
      z.object({
        ruleId: z.string(),
        kind: z.string(),
        incidents: z.int(),
        perDay: z.number(),
        longestS: z.number().nullable(),
      }),
    ),
    coverage: z.object({ share: z.number(), longestS: z.number(), reports: z.int() }),
    leadTimes: z.array(
      z.object({
        ruleId: z.string(),
        alarms: z.int(),
        tooSoon: z.int(),
        shortestS: z.number(),
        bufferS: z.object({ onFoot: z.number(), byCar: z.number() }),
      }),
    ),
    limits: z.object({ alarmsPerDay: z.number(), coverageShare: z.number() }),
    concerns: z.array(z.string()),
    warnings: z.array(fieldProblemSchema),
  })
  .openapi('Preview') satisfies z.ZodType<Loose<PreviewView>>;

export const caseSchema = z
  .object({
    caseId: z.string(),
    authority: z.string(),
    legalBasis: z.string(),
    mode: z.enum(MODES),
    state: z.enum(['pending', 'active', 'ended']),
    validFrom: instant,
    validTo: instant.nullable(),
    openIncidents: z.int(),
  })
  .openapi('Case') satisfies z.ZodType<Loose<CaseView>>;

export const caseDetailSchema = caseSchema
  .extend({
    revision: z.int(),
    timezone: z.string().optional(),
    person: z.object({ name: z.string() }).optional(),
    devices: z.array(
      z.object({
        deviceId: z.string(),
        role: z.enum(['wearer', 'protected']),
        lastFixAt: instant.nullable(),
        lastReceivedAt: instant.nullable(),
        batteryPct: z.number().optional(),
      }),
    ),
    rules: z.array(
      z.object({
        ruleId: z.string(),
        kind: z.string(),
        zone: zone.optional(),
        sharedZoneId: z.string().optional(),
        zoneName: z.string().optional(),
        bufferM: z.number().optional(),
        graceS: z.number().optional(),
        dwellS: z.number().optional(),
        activeNow: z.boolean().optional(),
        freeTime: z.object({ budgetS: z.number(), usedS: z.number(), weekEndsAt: instant }).optional(),
      }),
    ),
  })
  .openapi('CaseDetail') satisfies z.ZodType<Loose<CaseDetail>>;

export const positionSchema = z
  .object({
    deviceId: z.string(),
    caseId: z.string(),
    role: z.enum(['wearer', 'protected']),
    at: instant,
    receivedAt: instant,
    lat: z.number(),
    lon: z.number(),
    accuracyM: z.number(),
    batteryPct: z.number().optional(),
    site,
  })
  .openapi('Position') satisfies z.ZodType<Loose<PositionView>>;

export const caseRuleSwitchesSchema = z
  .object({
    off: z.array(
      z.object({ ruleId: z.string(), since: instant, until: instant, by: z.array(z.string()), note: z.string() }),
    ),
    asked: z.array(
      z.object({
        id: z.string(),
        ruleId: z.string(),
        off: z.boolean(),
        offUntil: instant.optional(),
        by: z.string(),
        note: z.string(),
        until: instant,
      }),
    ),
  })
  .openapi('CaseRuleSwitches') satisfies z.ZodType<Loose<CaseRuleSwitchesView>>;
