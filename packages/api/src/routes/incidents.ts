// The queue of incidents, by harm, and one incident with its history.
import { LANES, STATUSES } from '@vigie/model';
import { z } from 'zod';
import { cursorOf, limitOf, pageOf } from '../http/cursor.ts';
import { awaitRows } from '../http/position.ts';
import { problem, problemOf } from '../http/problem.ts';
import { CASE_READERS, authorityOf, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { CASE_ID } from './cases.ts';
import { json, pageSchema } from '../schemas/basics.ts';
import { incidentDetailSchema, incidentSchema } from '../schemas/incident.ts';
import { incidentDetail, incidentView } from '../views/incident.ts';
import { languageOf } from '../views/language.ts';

export const incidentParams = z.object({ incidentId: z.string().min(1).max(64) });

export function incidentRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/incidents',
      summary: 'Incidents, most harmful first, then the oldest.',
      roles: CASE_READERS,
      query: z.object({
        caseId: CASE_ID.optional(),
        status: z.enum([...STATUSES, 'open']).optional(),
        lane: z.enum(LANES).optional(),
        after: cursorOf(z.int(), z.int(), z.string()).optional(),
        limit: limitOf(100, 1000),
      }),
      headers: { 'Accept-Language': 'Language of `reason.text`: fr, de, it or en.' },
      responses: { 200: json('A page of incidents.', pageSchema(incidentSchema)) },
    },
    async ({ c, who, query }) => {
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const { caseId, status, lane, after, limit } = query;
      const lanes = lane === undefined ? undefined : [lane];
      const filter = { authority: authorityOf(who), caseId, status, lanes, after, limit: limit + 1 };
      const read = await ports.reader.incidents(scopeOf(who), filter);
      if (!read.ok) return problemOf(read.error);
      const language = languageOf(c.req.header('accept-language'));
      return c.json(
        pageOf(
          read.value,
          limit,
          (row) => incidentView(ports, row, language),
          (row) => [row.priority, row.openedAtMs, row.incidentId],
        ),
      );
    },
  );

  router.route(
    {
      method: 'get',
      path: '/v1/incidents/{incidentId}',
      summary: 'One incident with what was done about it. An id that it once had finds it too.',
      roles: CASE_READERS,
      params: incidentParams,
      headers: { 'Accept-Language': 'Language of `reason.text`: fr, de, it or en.' },
      responses: { 200: json('The incident.', incidentDetailSchema) },
    },
    async ({ c, who, params }) => {
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const read = await ports.reader.incident(scopeOf(who), authorityOf(who), params.incidentId);
      if (!read.ok) return problemOf(read.error);
      if (read.value === undefined) return problem('not-found');
      const { incident, steps } = read.value;
      return c.json(incidentDetail(ports, incident, steps, languageOf(c.req.header('accept-language'))));
    },
  );
}
