// The API as a value: no port is needed to ask it. The site puts it behind its HTTP server, after ingest.
import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { answerHeaders } from './http/headers.ts';
import { IncidentIndex } from './http/incident-index.ts';
import { problem } from './http/problem.ts';
import { LiveReads } from './http/reading.ts';
import { type Door, type Env, Router } from './http/route.ts';
import type { ApiPorts } from './ports.ts';
import { caseDecisionRoutes } from './routes/case-decisions.ts';
import { caseRoutes } from './routes/cases.ts';
import { consoleFiles } from './routes/console-files.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { eventRoutes } from './routes/events.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { internalKeyRoutes } from './routes/internal-keys.ts';
import { kpiRoutes } from './routes/kpi.ts';
import { positionRoutes } from './routes/positions.ts';
import { previewRoutes } from './routes/preview.ts';
import { describeReports } from './routes/reports-doc.ts';
import { membershipRoutes } from './routes/membership.ts';
import { caseRuleSwitchRoutes } from './routes/case-rule-switches.ts';
import { ruleSwitchRoutes } from './routes/rule-switches.ts';
import { siteRoutes } from './routes/site.ts';
import { stepRoutes } from './routes/steps.ts';
import { massSilenceRoutes } from './routes/mass-silence.ts';
import { unobservedRoutes } from './routes/unobserved.ts';
import { zoneRoutes } from './routes/zones.ts';
import { trackRoutes } from './routes/track.ts';
import { problemSchema } from './schemas/basics.ts';

export interface Api {
  /** Answers a request; one that came in by the public door gets nothing of what is between the sites, and no numbers. */
  readonly fetch: (request: Request, door?: Door) => Response | Promise<Response>;
  /** Ends the streams, so that clients move on at once, and what else the API holds. */
  close(): void;
}

export function createApi(ports: ApiPorts): Api {
  const app = new OpenAPIHono<Env>();
  app.use(answerHeaders(ports));
  app.notFound(() => problem('not-found'));
  app.onError((cause) => {
    if (cause instanceof HTTPException && cause.status < 500)
      return problem('invalid-input', { status: 400, detail: cause.message });
    ports.note('error', `a request failed: ${cause.message}`, cause);
    return problem('internal');
  });

  // By the same matching as the routes behind it, so that no spelling of a path passes the one and reaches the other.
  for (const path of ['/internal/*', '/metrics'])
    app.use(path, (c, next) => (c.env.door === 'public' ? Promise.resolve(problem('not-found')) : next()));

  const router = new Router(app, ports);
  const reads = new LiveReads(ports);
  const incidents = new IncidentIndex(ports);
  app.openAPIRegistry.register('Problem', problemSchema);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  siteRoutes(router);
  membershipRoutes(router);
  ruleSwitchRoutes(router);
  caseRoutes(router);
  caseDecisionRoutes(router, reads);
  caseRuleSwitchRoutes(router, reads);
  zoneRoutes(router);
  previewRoutes(router);
  trackRoutes(router);
  positionRoutes(router);
  unobservedRoutes(router, reads);
  massSilenceRoutes(router, reads);
  erasureRoutes(router);
  incidentRoutes(router);
  kpiRoutes(router);
  stepRoutes(router, reads, incidents);
  decisionRoutes(router);
  const events = eventRoutes(router, reads);
  describeReports(router);
  internalKeyRoutes(router);

  let document: unknown;
  app.get('/v1/openapi.json', (c) => {
    document ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Vigie',
        version: '0.1.0',
        description:
          'Monitoring of court-ordered measures at two sites. Every answer carries Vigie-Position; both sites take the same tokens, ids and cursors.',
      },
      servers: Object.entries(ports.urls).map(([site, url]) => ({ url, description: site })),
    });
    return c.json(document as object);
  });
  app.all('/v1/*', () => problem('not-found'));
  app.all('/internal/*', () => problem('not-found'));
  consoleFiles(router);

  return {
    fetch: (request, door = 'any') => app.fetch(request, { door }),
    close: () => {
      events.closeStreams();
      incidents.close();
      reads.close();
    },
  };
}
