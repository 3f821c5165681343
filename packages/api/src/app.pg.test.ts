// What rests on rows: tenancy, paging, tracks, the log of reads, reading what one has just written. Two sites, each with its own
// database.
import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { covers } from '@vigie/model';
import { migrate } from '@vigie/projections';
import { type TestPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { pageSchema } from './schemas/basics.ts';
import { incidentDetailSchema, incidentSchema } from './schemas/incident.ts';
import { caseDetailSchema, positionSchema, previewSchema } from './schemas/case.ts';
import { kpiSchema } from './schemas/situation.ts';
import { createApi } from './app.ts';
import type { VigieEvent } from './contract.ts';
import { CENTER, FAR, ask, newCase, reportAt } from './testing/client.ts';
import { type Database, TOKENS, TwoSites, doorsOf } from './testing/two-sites.ts';

let pg: TestPostgres;
let two: TwoSites;
let owner: postgres.Sql;
const JU = ['ju-1', 'ju-2'];
const BE = ['be-1', 'be-2'];
const operator = { token: TOKENS.operator };

async function database(): Promise<Database> {
  const { name, url } = await pg.createDatabase();
  await migrate(url);
  return { ownerUrl: url, appUrl: pg.urlOf(name, 'vigie_app', 'app') };
}

beforeAll(async () => {
  pg = await startPostgres();
  const databases = { noirmont: await database(), delemont: await database() };
  owner = postgres(databases.noirmont.ownerUrl, { max: 1 });
  await owner.unsafe(`alter role vigie_app login password 'app'`);
  two = await TwoSites.start(databases);
  for (const caseId of [...JU, ...BE]) await alarm(caseId);
  const settled = () =>
    two.delemont.replica.events(undefined, 1000).events.filter((e) => e.data.type === 'confirmed').length;
  await two.until(() => settled() >= 4, 30_000);
});
afterAll(async () => {
  await two.close();
  await owner.end();
  await pg.stop();
});

async function alarm(caseId: string): Promise<void> {
  const body = newCase(caseId, caseId.slice(0, 2).toUpperCase());
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body });
  if (created.status !== 201) throw new Error(created.text);
  const nowMs = Date.now();
  const reports = [
    reportAt(caseId, 1, FAR, nowMs - 2000),
    reportAt(caseId, 2, CENTER, nowMs - 1000),
    reportAt(caseId, 3, FAR, nowMs),
  ];
  await two.report('noirmont', caseId, reports);
  // The same upload by way of the other site: applied once, shown once.
  await two.report('delemont', caseId, reports);
}

const compareTexts = (a = '', b = ''): number => (a < b ? -1 : 1);
const items = async (path: string, token: string): Promise<Record<string, string>[]> => {
  const answer = await ask(two.noirmont.api, path, { token });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.items;
};

test('lists: an operator sees all, a canton its own', async () => {
  expect((await items('/v1/cases', TOKENS.operator)).map((c) => c['caseId'])).toEqual([...BE, ...JU]);
  expect((await items('/v1/cases', TOKENS.JU)).map((c) => c['caseId'])).toEqual(JU);
  expect((await items('/v1/incidents', TOKENS.BE)).map((i) => i['caseId']).toSorted(compareTexts)).toEqual(BE);
  expect((await items('/v1/positions', TOKENS.JU)).map((p) => p['deviceId'])).toEqual(JU.map((id) => `dev-${id}`));
  expect(await items('/v1/incidents?caseId=be-1', TOKENS.JU)).toEqual([]);
});

test('both sites answer the same cases and incidents', async () => {
  for (const path of ['/v1/cases', '/v1/incidents', '/v1/cases/ju-1']) {
    const there = await ask(two.delemont.api, path, operator);
    const here = await ask(two.noirmont.api, path, operator);
    expect(here.status).toBe(200);
    expect(here.body).toEqual(there.body);
  }
});

