// The newest fix of every device that may be seen live.
import { z } from 'zod';
import { cursorOf, limitOf, pageOf } from '../http/cursor.ts';
import { awaitRows } from '../http/position.ts';
import { problem, problemOf } from '../http/problem.ts';
import { CASE_READERS, authorityOf, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json, pageSchema } from '../schemas/basics.ts';
import { positionSchema } from '../schemas/case.ts';
import { positionView } from '../views/case.ts';

export function positionRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/positions',
      summary:
        'The newest fix per device. Devices of passive and of ended measures are left out; asked for by case they are refused.',
      roles: CASE_READERS,
      query: z.object({
        caseId: z.string().min(1).max(64).optional(),
        after: cursorOf(z.string(), z.string()).optional(),
        limit: limitOf(500, 1000),
      }),
      responses: { 200: json('A page of positions.', pageSchema(positionSchema)) },
    },
    async ({ c, who, query }) => {
      let measure: string | undefined;
      if (query.caseId !== undefined) {
        measure = ports.replica.measureOfCase(query.caseId);
        const view = measure === undefined ? undefined : ports.replica.caseView(measure);
        if (view === undefined || !maySee(who, view.recorded.authority)) return problem('not-found');
        if (view.recorded.mode === 'passive') return problem('mode-passive');
      }
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const { after, limit } = query;
      const filter = { authority: authorityOf(who), measure, after, limit: limit + 1 };
      const read = await ports.reader.positions(scopeOf(who), filter);
      if (!read.ok) return problemOf(read.error);
      return c.json(pageOf(read.value, limit, positionView, (row) => [row.deviceId, row.measure]));
    },
  );
}
