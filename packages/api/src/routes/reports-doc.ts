// Uploads of devices are taken by `ingest`, before a request gets here; the document describes them all the same.
import { UPLOAD_BYTES_MAX, UPLOAD_REPORTS_MAX } from '@vigie/model';
import { z } from '@hono/zod-openapi';
import { PROBLEM_RESPONSE, type Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';

const report = z
  .object({
    deviceId: z.string().optional(),
    seq: z.int().min(0).optional(),
    boot: z.int().min(0).optional(),
    at: z.iso.datetime({ offset: true }),
    lat: z.number().min(-90).max(90).optional(),
    lon: z.number().min(-180).max(180).optional(),
    accuracyM: z.number().min(0).optional(),
    speedMps: z.number().min(0).optional(),
    courseDeg: z.number().min(0).max(360).optional(),
    altitudeM: z.number().optional(),
    batteryPct: z.number().min(0).max(100).optional(),
    events: z.array(z.string()).optional(),
    beacons: z.array(z.string()).optional(),
  })
  .openapi('Report');

const answer = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.object({ index: z.int(), field: z.string(), reason: z.string() })),
  durable: z.enum(['both', 'site']),
  alone: z.literal(true).optional(),
  position: z.string(),
});

export function describeReports({ app }: Router): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/v1/reports',
    summary: `A device's upload, at most ${UPLOAD_REPORTS_MAX} reports and ${UPLOAD_BYTES_MAX} bytes. One bad report never costs a good one.`,
    security: [{ bearer: [] }],
    request: {
      body: {
        content: { 'application/json': { schema: z.object({ deviceId: z.string(), reports: z.array(report) }) } },
      },
    },
    responses: {
      200: json(
        '`both`: on the disks of both sites. `site`: on this one; keep your copy and send it to the other site too.',
        answer,
      ),
      default: PROBLEM_RESPONSE,
    },
  });
}