test('answers from rows are what the document says', async () => {
  const get = async (path: string) => (await ask(two.noirmont.api, path, operator)).body;
  const [incident] = await items('/v1/incidents', TOKENS.operator);
  expect(incidentDetailSchema.safeParse(await get(`/v1/incidents/${incident?.['incidentId']}`)).error).toBeUndefined();
  expect(pageSchema(incidentSchema).safeParse(await get('/v1/incidents')).error).toBeUndefined();
  expect(pageSchema(positionSchema).safeParse(await get('/v1/positions')).error).toBeUndefined();
  expect(caseDetailSchema.safeParse(await get('/v1/cases/ju-1')).error).toBeUndefined();
});

test('not a byte of another canton: every route, with and without its ids', async () => {
  const foreign = await items('/v1/incidents', TOKENS.BE);
  const secrets = [
    ...BE,
    ...BE.map((id) => `dev-${id}`),
    ...foreign.map((incident) => incident['incidentId'] ?? ''),
    ...BE.map((id) => two.noirmont.replica.measureOfCase(id) ?? ''),
  ];
  expect(secrets.every((secret) => secret.length > 3)).toBe(true);
  const blank = '0'.repeat(32);
  const plain = ['/v1/cases', '/v1/incidents', '/v1/positions', '/v1/events?limit=500', '/v1/cluster', '/v1/session'];
  for (const site of [two.noirmont, two.delemont])
    for (const path of plain) {
      const answer = await ask(site.api, path, { token: TOKENS.JU });
      expect([path, answer.status, secrets.filter((secret) => answer.text.includes(secret))]).toEqual([path, 200, []]);
    }
  // With an id of the other canton the answer is, to the byte, that of an id that does not exist.
  const id = foreign[0]?.['incidentId'] ?? '';
  const pairs: [string, string, object?][] = [
    ['/v1/cases/be-1', '/v1/cases/none'],
    ['/v1/cases/be-1/track', '/v1/cases/none/track'],
    ['/v1/positions?caseId=be-1', '/v1/positions?caseId=none'],
    ['/v1/incidents?caseId=be-1', '/v1/incidents?caseId=none'],
    [`/v1/incidents/${id}`, `/v1/incidents/${blank}`],
    [`/v1/incidents/${id}/acknowledge`, `/v1/incidents/${blank}/acknowledge`, {}],
    [`/v1/incidents/${id}/note`, `/v1/incidents/${blank}/note`, { note: 'x' }],
    ['/v1/cases/be-1/stop', '/v1/cases/none/stop', { reason: 'x' }],
  ];
  for (const [theirs, none, body] of pairs) {
    const [one, other] = await Promise.all(
      [theirs, none].map((path) => ask(two.noirmont.api, path, { token: TOKENS.JU, body })),
    );
    expect([theirs, one?.status, one?.text]).toEqual([theirs, other?.status, other?.text]);
    expect(secrets.filter((secret) => one?.text.includes(secret))).toEqual([]);
  }
  // The check can fail: an operator's answers hold them.
  expect((await ask(two.noirmont.api, '/v1/cases', operator)).text).toContain('be-1');
});

test('not a byte of another canton, whatever is asked', async () => {
  const foreign = (await items('/v1/incidents', TOKENS.BE)).map((incident) => incident['incidentId'] ?? '');
  const secrets = [...BE, ...foreign, ...BE.map((id) => two.noirmont.replica.measureOfCase(id) ?? '')];
  const own = (await items('/v1/incidents', TOKENS.JU)).map((incident) => incident['incidentId'] ?? '');
  const caseId = fc.constantFrom(...JU, ...BE, 'none');
  const incidentId = fc.constantFrom(...own, ...foreign, 'none');
  const path = fc.oneof(
    caseId.map((id) => `/v1/cases/${id}`),
    fc
      .tuple(
        caseId,
        fc.constantFrom('', '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', '?knownAt=2030-01-01T00:00:00Z'),
      )
      .map(([id, q]) => `/v1/cases/${id}/track${q}`),
    incidentId.map((id) => `/v1/incidents/${id}`),
    fc
      .tuple(caseId, fc.constantFrom('open', 'raised', 'acknowledged', 'resolved'), fc.integer({ min: 1, max: 9 }))
      .map(([id, status, limit]) => `/v1/incidents?caseId=${id}&status=${status}&limit=${limit}`),
    fc
      .tuple(fc.constantFrom('cases', 'incidents', 'positions', 'events'), fc.integer({ min: 1, max: 9 }))
      .map(([list, limit]) => `/v1/${list}?limit=${limit}`),
  );
  const site = fc.constantFrom(two.noirmont, two.delemont);
  const accept = fc.constantFrom('*/*', 'application/mf+json', 'application/geo+json');
  await fc.assert(
    fc.asyncProperty(site, path, accept, async (at, to, type) => {
      const answer = await ask(at.api, to, { token: TOKENS.JU, headers: { Accept: type } });
      const told = secrets.filter((secret) => answer.text.includes(secret));
      // What the client itself wrote into the address does not count, and is not repeated in any answer either.
      expect([to, told]).toEqual([to, []]);
    }),
    { numRuns: 120, interruptAfterTimeLimit: 30_000 },
  );
});

