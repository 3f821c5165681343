// Incidents, steps and events, as ../contract/incident.ts has them.
import { z } from '@hono/zod-openapi';
import { CHANNELS, LANES, RECEIPT_OUTCOMES, STATUSES } from '@vigie/model';
import type { EventPage, IncidentDetail, IncidentView, StepAnswer } from '../contract/incident.ts';
import { type Loose, site, instant, holder } from './basics.ts';

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
