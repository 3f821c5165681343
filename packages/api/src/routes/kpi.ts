// How fast incidents were answered, against the profile of this centre. Aggregates only: no person is read.
import { z } from 'zod';
import { DAY_MS, instantParam } from '../http/instant.ts';
import { awaitRows } from '../http/position.ts';
import { badQuery, problemOf } from '../http/problem.ts';
import { READERS, authorityOf, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import type { KpiView } from '../contract.ts';
import { json } from '../schemas/basics.ts';
import { kpiSchema } from '../schemas/situation.ts';

const DEFAULT_DAYS = 30;
const PERIOD_DAYS_MAX = 400;

export function kpiRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/kpi',
      summary: 'Clocks from raising to answering, against the thresholds of the profile; the last 30 days by default.',
      roles: READERS,
      query: z.object({ from: instantParam.optional(), to: instantParam.optional() }),
      responses: { 200: json('The clocks of the profile.', kpiSchema) },
    },
    async ({ c, who, query }) => {
      const nowMs = ports.nowMs();
      const toMs = query.to ?? nowMs;
      const fromMs = query.from ?? toMs - DEFAULT_DAYS * DAY_MS;
      if (fromMs >= toMs) return badQuery([{ field: 'from', reason: 'must lie before to' }]);
      if (toMs - fromMs > PERIOD_DAYS_MAX * DAY_MS)
        return badQuery([{ field: 'from', reason: `must lie at most ${PERIOD_DAYS_MAX} days before to` }]);
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const { clocks, name } = ports.kpi;
      const filter = {
        authority: authorityOf(who),
        fromUs: fromMs * 1000,
        toUs: toMs * 1000,
        nowUs: nowMs * 1000,
        clocks,
      };
      const read = await ports.reader.kpi(scopeOf(who), filter);
      if (!read.ok) return problemOf(read.error);
      const view: KpiView = {
        profile: name,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        clocks: clocks.map((clock, i) => {
          const record = read.value[i];
          return {
            name: clock.name,
            until: clock.until,
            kinds: clock.kinds,
            incidents: record?.incidents ?? 0,
            answered: record?.answered ?? 0,
            medianS: seconds(record?.medianUs),
            maxS: seconds(record?.maxUs),
            thresholds: clock.thresholds.map(({ withinS, share }, k) => {
              const { within = 0, of = 0 } = record?.thresholds[k] ?? {};
              return {
                withinS,
                goal: share,
                within,
                of,
                share: of === 0 ? null : within / of,
                ok: within >= share * of,
              };
            }),
          };
        }),
      };
      return c.json(view);
    },
  );
}

const seconds = (us: number | null | undefined): number | null => (us == null ? null : us / 1_000_000);
