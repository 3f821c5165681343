// What answers look like, for the OpenAPI document. The types are those of the contract; tests hold real answers against these.
import { CHANNELS, LANES, MODES, RECEIPT_OUTCOMES, SITES, STATUSES, SWITCHABLE } from '@vigie/model';
import { z } from '@hono/zod-openapi';
import type {
  CaseRuleSwitchesView,
  RuleSwitchesView,
  CaseDetail,
  CaseView,
  ClusterView,
  ErasureView,
  UnobservedView,
  MassSilenceView,
  EventPage,
  FieldProblem,
  IncidentDetail,
  IncidentView,
  KpiView,
  PositionView,
  PreviewView,
  Problem,
  SessionView,
  SharedZoneView,
  StepAnswer,
} from './contract.ts';
import { OPERATING_INCIDENT_KINDS } from './contract.ts';

/** Zod says `T | undefined` of what may be absent; JSON knows no difference. */
type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? {
        [K in keyof T]:
          | Loose<T[K]>
          | (undefined extends T[K] ? undefined : Record<never, never> extends Pick<T, K> ? undefined : never);
      }
    : T;

const site = z.enum(SITES);
const instant = z.iso.datetime().openapi({ example: '2026-11-22T08:30:00.000Z' });
const holder = z.object({ subject: z.string(), site: site.nullable(), at: instant });

export const fieldProblemSchema = z.object({
  field: z.string(),
  reason: z.string(),
  vertex: z.int().optional(),
  code: z.string().optional(),
}) satisfies z.ZodType<Loose<FieldProblem>>;

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:vigie:problem:invalid-input' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    fields: z.array(fieldProblemSchema).optional(),
    heldBy: holder.optional(),
    resumeFrom: z.string().optional(),
  })
  .openapi('Problem') satisfies z.ZodType<Loose<Problem>>;

export const incidentSchema = z
  .object({
    incidentId: z.string(),
    aliases: z.array(z.string()),
    caseId: z.string(),
    authority: z.string(),
    ruleId: z.string(),
    kind: z.string(),
    status: z.enum(STATUSES),
    certainty: z.enum(['early', 'confirmed', 'withdrawn', 'refuted']),
    lane: z.enum(LANES),
    priority: z.int(),
    openedAt: instant,
    closedAt: instant.nullable(),
    provisional: z.boolean(),
    alone: z.literal(true).optional(),
    step: z.int(),
    signals: z.int(),
    shelf: z.object({ until: instant, askedBy: z.string(), approvedBy: z.string().nullable() }).nullable(),
    place: z
      .object({ canton: z.string().nullable(), municipality: z.string().nullable(), boundaries: z.string() })
      .optional(),
    mayShelve: z.boolean(),
    heldBy: holder.nullable(),
    reason: z.object({
      ruleId: z.string(),
      ruleVersion: z.string(),
      code: z.string(),
      values: z.record(z.string(), z.number()).optional(),
      sentence: z.object({ fr: z.string(), de: z.string(), it: z.string(), en: z.string() }),
      text: z.string().optional(),
      fixes: z.array(
        z.object({
          deviceId: z.string(),
          at: instant,
          receivedAt: instant.optional(),
          lat: z.number().optional(),
          lon: z.number().optional(),
          accuracyM: z.number(),
          distanceM: z.number().optional(),
        }),
      ),
    }),
  })
  .openapi('Incident') satisfies z.ZodType<Loose<IncidentView>>;

const stepSchema = z
  .object({
    step: z.string(),
    kind: z.string(),
    at: instant,
    site: site.nullable(),
    by: z.string().nullable(),
    note: z.string().optional(),
    code: z.string().optional(),
    settled: z.boolean(),
    alone: z.literal(true).optional(),
  })
  .openapi('Step');

const deliverySchema = z
  .object({
    step: z.string(),
    receiver: z.string(),
    channel: z.enum(CHANNELS),
    site,
    turn: z.int(),
    at: instant,
    outcome: z.enum(['under_way', ...RECEIPT_OUTCOMES]),
    outcomeAt: instant.nullable(),
  })
  .openapi('Delivery');

export const incidentDetailSchema = incidentSchema
  .extend({
    steps: z.array(stepSchema),
    escalation: z.object({ level: z.int(), nextAt: instant.nullable() }).nullable(),
    deliveries: z.array(deliverySchema),
  })
  .openapi('IncidentDetail') satisfies z.ZodType<Loose<IncidentDetail>>;

export const stepAnswerSchema = z.union([
  z.object({ settled: z.literal(true), alone: z.literal(true).optional(), incident: incidentSchema }),
  z.object({ settled: z.literal(false), statusUrl: z.string(), incident: incidentSchema.optional() }),
]) satisfies z.ZodType<Loose<StepAnswer>>;

export const decisionSchema = z
  .object({
    entryId: z.string(),
    settled: z.boolean(),
    alone: z.literal(true).optional(),
    outcome: z.string(),
    reason: z.string().optional(),
  })
  .openapi('Decision');

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

