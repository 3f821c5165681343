// D5: devices whose reports go to a site that is not heard here. Live, because it is asked for when little else works.
import type { UnobservedView } from '../contract.ts';
import { problem } from '../http/problem.ts';
import { type LiveReads, READERS, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { unobservedSchema } from '../schemas/situation.ts';

/** The gravest of them; the count says how many there are. */
const SHOWN_MAX = 1_000;

export function unobservedRoutes(router: Router, reads: LiveReads): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/unobserved',
      summary:
        'Devices unobserved from here because the other site is not heard, the gravest first. A task is one unobserved too long.',
      roles: READERS,
      responses: { 200: json('The list; empty while the other site is heard.', unobservedSchema) },
    },
    async ({ c, who }) => {
      const state = ports.unobserved();
      const visible = (state?.devices ?? []).filter(({ authority }) => maySee(who, authority));
      const shown = visible.slice(0, SHOWN_MAX);
      const measures = shown.map(({ measure }) => measure);
      if (!(await reads.record(scopeOf(who), 'unobserved', measures))) return problem('store-unavailable');
      return c.json({
        site: state?.site ?? null,
        since: state === undefined ? null : new Date(state.sinceMs).toISOString(),
        count: visible.length,
        tasks: visible.filter(({ isTask }) => isTask).length,
        devices: shown.map(({ caseId, deviceId, role, lastReportMs, limitMs, isTask }) => ({
          caseId,
          deviceId,
          role,
          lastReportAt: new Date(lastReportMs).toISOString(),
          limitS: limitMs === undefined ? null : limitMs / 1000,
          task: isTask,
        })),
      } satisfies UnobservedView);
    },
  );
}
