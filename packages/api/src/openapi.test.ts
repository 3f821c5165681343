import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { problemSchema, sessionSchema } from './schemas/basics.ts';
import { eventPageSchema, stepAnswerSchema } from './schemas/incident.ts';
import { clusterSchema } from './schemas/situation.ts';
import { CENTER, FAR, ask, newCase, reportAt } from './testing/client.ts';
import { TOKENS, TwoSites } from './testing/two-sites.ts';

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
});
afterAll(() => two.close());
const operator = { token: TOKENS.operator };

test('the document lists every public route, and every reference in it leads somewhere', async () => {
  const { status, body, text } = await ask(two.noirmont.api, '/v1/openapi.json');
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
  const routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.toSorted()).toEqual([
    'get /config.json',
    'get /healthz/live',
    'get /healthz/ready',
    'get /metrics',
    'get /v1/cases',
    'get /v1/cases/{caseId}',
    'get /v1/cases/{caseId}/order',
    'get /v1/cases/{caseId}/rules/switches',
    'get /v1/cases/{caseId}/track',
    'get /v1/cluster',
    'get /v1/decisions/{entryId}',
    'get /v1/erasures',
    'get /v1/events',
    'get /v1/incidents',
    'get /v1/incidents/{incidentId}',
    'get /v1/kpi',
    'get /v1/mass-silence',
    'get /v1/positions',
    'get /v1/rules/switches',
    'get /v1/session',
    'get /v1/unobserved',
    'get /v1/zones',
    'get /v1/zones/{zoneId}',
    'post /v1/cases',
    'post /v1/cases/{caseId}/orders',
    'post /v1/cases/{caseId}/preview',
    'post /v1/cases/{caseId}/rules/switches',
    'post /v1/cases/{caseId}/rules/switches/{id}/approve',
    'post /v1/cases/{caseId}/stop',
    'post /v1/incidents/{incidentId}/acknowledge',
    'post /v1/incidents/{incidentId}/approve',
    'post /v1/incidents/{incidentId}/note',
    'post /v1/incidents/{incidentId}/reopen',
    'post /v1/incidents/{incidentId}/resolve',
    'post /v1/incidents/{incidentId}/shelve',
    'post /v1/incidents/{incidentId}/start',
    'post /v1/incidents/{incidentId}/unshelve',
    'post /v1/reports',
    'post /v1/rules/switches',
    'post /v1/rules/switches/{id}/approve',
    'post /v1/site/drain',
    'post /v1/site/retire',
    'post /v1/site/undrain',
    'post /v1/site/yield',
    'put /v1/zones/{zoneId}',
  ]);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(20);
  for (const name of references) expect(body.components.schemas).toHaveProperty(name);
});

test('every described route but that of ingest is there: it answers something other than not-found', async () => {
  const { body } = await ask(two.noirmont.api, '/v1/openapi.json');
  for (const [path, methods] of Object.entries(body.paths as Record<string, object>)) {
    if (path === '/v1/reports') continue;
    for (const method of Object.keys(methods))
      expect([path, (await ask(two.noirmont.api, path, { method: method.toUpperCase() })).status]).not.toEqual([
        path,
        404,
      ]);
  }
});

test('answers are what the document says', async () => {
  const strict = <T extends z.ZodType>(schema: T, value: unknown) =>
    expect(schema.safeParse(value).error).toBeUndefined();
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('doc', 'JU') });
  expect(created.status).toBe(201);
  await two.report('noirmont', 'doc', [reportAt('doc', 1, FAR, Date.now() - 2000), reportAt('doc', 2, CENTER)]);
  await two.until(() => two.noirmont.replica.events(undefined, 10).events.length >= 2);
  const page = await ask(two.noirmont.api, '/v1/events', operator);
  strict(eventPageSchema, page.body);
  const id = page.body.events[0].subject;
  strict(
    stepAnswerSchema,
    (await ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { ...operator, body: {} })).body,
  );
  strict(clusterSchema, (await ask(two.noirmont.api, '/v1/cluster', operator)).body);
  strict(sessionSchema, (await ask(two.noirmont.api, '/v1/session', operator)).body);
  strict(problemSchema, (await ask(two.noirmont.api, '/v1/session')).body);
});
