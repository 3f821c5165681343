// The site itself: who asks, how the cluster stands, health, numbers, and what the console must know before anybody signs in.
import { z } from 'zod';
import type { ConsoleConfig, SessionView } from '../contract.ts';
import type { Router } from '../http/route.ts';
import { json, sessionSchema } from '../schemas/basics.ts';
import { clusterSchema } from '../schemas/situation.ts';

export function siteRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/session',
      summary: 'Who the token is.',
      roles: ['operator', 'sre', 'auditor', 'canton', 'device'],
      responses: { 200: json('The subject of the token.', sessionSchema) },
    },
    ({ c, who }) =>
      c.json({
        subject: who.subject,
        role: who.role,
        canton: who.authority === '*' ? null : who.authority,
      } satisfies SessionView),
  );

  router.route(
    {
      method: 'get',
      path: '/v1/cluster',
      summary: 'This site as it sees itself and the other.',
      roles: ['operator', 'sre', 'auditor', 'canton'],
      responses: { 200: json('The state of the cluster.', clusterSchema) },
    },
    ({ c }) => c.json(ports.cluster()),
  );

  const config: ConsoleConfig = { site: ports.site, urls: ports.urls };
  router.route(
    {
      method: 'get',
      path: '/config.json',
      summary: 'Where the console is and where else it may go.',
      roles: 'anyone',
      responses: {
        200: json('Site and public addresses.', z.object({ site: z.string(), urls: z.record(z.string(), z.string()) })),
      },
    },
    ({ c }) => c.json(config),
  );

  const health = z.object({ status: z.string(), reasons: z.array(z.string()).optional() });
  router.route(
    {
      method: 'get',
      path: '/healthz/live',
      summary: 'The process answers.',
      roles: 'anyone',
      responses: { 200: json('It does.', health) },
    },
    ({ c }) => c.json({ status: 'live' }),
  );
  router.route(
    {
      method: 'get',
      path: '/healthz/ready',
      summary: 'The site takes reports and serves reads.',
      roles: 'anyone',
      responses: { 200: json('It does.', health), 503: json('It does not, and why.', health) },
    },
    ({ c }) => {
      const { ready, reasons } = ports.ready();
      return c.json({ status: ready ? 'ready' : 'not ready', reasons: [...reasons] }, ready ? 200 : 503);
    },
  );
  router.route(
    {
      method: 'get',
      path: '/metrics',
      summary: 'Numbers in the Prometheus text format. None of them is about a person.',
      roles: 'anyone',
      responses: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: z.string() } } } },
    },
    async ({ c }) => c.text(await ports.metrics(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
}