test('pages of incidents and cases, one by one, are the whole list, in order of harm', async () => {
  const whole = await items('/v1/incidents', TOKENS.operator);
  expect(whole).toHaveLength(4);
  for (const path of ['/v1/incidents', '/v1/cases', '/v1/positions']) {
    const seen: unknown[] = [];
    let next: string | null = null;
    do {
      const rest: string = next === null ? '' : `&after=${next}`;
      const page = await ask(two.noirmont.api, `${path}?limit=1${rest}`, operator);
      seen.push(...page.body.items);
      next = page.body.next;
    } while (next !== null);
    expect(seen).toEqual(await items(path, TOKENS.operator));
  }
});

test('one reads at once what one has decided', async () => {
  const [incident] = await items('/v1/incidents?status=raised', TOKENS.operator);
  const path = `/v1/incidents/${incident?.['incidentId']}`;
  const done = await ask(two.noirmont.api, `${path}/acknowledge`, { ...operator, body: { note: 'seen' } });
  expect(done.status).toBe(200);
  const read = await ask(two.noirmont.api, path, operator);
  expect(read.body).toMatchObject({
    status: 'acknowledged',
    provisional: false,
    heldBy: { subject: 'operator', site: 'noirmont' },
  });
  const steps = read.body.steps.map((step: { step: string }) => step.step);
  expect(steps.filter((step: string) => step !== 'closed')).toEqual(['early', 'confirmed', 'acknowledged']);
  expect(read.body.step).toBe(steps.length);
  const position = done.headers.get('vigie-position') ?? '';
  const there = await ask(two.delemont.api, path, { ...operator, headers: { 'Vigie-Min-Position': position } });
  expect(there.body).toMatchObject({ status: 'acknowledged', step: steps.length });
  const created = await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.JU, body: newCase('ju-3', 'JU') });
  expect(created.status).toBe(201);
  const found = await ask(two.noirmont.api, '/v1/cases/ju-3', { token: TOKENS.JU });
  expect(found.body).toMatchObject({ caseId: 'ju-3', revision: 1, person: { name: 'Wearer of ju-3' } });
  expect(found.headers.get('etag')).toBe('"1"');
});

