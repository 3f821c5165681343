// Shared zones: a school, a stadium, a border strip, written once and named by many orders. They hold no personal data; everybody who reads
// cases may read them.
import { randomUUID } from 'node:crypto';
import { SHARED_ZONES_MAX, sharedZoneIdSchema, sharedZoneInputSchema } from '@vigie/model';
import type { ZoneRevision } from '@vigie/replica';
import { z } from 'zod';
import type { SharedZoneView } from '../contract.ts';
import { cursorOf, limitOf, pageOf } from '../http/cursor.ts';
import { decided, decideZone, refusal } from '../http/deciding.ts';
import { etag, revisionOf } from '../http/etag.ts';
import { problem, problemOf } from '../http/problem.ts';
import { DECIDERS, READERS, maySee } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { fieldProblemSchema, json, pageSchema } from '../schemas/basics.ts';
import { sharedZoneSchema } from '../schemas/case.ts';
import { zoneView } from '../views/case.ts';
import { instantUs } from '../views/time.ts';

const zoneParams = z.object({ zoneId: sharedZoneIdSchema });
const answered = z.object({
  settled: z.boolean(),
  alone: z.literal(true).optional(),
  statusUrl: z.string().optional(),
  zone: sharedZoneSchema,
  warnings: z.array(fieldProblemSchema),
});

export function zoneRoutes(router: Router): void {
  const { ports } = router;
  const newest = (zoneId: string): ZoneRevision | undefined => ports.replica.sharedZones.newest(zoneId);

  router.route(
    {
      method: 'get',
      path: '/v1/zones',
      summary: 'Shared zones by id, as the newest revision that was received has them.',
      roles: READERS,
      query: z.object({ after: cursorOf(z.string()).optional(), limit: limitOf(100, 1000) }),
      responses: { 200: json('A page of zones.', pageSchema(sharedZoneSchema)) },
    },
    ({ c, query: { after, limit } }) => {
      const rows = [...ports.replica.sharedZones.all()]
        .filter(({ data }) => after === undefined || data.zoneId > after[0])
        .sort((a, b) => (a.data.zoneId < b.data.zoneId ? -1 : 1));
      return c.json(pageOf(rows, limit, sharedZoneView, ({ data }) => [data.zoneId]));
    },
  );

  router.route(
    {
      method: 'get',
      path: '/v1/zones/{zoneId}',
      summary: 'One shared zone; the ETag is its revision.',
      roles: READERS,
      params: zoneParams,
      responses: { 200: json('The zone.', sharedZoneSchema) },
    },
    ({ c, params }) => {
      const found = newest(params.zoneId);
      return found === undefined
        ? problem('not-found')
        : c.json(sharedZoneView(found), 200, { ETag: etag(found.revision) });
    },
  );

  router.route(
    {
      method: 'put',
      path: '/v1/zones/{zoneId}',
      summary:
        'Write a shared zone, or vary the revision that If-Match names. Every order that names it goes by the new one.',
      roles: DECIDERS,
      params: zoneParams,
      body: sharedZoneInputSchema,
      headers: { 'If-Match': 'ETag of the revision that this one varies; without it there must be no such zone yet.' },
      responses: {
        200: json('Varied and settled.', answered),
        201: json('Written and settled.', answered),
        202: json('Stored, not settled yet.', answered),
        412: { description: 'Somebody else has varied it meanwhile; the ETag is the revision now.' },
        428: { description: 'There is such a zone, and If-Match is missing.' },
      },
    },
    async ({ c, who, params: { zoneId }, body }) => {
      const before = newest(zoneId);
      if (!maySee(who, body.authority) || (before !== undefined && !maySee(who, before.data.authority)))
        return problem('forbidden', { fields: [{ field: 'authority', reason: 'is not the canton of this token' }] });
      const match = c.req.header('if-match');
      const baseRevision = match === undefined ? 0 : revisionOf(match);
      const current = before?.revision ?? 0;
      if (baseRevision === undefined || (match === undefined && current > 0))
        return problem('invalid-input', {
          status: match === undefined ? 428 : 400,
          fields: [{ field: 'If-Match', reason: `must be the ETag of a revision, like ${etag(Math.max(current, 1))}` }],
        });
      if (baseRevision !== current) return problem('revision-stale', { headers: { ETag: etag(current) } });
      if (current === 0 && ports.replica.sharedZones.size >= SHARED_ZONES_MAX)
        return problem('invalid-input', {
          fields: [{ field: 'zoneId', reason: `there are ${SHARED_ZONES_MAX} shared zones already` }],
        });
      const compiled = ports.orders.compileZone(body, { zoneId, baseRevision, by: who.subject });
      if (!compiled.ok) return problemOf(compiled.error);
      const { recorded, warnings } = compiled.value;
      const entryId = randomUUID();
      const answer = await decideZone(ports, entryId, recorded);
      if (answer.kind === 'not-stored') return answer.response;
      const after = newest(zoneId);
      if (answer.kind === 'refused') return refusal(answer.reason, { etag: etag(after?.revision ?? current) });
      const revision = after?.entryId === entryId ? after.revision : baseRevision + 1;
      const zone = sharedZoneView({ data: recorded, revision, t: after?.t ?? ports.nowMs() * 1000 });
      return decided(
        answer,
        { zone, warnings },
        { settledStatus: current === 0 ? 201 : 200, headers: { ETag: etag(revision) } },
      );
    },
  );
}

const sharedZoneView = (of: Pick<ZoneRevision, 'data' | 'revision' | 't'>): SharedZoneView => {
  const { zoneId, name, authority, input, by } = of.data;
  return { zoneId, name, authority, revision: of.revision, zone: zoneView(input), at: instantUs(of.t), by };
};
