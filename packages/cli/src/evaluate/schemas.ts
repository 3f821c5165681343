// JSON Schema of what evaluate reads and prints, from the same zod schemas that read the case.
import { DEVICE_EVENTS, LANES, STATUSES, caseInputSchema } from '@vigie/model';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });

const reportLine = z.object({
  deviceId: z.string().min(1).max(64),
  at: instant,
  seq: z.int().min(0).optional(),
  boot: z.int().min(0).max(4_294_967_294).optional(),
  lat: z.number().min(-90).max(90).nullish(),
  lon: z.number().min(-180).max(180).nullish(),
  accuracyM: z
    .number()
    .min(0)
    .nullish()
    .describe('metres that hold the true place with 68 %; absent = none recorded = 0'),
  speedMps: z.number().min(0).nullish(),
  courseDeg: z.number().min(0).max(360).nullish(),
  altitudeM: z.number().nullish(),
  batteryPct: z.number().min(0).max(100).nullish(),
  events: z
    .array(z.string().min(1).max(64))
    .max(32)
    .optional()
    .describe(`known ones: ${DEVICE_EVENTS.join(', ')}; others are kept`),
  beacons: z.array(z.string().min(1).max(64)).max(32).optional(),
  receivedAt: instant.optional().describe('log time; default: the running maximum of at'),
});

const transitionLine = z.object({
  type: z.literal('transition'),
  ruleId: z.string(),
  deviceId: z.string(),
  from: z.enum(['unknown', 'inside', 'outside', 'far', 'warn', 'near']),
  to: z.enum(['inside', 'outside', 'unknown', 'far', 'warn', 'near']),
  at: instant,
  fixIndex: z.int().describe('input line of the deciding report, counted from 0'),
});

const incidentLine = z.object({
  type: z.literal('incident'),
  incidentId: z.string(),
  ruleId: z.string(),
  kind: z.string(),
  openedAt: instant,
  closedAt: instant.optional(),
  lane: z.enum(LANES),
  status: z.enum([...STATUSES, 'refuted', 'withdrawn']),
  certainty: z.enum(['raised', 'withdrawn', 'refuted', 'explained']),
  signals: z.int(),
  reason: z.looseObject({
    rule: z.string(),
    kind: z.string(),
    version: z.int(),
    code: z.string(),
    fixes: z.array(z.looseObject({ deviceId: z.string(), atMs: z.int() })),
    values: z.record(z.string(), z.number()),
    sentence: z.string(),
  }),
});

const rejectedLine = z.object({
  type: z.literal('rejected'),
  line: z.int().min(1).describe('input line, counted from 1 as editors do'),
  field: z.string(),
  reason: z.string(),
});

const summaryLine = z.object({
  type: z.literal('summary'),
  reports: z.int().describe('lines that were applied'),
  duplicates: z.int(),
  rejected: z.int(),
  transitions: z.int(),
  incidents: z.int(),
  digest: z.string(),
});

export const outputLine = z.discriminatedUnion('type', [transitionLine, incidentLine, rejectedLine, summaryLine]);

export function evaluateSchemas(): Readonly<Record<'case' | 'report' | 'output', unknown>> {
  const schema = (of: z.ZodType): unknown => z.toJSONSchema(of, { io: 'input', unrepresentable: 'any' });
  return { case: schema(caseInputSchema), report: schema(reportLine), output: schema(outputLine) };
}
