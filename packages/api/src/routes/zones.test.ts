// Shared zones over HTTP: written once, varied on top of a revision, named by orders.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedZoneSchema } from '../schemas/case.ts';
import { CENTER, ask, newCase, reportAt } from '../testing/client.ts';
import { TOKENS, TwoSites } from '../testing/two-sites.ts';

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
  await two.noirmont.log.append({ kind: 'engine_version', entryId: 'to-4', items: [], data: { version: 4 } });
  await two.until(() => two.noirmont.replica.rules.newest === 4 && two.delemont.replica.rules.newest === 4);
});
afterAll(() => two.close());

const school = (radiusM = 200, more: object = {}) => ({
  name: 'Primary school',
  authority: 'JU',
  zone: { type: 'circle', center: [CENTER.lon, CENTER.lat], radiusM },
  ...more,
});
const put = (zoneId: string, body: unknown, ifMatch?: string, token: string = TOKENS.operator, site = two.noirmont) =>
  ask(site.api, `/v1/zones/${zoneId}`, {
    method: 'PUT',
    token,
    body,
    headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
  });
const get = (path: string, token: string = TOKENS.operator, site = two.noirmont) => ask(site.api, path, { token });
const naming = (sharedZoneId: string) => ({
  rules: [{ ruleId: 'school', kind: 'exclusion', zone: { type: 'shared', sharedZoneId } }],
});

test('[SZ2] a zone is written, varied on top of its revision, and read at both sites', async () => {
  const first = await put('school-a', school());
  expect(first.status).toBe(201);
  expect(first.headers.get('etag')).toBe('"1"');
  sharedZoneSchema.parse(first.body.zone);
  await two.until(() => two.delemont.replica.sharedZones.newest('school-a')?.revision === 1);
  const second = await put('school-a', school(300), '"1"', TOKENS.operator, two.delemont);
  expect(second).toMatchObject({ status: 200, body: { settled: true, zone: { revision: 2, zone: { radiusM: 300 } } } });
  for (const site of [two.noirmont, two.delemont]) {
    const read = await get('/v1/zones/school-a', TOKENS.BE, site);
    expect(read.body).toMatchObject({ zoneId: 'school-a', revision: 2, name: 'Primary school' });
    expect(read.headers.get('etag')).toBe('"2"');
  }
});

test('[L16] without If-Match there must be no such zone yet, and a stale revision is told which one is in force', async () => {
  await put('school-b', school());
  expect((await put('school-b', school(300))).status).toBe(428);
  expect((await put('school-b', school(300), '"x"')).status).toBe(400);
  expect((await put('school-b', school(300), '"1"')).status).toBe(200);
  const stale = await put('school-b', school(400), '"1"');
  expect(stale.status).toBe(412);
  expect(stale.headers.get('etag')).toBe('"2"');
  expect((await put('school-none', school(400), '"1"')).status).toBe(412);
});

test('a canton writes its own zones and varies no other canton’s; everybody who reads cases may read them', async () => {
  expect((await put('border', school(), undefined, TOKENS.BE)).status).toBe(403);
  expect((await put('border', school(), undefined, TOKENS.JU)).status).toBe(201);
  expect((await put('border', school(200, { authority: 'BE' }), '"1"', TOKENS.BE)).status).toBe(403);
  expect((await put('border', school(), '"1"', TOKENS.auditor)).status).toBe(403);
  expect((await get('/v1/zones/border', TOKENS.auditor)).status).toBe(200);
  expect((await ask(two.noirmont.api, '/v1/zones/border')).status).toBe(401);
});

test('a zone is checked like that of an order: errors name the place, a zone far away is a warning', async () => {
  const bow = [
    [7, 47],
    [7.1, 47.1],
    [7.1, 47],
    [7, 47.1],
    [7, 47],
  ];
  const crossed = await put('bad', school(0, { zone: { type: 'Polygon', coordinates: [bow] } }));
  expect(crossed.status).toBe(422);
  expect(crossed.body.fields[0]).toMatchObject({
    field: expect.stringContaining('zone'),
    code: 'self_crossing',
    vertex: 0,
  });
  expect((await put('bad', { ...school(), zone: { type: 'shared', sharedZoneId: 'x' } })).status).toBe(422);
  expect((await put('BAD ID', school())).status).toBe(404);
  expect((await get('/v1/zones/bad')).status).toBe(404);
  const far = await put('far', school(200, { zone: { type: 'circle', center: [47.3, 7.3], radiusM: 200 } }));
  expect(far.status).toBe(201);
  expect(far.body.warnings[0].field).toContain('zone');
});

test('[SZ3] an order that names an unknown zone is refused before the log, and the answer says which rule', async () => {
  const answer = await ask(two.noirmont.api, '/v1/cases', {
    token: TOKENS.operator,
    body: newCase('SZ-unknown', 'JU', naming('not-there')),
  });
  expect(answer.status).toBe(422);
  expect(answer.body.fields).toEqual([
    { field: 'rules[0].zone.sharedZoneId', reason: "'not-there' is no shared zone (rule 'school')", ruleId: 'school' },
  ]);
});

test('[SZ1] a case goes by a shared zone, is shown with it, and a change of it is a breach at both sites', async () => {
  const north = { lat: CENTER.lat + 300 / 111_190, lon: CENTER.lon };
  await put('stadium', school(100));
  const body = newCase('SZ-1', 'JU', naming('stadium'));
  const made = await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.operator, body });
  expect(made.status).toBe(201);
  expect(made.body.case.rules[0]).toMatchObject({
    sharedZoneId: 'stadium',
    zoneName: expect.any(String),
    zone: { type: 'circle', radiusM: 100 },
  });
  await two.report('noirmont', 'SZ-1', [reportAt('SZ-1', 1, north)]);
  expect((await put('stadium', school(500), '"1"')).body.settled).toBe(true);
  await two.report('noirmont', 'SZ-1', [reportAt('SZ-1', 2, north)]);
  const measure = two.noirmont.replica.measureOfCase('SZ-1') as string;
  for (const site of [two.noirmont, two.delemont])
    await two.until(() => site.replica.caseView(measure)?.incidents.some(({ kind }) => kind === 'exclusion') === true);
});

test('zones are listed by id, page by page', async () => {
  for (const id of ['list-1', 'list-2', 'list-3']) await put(id, school());
  const ids: string[] = [];
  let after = '';
  do {
    const page = await get(`/v1/zones?limit=2${after === '' ? '' : `&after=${after}`}`);
    ids.push(...page.body.items.map(({ zoneId }: { zoneId: string }) => zoneId));
    after = page.body.next ?? '';
  } while (after !== '');
  expect(ids).toEqual([...ids].sort());
  expect(ids).toEqual(expect.arrayContaining(['list-1', 'list-2', 'list-3']));
});