test('[D1] events that memory no longer holds come from rows, the same ones, in pages and in a stream that goes on from memory', async () => {
  const { ports, replica } = two.noirmont;
  const lost = replica.received();
  const real = doorsOf(ports.replica);
  // As after a start from a snapshot: memory begins where the snapshot was taken.
  const restarted = createApi({
    ...ports,
    replica: {
      ...real,
      events: (after, limit) =>
        covers(after ?? {}, lost) ? real.events(after, limit) : { events: [], next: after ?? {}, truncated: true },
    },
  });
  const known = replica.events(undefined, 1000).events.map((event) => event.id);
  expect(known.length).toBeGreaterThan(8);
  const paged: string[] = [];
  let after = '';
  for (let empty = 0; empty < 2; ) {
    const page = await ask(restarted, `/v1/events?limit=3&after=${after}`, operator);
    expect(page.status).toBe(200);
    paged.push(...page.body.events.map((event: VigieEvent) => event.id));
    empty = page.body.events.length === 0 ? empty + 1 : 0;
    after = page.body.next;
  }
  expect(new Set(paged)).toEqual(new Set(known));
  expect(paged).toHaveLength(known.length);
  const headers = { Authorization: `Bearer ${TOKENS.operator}`, Accept: 'text/event-stream' };
  const stream = await restarted.fetch(new Request('http://site.test/v1/events?after=', { headers }));
  const streamed: string[] = [];
  const taken = alarm('ju-4');
  for await (const part of (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    for (const [, data] of part.matchAll(/^data: (.*)$/gm)) streamed.push((JSON.parse(data ?? '') as VigieEvent).id);
    if (streamed.some((id) => id.startsWith('x') || !known.includes(id))) break;
  }
  await taken;
  expect(streamed.slice(0, known.length).toSorted(compareTexts)).toEqual(known.toSorted(compareTexts));
  restarted.close();
});

test('a track: each fix once though it came by both sites, in order of fix time, as GeoJSON and as MF-JSON', async () => {
  const track = await ask(two.noirmont.api, '/v1/cases/ju-1/track', { token: TOKENS.JU });
  expect(track.headers.get('content-type')).toBe('application/geo+json');
  expect(track.body.features).toHaveLength(3);
  expect(track.body.features[1]).toMatchObject({
    geometry: { type: 'Point', coordinates: [CENTER.lon, CENTER.lat] },
    properties: { deviceId: 'dev-ju-1', role: 'wearer', accuracyM: 5 },
  });
  const times = track.body.features.map((f: { properties: { at: string } }) => f.properties.at);
  expect(times).toEqual(times.toSorted());
  const headers = { Accept: 'application/mf+json' };
  const moving = await ask(two.noirmont.api, '/v1/cases/ju-1/track', { ...operator, headers });
  expect(moving.body.features[0].temporalGeometry).toMatchObject({ type: 'MovingPoint', datetimes: times });
  const knownAt = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());
  const before = await ask(two.noirmont.api, `/v1/cases/ju-1/track?knownAt=${knownAt}`, operator);
  expect(before.body.features).toEqual([]);
});

test('[MO1] a passive measure has no live position anywhere', async () => {
  const body = newCase('passive', 'JU', { mode: 'passive' });
  expect((await ask(two.noirmont.api, '/v1/cases', { ...operator, body })).status).toBe(201);
  await two.report('noirmont', 'passive', [reportAt('passive', 1, FAR)]);
  const refused = [
    await ask(two.noirmont.api, '/v1/cases/passive/track', operator),
    await ask(two.noirmont.api, '/v1/positions?caseId=passive', operator),
  ];
  for (const answer of refused)
    expect(answer).toMatchObject({ status: 403, body: { type: 'urn:vigie:problem:mode-passive' } });
  const day = (daysAgo: number) => encodeURIComponent(new Date(Date.now() - daysAgo * 86_400_000).toISOString());
  const past = await ask(two.noirmont.api, `/v1/cases/passive/track?from=${day(3)}&to=${day(2)}`, operator);
  expect(past.status).toBe(200);
  expect((await items('/v1/positions', TOKENS.operator)).map((p) => p['caseId'])).not.toContain('passive');
});

test('an order is read as it was written, with its revision as ETag, by those who may see the case', async () => {
  const asked = newCase('x', 'JU');
  const answer = await ask(two.noirmont.api, '/v1/cases/ju-1/order', { token: TOKENS.JU });
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
  expect(answer.body).toEqual({ rules: asked['rules'], validFrom: asked['validFrom'], validTo: asked['validTo'] });
  expect((await ask(two.noirmont.api, '/v1/cases/ju-1/order', { token: TOKENS.BE })).status).toBe(404);
});