export const eventPageSchema = z
  .object({
    events: z.array(
      z
        .object({
          specversion: z.literal('1.0'),
          id: z.string(),
          source: z.string(),
          type: z.string().openapi({ example: 'vigie.incident.early' }),
          subject: z.string(),
          time: instant,
          datacontenttype: z.literal('application/json'),
          data: z.object({ incident: incidentSchema.nullable(), step: stepSchema }),
        })
        .openapi('Event'),
    ),
    next: z.string(),
  })
  .openapi('EventPage') satisfies z.ZodType<Loose<EventPage>>;

export const sessionSchema = z
  .object({
    subject: z.string(),
    role: z.enum(['operator', 'sre', 'auditor', 'canton', 'device']),
    canton: z.string().nullable(),
  })
  .openapi('Session') satisfies z.ZodType<Loose<SessionView>>;

const perSite = <T extends z.ZodType>(of: T) => z.object({ noirmont: of, delemont: of });
const membership = {
  membership: z.enum(['member', 'leaving', 'left', 'retired']),
  alone: z.boolean(),
  generation: z.string(),
  rival: z.string().nullable(),
};
export const membershipSchema = z.object(membership).openapi('Membership');

const ruleOff = z.object({ rule: z.enum(SWITCHABLE), since: instant, by: z.array(z.string()), note: z.string() });
export const ruleSwitchesSchema = z
  .object({
    off: z.array(ruleOff),
    asked: z.array(
      z.object({
        id: z.string(),
        rule: z.enum(SWITCHABLE),
        off: z.boolean(),
        by: z.string(),
        note: z.string(),
        until: instant,
      }),
    ),
  })
  .openapi('RuleSwitches') satisfies z.ZodType<Loose<RuleSwitchesView>>;

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

export const clusterSchema = z
  .object({
    site,
    urls: perSite(z.string()),
    at: instant,
    peer: z.object({
      site,
      joined: z.boolean(),
      reachable: z.boolean(),
      lagMs: z.number().nullable(),
      left: z.boolean(),
    }),
    ...membership,
    watermarkAgeMs: perSite(z.number().nullable()),
    settledBehindMs: z.number(),
    newestReportAgeMs: perSite(z.number().nullable()),
    digest: z.object({ position: z.string(), value: z.string(), equal: z.boolean().nullable() }).nullable(),
    epochs: z.array(
      z.object({
        site,
        epoch: z.string(),
        admitted: z.boolean(),
        running: z.boolean(),
        partition: z.int().optional(),
      }),
    ),
    duties: z.array(z.string()),
    unobservedDevices: z.int(),
    clockSkewMs: z.number().nullable(),
    logFormat: z.string(),
    rulesOff: z.array(ruleOff),
    incidents: z.array(z.object({ kind: z.enum(OPERATING_INCIDENT_KINDS), since: instant, detail: z.string() })),
  })
  .openapi('Cluster') satisfies z.ZodType<Loose<ClusterView>>;

export const kpiSchema = z
  .object({
    profile: z.string(),
    from: instant,
    to: instant,
    clocks: z.array(
      z.object({
        name: z.string(),
        until: z.enum(['acknowledged', 'resolved']),
        kinds: z.array(z.string()),
        incidents: z.int(),
        answered: z.int(),
        medianS: z.number().nullable(),
        maxS: z.number().nullable(),
        thresholds: z.array(
          z.object({
            withinS: z.number(),
            goal: z.number(),
            within: z.int(),
            of: z.int(),
            share: z.number().nullable(),
            ok: z.boolean(),
          }),
        ),
      }),
    ),
  })
  .openapi('Kpi') satisfies z.ZodType<Loose<KpiView>>;

export const unobservedSchema = z
  .object({
    site: site.nullable(),
    since: instant.nullable(),
    count: z.int(),
    tasks: z.int(),
    devices: z.array(
      z.object({
        caseId: z.string(),
        deviceId: z.string(),
        role: z.enum(['wearer', 'protected']),
        lastReportAt: instant,
        limitS: z.number().nullable(),
        task: z.boolean(),
      }),
    ),
  })
  .openapi('Unobserved') satisfies z.ZodType<Loose<UnobservedView>>;

export const massSilenceSchema = z
  .object({
    massSilenceId: z.string().nullable(),
    since: instant.nullable(),
    count: z.int(),
    standAlone: z.int(),
    devices: z.array(
      z.object({
        caseId: z.string(),
        deviceId: z.string(),
        role: z.enum(['wearer', 'protected']),
        incidentIds: z.array(z.string()),
        openedAt: instant,
        standsAlone: z.boolean(),
      }),
    ),
  })
  .openapi('MassSilence') satisfies z.ZodType<Loose<MassSilenceView>>;

export const erasureSchema = z
  .object({
    measure: z.string(),
    authority: z.string().nullable(),
    legalBasis: z.string().nullable(),
    legalDate: instant.nullable(),
    status: z.enum(['due', 'erased', 'certified']),
    erasedAt: instant.nullable(),
    keyDestroyedAt: z.object({ noirmont: instant.nullable(), delemont: instant.nullable() }),
  })
  .openapi('Erasure') satisfies z.ZodType<Loose<ErasureView>>;

export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
