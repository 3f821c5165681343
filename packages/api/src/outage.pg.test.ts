// The database of one site goes away while people work, and comes back.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropProjections, migrate } from '@vigie/projections';
import { type TestPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { CENTER, FAR, ask, newCase, reportAt } from './testing/client.ts';
import { TOKENS, TwoSites } from './testing/two-sites.ts';

let pg: TestPostgres;
let two: TwoSites;
let ownerUrl: string;
const operator = { token: TOKENS.operator };

beforeAll(async () => {
  pg = await startPostgres({ own: true });
  const { name, url } = await pg.createDatabase();
  ownerUrl = url;
  await migrate(url);
  await query(`alter role vigie_app login password 'app'`);
  await query('checkpoint');
  two = await TwoSites.start({ noirmont: { ownerUrl: url, appUrl: pg.urlOf(name, 'vigie_app', 'app') } });
});
afterAll(async () => {
  await two.close();
  await pg.stop();
});

async function query(text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

async function alarm(caseId: string): Promise<string> {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase(caseId, 'JU') });
  if (created.status !== 201) throw new Error(created.text);
  await two.report('noirmont', caseId, [reportAt(caseId, 1, FAR, Date.now() - 2000), reportAt(caseId, 2, CENTER)]);
  const early = () => two.noirmont.replica.events(undefined, 1000).events.find((event) => event.caseId === caseId);
  await two.until(() => early() !== undefined);
  return early()?.data.incidentId ?? '';
}

async function rows(): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const table of ['cases', 'orders', 'incidents', 'incident_steps', 'devices', 'track_chunks', 'events'])
    all[table] = await query(`select to_jsonb(t) - 'serial' as row from projection.${table} t order by 1`);
  return all;
}

test('kill -9 of Postgres: reads 503 at once, alarms and decisions go on, and afterwards nothing is missing, reads included', async () => {
  await alarm('before');
  expect((await ask(two.noirmont.api, '/v1/incidents', operator)).body.items).toHaveLength(1);
  await pg.server?.kill();
  let id = '';
  try {
    id = await alarm('during');
    const startedAt = performance.now();
    expect(await ask(two.noirmont.api, '/v1/incidents', operator)).toMatchObject({
      status: 503,
      body: { type: 'urn:vigie:problem:store-unavailable' },
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const taken = await ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { ...operator, body: {} });
    expect(taken.status).toBe(200);
    const page = await ask(two.noirmont.api, '/v1/events', { token: TOKENS.JU });
    expect(page.body.events.map((event: { subject: string }) => event.subject)).toContain(id);
  } finally {
    await pg.server?.start();
  }
  await expect
    .poll(async () => (await ask(two.noirmont.api, `/v1/incidents/${id}`, operator)).body.status, { timeout: 30_000 })
    .toBe('acknowledged');
  expect((await ask(two.noirmont.api, '/v1/cases/during/track', operator)).body.features).toHaveLength(2);
  const logged = () =>
    query(`select distinct subject, kind from access.reads where kind in ('incident', 'events') order by 1, 2`);
  await expect.poll(logged, { timeout: 15_000 }).toEqual([
    { subject: 'canton-JU', kind: 'events' },
    { subject: 'operator', kind: 'incident' },
  ]);
});

test('dropped and rebuilt from the log, the rows are the same to the byte', async () => {
  const id = await alarm('rebuilt');
  for (const [step, body] of Object.entries({
    acknowledge: {},
    note: { note: 'called' },
    resolve: { code: 'contacted' },
  }))
    expect((await ask(two.noirmont.api, `/v1/incidents/${id}/${step}`, { ...operator, body })).status).toBe(200);
  const refused = await ask(two.noirmont.api, `/v1/incidents/${id}/start`, { ...operator, body: {} });
  expect(refused.status).toBe(409);
  const { projector, replica } = two.noirmont;
  const types = () =>
    replica
      .events(undefined, 1000)
      .events.filter((e) => e.data.incidentId === id)
      .map((e) => e.data.type);
  await two.until(() => types().includes('confirmed'));
  const live = replica.status().liveT;
  await two.until(() => replica.status().settledT >= live);
  expect(await projector.whenProjected(replica.received(), 15_000)).toBe(true);
  const before = await rows();
  expect(JSON.stringify(before)).toContain('"noted"');
  await dropProjections(ownerUrl);
  expect(await query('select 1 from projection.incidents')).toEqual([]);
  // The running projector notices when it next moves its checkpoint, and begins anew.
  await expect.poll(rows, { timeout: 30_000 }).toEqual(before);
});