test('every read of a person is in the log of reads before the answer; when it cannot be written the read is 503', async () => {
  await owner`truncate access.reads`;
  await ask(two.noirmont.api, '/v1/cases/ju-1/track', { token: TOKENS.JU });
  await ask(two.noirmont.api, '/v1/incidents', { token: TOKENS.BE });
  await ask(two.noirmont.api, '/v1/events', { token: TOKENS.auditor });
  const rows =
    await owner`select subject, kind, cardinality(measures) as cases from access.reads join access.measure_sets using (set_id) order by id`;
  const all = two.noirmont.replica.events(undefined, 1000).events;
  expect([...rows]).toEqual([
    { subject: 'canton-JU', kind: 'case', cases: 1 },
    { subject: 'canton-JU', kind: 'track', cases: 1 },
    { subject: 'canton-BE', kind: 'incidents', cases: 2 },
    { subject: 'auditor', kind: 'events', cases: new Set(all.slice(0, 100).map((e) => e.measure)).size },
  ]);
  await owner`revoke insert on access.reads from vigie_app`;
  try {
    for (const path of ['/v1/cases', '/v1/cases/ju-1', '/v1/incidents', '/v1/positions', '/v1/cases/ju-1/track'])
      expect([path, (await ask(two.noirmont.api, path, operator)).status]).toEqual([path, 503]);
  } finally {
    await owner`grant insert on access.reads to vigie_app`;
  }
  expect((await ask(two.noirmont.api, '/v1/cases', operator)).status).toBe(200);
});

test('how fast incidents were answered is told by the clocks of the profile, to each canton of its own', async () => {
  const all = await ask(two.noirmont.api, '/v1/kpi', operator);
  expect(kpiSchema.safeParse(all.body).error).toBeUndefined();
  const ofBern = await ask(two.noirmont.api, '/v1/kpi', { token: TOKENS.BE });
  expect(all.body).toMatchObject({ profile: 'EN 50518-like' });
  expect(all.body.clocks[1].incidents).toBeGreaterThan(ofBern.body.clocks[1].incidents);
  expect(ofBern.body.clocks[1].incidents).toBeGreaterThan(0);
  const wrong = await ask(two.noirmont.api, '/v1/kpi?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', operator);
  expect([wrong.status, wrong.body.fields]).toEqual([400, [{ field: 'from', reason: 'must lie before to' }]]);
});

test('a preview is folded over what the person’s devices told, is nobody else’s to ask for, and is in the log of reads', async () => {
  const { rules, validFrom, validTo } = newCase('x', 'JU');
  const body = { rules, validFrom, validTo };
  const preview = (caseId: string, token: string, more: object = {}) =>
    ask(two.noirmont.api, `/v1/cases/${caseId}/preview`, { token, body: { ...body, ...more } });
  const answer = await preview('ju-1', TOKENS.JU);
  expect(answer.status).toBe(200);
  expect(previewSchema.safeParse(answer.body).error).toBeUndefined();
  expect(answer.body).toMatchObject({ rules: [{ ruleId: 'stay-away' }], concerns: [], warnings: [] });
  expect(answer.body.reports).toBeGreaterThanOrEqual(3);
  const before = await owner`select count(*)::int as n from access.reads where kind = 'track'`;
  await preview('ju-1', TOKENS.JU);
  const after = await owner`select count(*)::int as n from access.reads where kind = 'track'`;
  expect(after[0]?.['n'] - before[0]?.['n']).toBe(1);
  expect((await preview('ju-1', TOKENS.BE)).status).toBe(404);
  expect((await preview('ju-1', TOKENS.auditor)).status).toBe(403);
  expect((await preview('ju-1', TOKENS.JU, { from: '2020-01-01T00:00:00Z' })).status).toBe(400);
  const wrong = await preview('ju-1', TOKENS.JU, { coverageGaps: [{ type: 'circle', center: [7, 47], radiusM: 0 }] });
  expect(wrong.body.fields[0].field).toBe('coverageGaps[0].radiusM');
  const away = await preview('ju-1', TOKENS.JU, {
    rules: [{ ...(rules as object[])[0], zone: { type: 'shared', sharedZoneId: 'x' } }],
  });
  expect(away.status).toBe(422);
  expect(two.noirmont.replica.caseView(two.noirmont.replica.measureOfCase('ju-1') as string)?.revision).toBe(1);
});
