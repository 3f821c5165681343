// Many devices silent at about the same time: one list, ranked by harm. Live, because it is asked for when much is wrong.
import type { MassSilenceView } from '../contract.ts';
import { problem } from '../http/problem.ts';
import { type LiveReads, READERS, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { massSilenceSchema } from '../schemas/situation.ts';

/** As many as a console holds alarms: it folds those that are listed. The count says how many there are. */
const SHOWN_MAX = 5_000;

export function massSilenceRoutes(router: Router, reads: LiveReads): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/mass-silence',
      summary:
        'Devices that fell silent at about the same time, those first whose silence may mean that somebody is hurt, then the gravest. Each is an incident of its own as well.',
      roles: READERS,
      responses: { 200: json('The list; empty while there is no mass silence.', massSilenceSchema) },
    },
    async ({ c, who }) => {
      const state = ports.massSilence();
      const visible = (state?.devices ?? []).filter(({ authority }) => maySee(who, authority));
      const shown = visible.slice(0, SHOWN_MAX);
      const measures = shown.map(({ measure }) => measure);
      if (!(await reads.record(scopeOf(who), 'mass-silence', measures))) return problem('store-unavailable');
      return c.json({
        massSilenceId: state?.id ?? null,
        since: state === undefined ? null : new Date(state.sinceMs).toISOString(),
        count: visible.length,
        standAlone: visible.filter(({ standsAlone }) => standsAlone).length,
        devices: shown.map(({ caseId, deviceId, role, incidentIds, openedAtMs, standsAlone }) => ({
          caseId,
          deviceId,
          role,
          incidentIds: [...incidentIds],
          openedAt: new Date(openedAtMs).toISOString(),
          standsAlone,
        })),
      } satisfies MassSilenceView);
    },
  );
}
