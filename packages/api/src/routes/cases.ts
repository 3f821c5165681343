// Cases as lists and one by one.
import { orderInputSchema } from '@vigie/model';
import { z } from 'zod';
import { cursorOf, limitOf, pageOf } from '../http/cursor.ts';
import { etag } from '../http/etag.ts';
import { awaitRows } from '../http/position.ts';
import { problem, problemOf } from '../http/problem.ts';
import { CASE_READERS, authorityOf, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json, pageSchema } from '../schemas/basics.ts';
import { caseDetailSchema, caseSchema } from '../schemas/case.ts';
import { caseDetail, caseView } from '../views/case.ts';

/** As `newCaseSchema` takes it; anything else names no case, and a NUL byte would reach the database. */
export const CASE_ID = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters');
export const caseParams = z.object({ caseId: CASE_ID });

export function caseRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/cases',
      summary: 'Cases by id.',
      roles: CASE_READERS,
      query: z.object({ after: cursorOf(z.string(), z.string()).optional(), limit: limitOf(100, 1000) }),
      responses: { 200: json('A page of cases.', pageSchema(caseSchema)) },
    },
    async ({ c, who, query }) => {
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const { after, limit } = query;
      const read = await ports.reader.cases(scopeOf(who), { authority: authorityOf(who), after, limit: limit + 1 });
      if (!read.ok) return problemOf(read.error);
      const nowMs = ports.nowMs();
      return c.json(
        pageOf(
          read.value,
          limit,
          (row) => caseView(row, row.openIncidents, nowMs),
          (row) => [row.caseId, row.measure],
        ),
      );
    },
  );

  router.route(
    {
      method: 'get',
      path: '/v1/cases/{caseId}',
      summary: 'One case with the order in force; the ETag is its revision.',
      roles: CASE_READERS,
      params: caseParams,
      responses: { 200: json('The case.', caseDetailSchema) },
    },
    async ({ c, who, params }) => {
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const read = await ports.reader.case(scopeOf(who), authorityOf(who), params.caseId);
      if (!read.ok) return problemOf(read.error);
      if (read.value === undefined) return problem('not-found');
      const found = read.value.case;
      return c.json(caseDetail(found, found.openIncidents, read.value.devices, ports), 200, {
        ETag: etag(found.revision),
      });
    },
  );

  router.route(
    {
      method: 'get',
      path: '/v1/cases/{caseId}/order',
      summary: 'The order in force as it was written, for the next revision; the ETag is its revision.',
      roles: CASE_READERS,
      params: caseParams,
      responses: { 200: json('The order.', orderInputSchema) },
    },
    async ({ c, who, params }) => {
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const read = await ports.reader.case(scopeOf(who), authorityOf(who), params.caseId);
      if (!read.ok) return problemOf(read.error);
      if (read.value === undefined) return problem('not-found');
      const { input, revision } = read.value.case;
      return c.json(input, 200, { ETag: etag(revision) });
    },
  );
}
