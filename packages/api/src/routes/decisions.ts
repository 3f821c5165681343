// What became of a decision that was answered 202.
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import { READERS } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { decisionSchema } from '../schemas/incident.ts';

export function decisionRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/decisions/{entryId}',
      summary: 'How a decision ended. Remembered for the recent ones; later the state of the incident or case tells.',
      roles: READERS,
      // Random and unguessable, and the answer names neither case nor person: knowing it is leave enough to ask.
      params: z.object({ entryId: z.uuid() }),
      responses: { 200: json('The outcome so far.', decisionSchema) },
    },
    ({ c, params }) => {
      const status = ports.replica.decisionStatus(params.entryId);
      if (status === undefined) return problem('not-found');
      const { outcome, settled } = status;
      return c.json({
        entryId: params.entryId,
        settled,
        ...(settled && ports.membership.state().alone ? { alone: true } : {}),
        outcome: outcome.kind,
        ...(outcome.kind === 'refused' ? { reason: outcome.reason } : {}),
      });
    },
  );
}
