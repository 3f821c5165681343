// What needs no database: authentication, problems, decisions, the live feed. The database is away in all of these.
import type { VigieEvent } from './contract.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from './app.ts';
import type { Door } from './http/route.ts';
import { ask, CENTER, FAR, newCase, reportAt } from './testing/client.ts';
import { INTERNAL_TOKEN, TOKENS, TwoSites, URLS } from './testing/two-sites.ts';

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
});
afterAll(() => two.close());
const operator = { token: TOKENS.operator };

/** An incident of a fresh case, raised and published at both sites. */
async function raised(caseId: string, authority = 'JU'): Promise<string> {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase(caseId, authority) });
  if (created.status !== 201) throw new Error(`${created.status} ${created.text}`);
  await two.report('noirmont', caseId, [reportAt(caseId, 1, FAR, Date.now() - 2000), reportAt(caseId, 2, CENTER)]);
  const seen = () =>
    two.delemont.replica.events(undefined, 1000).events.find((e) => e.caseId === caseId && e.data.type === 'confirmed');
  await two.until(() => seen() !== undefined);
  return seen()?.data.incidentId ?? '';
}

test('without a valid token there is nothing but health, numbers, configuration and the document', async () => {
  for (const path of ['/v1/cases', '/v1/incidents', '/v1/positions', '/v1/events', '/v1/cluster', '/v1/session']) {
    expect(await ask(two.noirmont.api, path)).toMatchObject({ status: 401 });
    const wrong = await ask(two.noirmont.api, path, { token: `${TOKENS.operator}x` });
    expect(wrong).toMatchObject({ status: 401, body: { type: 'urn:vigie:problem:unauthenticated', status: 401 } });
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
  }
  expect((await ask(two.noirmont.api, '/healthz/live')).status).toBe(200);
  expect((await ask(two.noirmont.api, '/healthz/ready')).status).toBe(200);
  expect((await ask(two.noirmont.api, '/metrics')).text).toBe('vigie_up 1\n');
  expect((await ask(two.noirmont.api, '/config.json')).body).toEqual({ site: 'noirmont', urls: URLS });
});

test('[D5] devices unobserved from here are listed for those who may see their case, and tasks are counted', async () => {
  const api = createApi({
    ...two.noirmont.ports,
    unobserved: () => ({
      site: 'delemont',
      sinceMs: Date.UTC(2026, 10, 22),
      devices: ['JU', 'BE'].map((authority, i) => ({
        measure: `${i}`.repeat(32),
        caseId: `case-${authority}`,
        authority,
        deviceId: `dev-${authority}`,
        role: 'wearer' as const,
        lastReportMs: Date.UTC(2026, 10, 21),
        limitMs: i === 0 ? 20_000 : undefined,
        isTask: i === 0,
      })),
    }),
  });
  expect((await ask(api, '/v1/unobserved', operator)).body).toMatchObject({ site: 'delemont', count: 2, tasks: 1 });
  expect((await ask(api, '/v1/unobserved', { token: TOKENS.BE })).body).toEqual({
    site: 'delemont',
    since: '2026-11-22T00:00:00.000Z',
    count: 1,
    tasks: 0,
    devices: [
      {
        caseId: 'case-BE',
        deviceId: 'dev-BE',
        role: 'wearer',
        lastReportAt: '2026-11-21T00:00:00.000Z',
        limitS: null,
        task: false,
      },
    ],
  });
  expect((await ask(two.noirmont.api, '/v1/unobserved', operator)).body).toMatchObject({ site: null, count: 0 });
  expect(await ask(api, '/v1/unobserved')).toMatchObject({ status: 401 });
});

test('[MS3] a mass silence is listed for those who may see each case, and says who stands alone', async () => {
  const api = createApi({
    ...two.noirmont.ports,
    massSilence: () => ({
      id: 'c'.repeat(32),
      sinceMs: Date.UTC(2026, 10, 22),
      devices: ['JU', 'BE'].map((authority, i) => ({
        measure: `${i}`.repeat(32),
        caseId: `case-${authority}`,
        authority,
        deviceId: `dev-${authority}`,
        role: 'wearer' as const,
        incidentIds: [`silence-${authority}`],
        openedAtMs: Date.UTC(2026, 10, 22, 0, i),
        standsAlone: i === 0,
      })),
    }),
  });
  expect((await ask(api, '/v1/mass-silence', operator)).body).toMatchObject({ count: 2, standAlone: 1 });
  expect((await ask(api, '/v1/mass-silence', { token: TOKENS.BE })).body).toEqual({
    massSilenceId: 'c'.repeat(32),
    since: '2026-11-22T00:00:00.000Z',
    count: 1,
    standAlone: 0,
    devices: [
      {
        caseId: 'case-BE',
        deviceId: 'dev-BE',
        role: 'wearer',
        incidentIds: ['silence-BE'],
        openedAt: '2026-11-22T00:01:00.000Z',
        standsAlone: false,
      },
    ],
  });
  const none = { massSilenceId: null, since: null, count: 0, standAlone: 0, devices: [] };
  expect((await ask(two.noirmont.api, '/v1/mass-silence', operator)).body).toEqual(none);
  expect(await ask(api, '/v1/mass-silence')).toMatchObject({ status: 401 });
});

test('[D4] certificates of erasure are for the canton whose case it was, auditors and SREs, and name nobody', async () => {
  const certificate = {
    measure: 'a'.repeat(32),
    authority: 'JU',
    legalBasis: 'ZGB 28c',
    legalDate: '2026-12-10T00:00:00.000Z',
    status: 'certified' as const,
    erasedAt: '2026-11-12T00:00:00.000Z',
    keyDestroyedAt: { noirmont: '2026-11-12T00:00:05.000Z', delemont: '2026-11-12T00:00:04.000Z' },
  };
  const api = createApi({ ...two.noirmont.ports, erasures: () => [certificate] });
  const read = async (token: string, query = '') => (await ask(api, `/v1/erasures${query}`, { token })).body;
  for (const token of [TOKENS.JU, TOKENS.sre]) expect(await read(token)).toEqual({ items: [certificate], count: 1 });
  expect(await read(TOKENS.BE)).toEqual({ items: [], count: 0 });
  expect(await read(TOKENS.sre, '?status=due')).toEqual({ items: [], count: 0 });
  expect(await ask(api, '/v1/erasures', operator)).toMatchObject({ status: 403 });
});

test('a session says who the token is, a device included', async () => {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('session', 'JU') });
  const deviceToken = created.body.deviceTokens['dev-session'];
  expect((await ask(two.noirmont.api, '/v1/session', operator)).body).toEqual({
    subject: 'operator',
    role: 'operator',
    canton: null,
  });
  expect((await ask(two.noirmont.api, '/v1/session', { token: TOKENS.JU })).body).toEqual({
    subject: 'canton-JU',
    role: 'canton',
    canton: 'JU',
  });
  expect((await ask(two.noirmont.api, '/v1/session', { token: deviceToken })).body).toMatchObject({
    subject: 'dev-session',
    role: 'device',
  });
});

test('[MO2] what a device may read says nothing of anybody: who it is, whether the site lives, and what it sends', async () => {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('reads', 'JU') });
  const token = created.body.deviceTokens['dev-reads'];
  const { body } = await ask(two.noirmont.api, '/v1/openapi.json');
  const open: string[] = [];
  for (const [path, methods] of Object.entries(body.paths as Record<string, object>))
    for (const method of Object.keys(methods)) {
      const { status } = await ask(two.noirmont.api, path.replace('{caseId}', 'reads'), {
        token,
        method: method.toUpperCase(),
        ...(method === 'get' ? {} : { body: {} }),
      });
      if (status !== 403) open.push(`${method} ${path}`);
    }
  expect(open.toSorted()).toEqual([
    'get /config.json',
    'get /healthz/live',
    'get /healthz/ready',
    'get /metrics',
    'get /v1/session',
    'post /v1/reports',
  ]);
});

test('SRE and auditor do not decide; a canton decides for itself alone', async () => {
  for (const token of [TOKENS.sre, TOKENS.auditor])
    expect((await ask(two.noirmont.api, '/v1/cases', { token, body: newCase('no', 'JU') })).status).toBe(403);
  const foreign = await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.JU, body: newCase('no', 'BE') });
  expect(foreign).toMatchObject({ status: 403, body: { fields: [{ field: 'authority' }] } });
});

test('an SRE gets nothing of what is in a case, only how the sites and devices are', async () => {
  const id = await raised('not-for-sre');
  const read = (path: string, token: string) => ask(two.noirmont.api, path, { token });
  const ofCases = [
    '/v1/cases',
    '/v1/cases/not-for-sre',
    '/v1/cases/not-for-sre/order',
    '/v1/cases/not-for-sre/track',
    '/v1/cases/not-for-sre/rules/switches',
    '/v1/positions',
    '/v1/incidents',
    `/v1/incidents/${id}`,
    '/v1/events',
  ];
  for (const path of ofCases) expect([path, (await read(path, TOKENS.sre)).status]).toEqual([path, 403]);
  // To an auditor they are open: with rows from the database, which is not there, or at once.
  for (const path of ofCases) expect([path, (await read(path, TOKENS.auditor)).status]).not.toEqual([path, 403]);
  for (const path of ['/v1/cluster', '/v1/unobserved', '/v1/mass-silence', '/v1/zones', '/v1/rules/switches']) {
    const answer = await read(path, TOKENS.sre);
    expect([path, answer.status, answer.text.includes('not-for-sre') || answer.text.includes(id)]).toEqual([
      path,
      200,
      false,
    ]);
  }
});

test('by the public door there is nothing of what is between the sites, however the path is spelled', async () => {
  const { api } = two.noirmont;
  const at = async (path: string, door: Door) => {
    const request = new Request(`http://site${path}`, { headers: { Authorization: `Bearer ${INTERNAL_TOKEN}` } });
    const answer = await api.fetch(request, door);
    return [answer.status, await answer.text()];
  };
  const measure = (await two.noirmont.keys.create()).toString();
  const spelled = [
    '/metrics',
    `/internal/keys/${measure}`,
    `/%69nternal/keys/${measure}`,
    `/v1/../internal/keys/${measure}`,
  ];
  for (const path of spelled) {
    expect((await at(path, 'public'))[0]).toBe(404);
    expect((await at(path, 'internal'))[0]).toBe(200);
  }
});

test('every answer says its position and that nothing may be kept', async () => {
  const answer = await ask(two.noirmont.api, '/v1/cluster', operator);
  expect(answer.headers.get('vigie-position')).toMatch(/^noirmont\.1-\w+:\d+,delemont\.1-\w+:\d+$/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await ask(two.noirmont.api, '/v1/nothing')).headers.get('vigie-position')).not.toBe('');
});

test('pages of both consoles may ask, others may not', async () => {
  for (const origin of [URLS.noirmont, URLS.delemont, 'http://127.0.0.1:7200']) {
    const preflight = await ask(two.noirmont.api, '/v1/incidents', {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Vigie-Min-Position');
    const refused = await ask(two.noirmont.api, '/v1/incidents', { headers: { Origin: origin } });
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
    expect(refused.headers.get('access-control-expose-headers')).toContain('Vigie-Position');
  }
  const other = await ask(two.noirmont.api, '/v1/cluster', {
    ...operator,
    headers: { Origin: 'https://evil.example' },
  });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('while the database is away reads say 503, decisions and the feed go on', async () => {
  const id = await raised('no-database');
  for (const path of [
    '/v1/cases',
    '/v1/cases/no-database',
    '/v1/incidents',
    `/v1/incidents/${id}`,
    '/v1/positions',
    '/v1/cases/no-database/track',
  ]) {
    const answer = await ask(two.noirmont.api, path, operator);
    expect([path, answer.status, answer.body.type]).toEqual([path, 503, 'urn:vigie:problem:store-unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const taken = await ask(two.delemont.api, `/v1/incidents/${id}/acknowledge`, {
    ...operator,
    body: { note: 'on it' },
  });
  expect(taken).toMatchObject({
    status: 200,
    body: { settled: true, incident: { status: 'acknowledged', heldBy: { subject: 'operator', site: 'delemont' } } },
  });
  const events = await ask(two.noirmont.api, '/v1/events?limit=500', operator);
  expect(
    events.body.events
      .filter((e: { subject: string }) => e.subject === id)
      .map((e: { type: string }) => e.type)
      .sort(),
  ).toEqual(['vigie.incident.acknowledged', 'vigie.incident.confirmed', 'vigie.incident.early']);
});

test('[L16] the second to take an incident is told who has it, at the other site too', async () => {
  const id = await raised('race');
  const [one, other] = await Promise.all([
    ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { ...operator, body: {} }),
    ask(two.delemont.api, `/v1/incidents/${id}/acknowledge`, { token: TOKENS.JU, body: {} }),
  ]);
  const statuses = [one.status, other.status].toSorted((a, b) => a - b);
  expect(statuses).toEqual([200, 409]);
  const [won, lost] = one.status === 200 ? [one, other] : [other, one];
  expect(lost.body).toMatchObject({
    type: 'urn:vigie:problem:step-forbidden',
    heldBy: { subject: won.body.incident.heldBy.subject },
  });
});

test('[IC1] a step that is forbidden as things stand is refused before the log', async () => {
  const id = await raised('forbidden');
  const steps = () => two.noirmont.replica.received()['noirmont'];
  expect((await ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { ...operator, body: {} })).status).toBe(200);
  const before = await two.noirmont.log.read('noirmont', steps()?.epoch ?? '', 1 as never, 100_000);
  for (const [step, body] of [
    ['acknowledge', {}],
    ['reopen', {}],
  ] as const)
    expect(await ask(two.noirmont.api, `/v1/incidents/${id}/${step}`, { ...operator, body })).toMatchObject({
      status: 409,
      body: { type: 'urn:vigie:problem:step-forbidden', heldBy: { subject: 'operator' } },
    });
  const after = await two.noirmont.log.read('noirmont', steps()?.epoch ?? '', 1 as never, 100_000);
  const kinds = after.slice(before.length).map(({ entry }) => entry.ok && entry.value.kind);
  expect(kinds).not.toContain('step');
});

test('[L16] the same Idempotency-Key counts once across the sites; with another body it is refused', async () => {
  const id = await raised('idempotent');
  const headers = { 'Idempotency-Key': 'key-1' };
  const path = `/v1/incidents/${id}/acknowledge`;
  expect((await ask(two.noirmont.api, path, { ...operator, headers, body: { note: 'a' } })).status).toBe(200);
  const again = await ask(two.delemont.api, path, { ...operator, headers, body: { note: 'a' } });
  expect(again).toMatchObject({ status: 200, body: { settled: true } });
  const events = two.noirmont.replica.events(undefined, 1000).events.filter((e) => e.id === `${id}/acknowledged`);
  expect(events).toHaveLength(1);
  const mismatch = await ask(two.delemont.api, path, { ...operator, headers, body: { note: 'b' } });
  expect(mismatch).toMatchObject({ status: 422, body: { type: 'urn:vigie:problem:idempotency-mismatch' } });
});

test('[L16] apart, a decision is answered 202 with a status that settles after the heal', async () => {
  const id = await raised('apart');
  two.cluster.cut();
  try {
    await two.until(() => !two.noirmont.log.peer().joined);
    const taken = await ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { ...operator, body: {} });
    expect(taken).toMatchObject({
      status: 202,
      body: { settled: false, incident: { status: 'acknowledged', provisional: true } },
    });
    expect(taken.headers.get('location')).toBe(taken.body.statusUrl);
    expect((await ask(two.noirmont.api, taken.body.statusUrl, operator)).body).toMatchObject({
      settled: false,
      outcome: 'applied',
    });
    two.cluster.heal();
    await expect
      .poll(async () => (await ask(two.noirmont.api, taken.body.statusUrl, operator)).body.settled, { timeout: 15_000 })
      .toBe(true);
  } finally {
    two.cluster.heal();
    await two.until(() => two.noirmont.log.peer().joined && two.delemont.log.peer().joined);
  }
});

test('[SV1] four eyes: one asks at one site, another approves at the other; alone, or without a reason, nobody does', async () => {
  const id = await raised('shelved');
  const path = (step: string) => `/v1/incidents/${id}/${step}`;
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const empty = await ask(two.noirmont.api, path('shelve'), { ...operator, body: { until } });
  expect([empty.status, empty.body.fields[0].field]).toEqual([422, 'note']);
  const body = { note: 'the patrol has looked', until };
  expect((await ask(two.noirmont.api, path('shelve'), { ...operator, body })).status).toBe(200);
  expect((await ask(two.noirmont.api, path('approve'), { ...operator, body: {} })).status).toBe(409);
  expect((await ask(two.delemont.api, path('approve'), { token: TOKENS.JU, body: {} })).status).toBe(200);
  const events = await ask(two.delemont.api, '/v1/events?limit=500', operator);
  const types = events.body.events.filter((e: VigieEvent) => e.subject === id).map((e: VigieEvent) => e.type);
  expect(types).toEqual(expect.arrayContaining(['vigie.incident.shelving_asked', 'vigie.incident.shelved']));
});

test('a step on an incident of another canton is 404, in words that say nothing of it', async () => {
  const id = await raised('private-be', 'BE');
  const foreign = await ask(two.noirmont.api, `/v1/incidents/${id}/acknowledge`, { token: TOKENS.JU, body: {} });
  const none = await ask(two.noirmont.api, `/v1/incidents/${'0'.repeat(32)}/acknowledge`, {
    token: TOKENS.JU,
    body: {},
  });
  expect(foreign.status).toBe(404);
  expect(foreign.text).toBe(none.text);
});

test('orders: If-Match names the revision; a stale one is refused with the one in force; a stop ends it', async () => {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('varied', 'JU') });
  expect(created.headers.get('etag')).toBe('"1"');
  expect(created.headers.get('location')).toBe('/v1/cases/varied');
  const { validFrom, validTo, rules } = newCase('varied', 'JU');
  const path = '/v1/cases/varied/orders';
  const body = { validFrom, validTo, rules };
  expect((await ask(two.noirmont.api, path, { ...operator, body })).status).toBe(428);
  const varied = await ask(two.noirmont.api, path, { token: TOKENS.JU, body, headers: { 'If-Match': '"1"' } });
  expect(varied).toMatchObject({ status: 200, body: { settled: true, case: { revision: 2 } } });
  expect(varied.headers.get('etag')).toBe('"2"');
  const stale = await ask(two.delemont.api, path, { ...operator, body, headers: { 'If-Match': '"1"' } });
  expect(stale).toMatchObject({ status: 412, body: { type: 'urn:vigie:problem:revision-stale' } });
  expect(stale.headers.get('etag')).toBe('"2"');
  expect(
    (await ask(two.noirmont.api, '/v1/cases/varied/stop', { token: TOKENS.BE, body: { reason: 'x' } })).status,
  ).toBe(404);
  const stopped = await ask(two.noirmont.api, '/v1/cases/varied/stop', { ...operator, body: { reason: 'served' } });
  expect(stopped).toMatchObject({ status: 200, body: { case: { state: 'ended' } } });
  const after = await ask(two.noirmont.api, path, { ...operator, body, headers: { 'If-Match': '"2"' } });
  expect(after).toMatchObject({ status: 409, body: { type: 'urn:vigie:problem:measure-ended' } });
});

test('[L16] the same case id at both sites at once: one stands, the other is told and its measure does not go on unseen', async () => {
  const answers = await Promise.all(
    (['noirmont', 'delemont'] as const).map((site) =>
      ask(two[site].api, '/v1/cases', {
        ...operator,
        body: newCase('twice-at-once', 'JU', { devices: [{ deviceId: `race-${site}`, role: 'wearer' }] }),
      }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  const winner = answers.find(({ status }) => status === 201)?.body.case.devices[0].deviceId;
  for (const site of ['noirmont', 'delemont'] as const) {
    const { replica } = two[site];
    const measures = [...replica.measures()].filter(
      (one) => replica.caseView(one)?.recorded.caseId === newCase('twice-at-once', 'JU')['caseId'],
    );
    const standing = measures.filter((one) => replica.caseView(one)?.ended === false);
    expect(standing).toEqual([replica.measureOfCase(newCase('twice-at-once', 'JU')['caseId'] as string)]);
    expect(replica.caseView(standing[0] ?? '')?.recorded.devices[0]?.deviceId).toBe(winner);
  }
});

test('a lost answer to a new case can be asked for again with its Idempotency-Key, at the other site, and only with it', async () => {
  const body = newCase('retry', 'JU');
  const headers = { 'Idempotency-Key': 'create-retry' };
  const first = await ask(two.noirmont.api, '/v1/cases', { ...operator, body, headers });
  const again = await ask(two.delemont.api, '/v1/cases', { ...operator, body, headers });
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body.deviceTokens).toEqual(first.body.deviceTokens);
  const other = await ask(two.noirmont.api, '/v1/cases', {
    ...operator,
    body,
    headers: { 'Idempotency-Key': 'other' },
  });
  expect(other).toMatchObject({ status: 409, body: { type: 'urn:vigie:problem:already-exists' } });
  expect((await ask(two.noirmont.api, '/v1/cases', { ...operator, body })).status).toBe(409);
});

test('keys of measures pass between the sites, with the token of the sites only', async () => {
  const measure = await two.noirmont.keys.create();
  const path = `/internal/keys/${measure}`;
  for (const token of [undefined, TOKENS.operator, `${INTERNAL_TOKEN}x`])
    expect((await ask(two.noirmont.api, path, token === undefined ? {} : { token })).status).toBe(401);
  const key = await ask(two.noirmont.api, path, { token: INTERNAL_TOKEN });
  expect(key.status).toBe(200);
  expect((await ask(two.delemont.api, path, { token: INTERNAL_TOKEN })).status).toBe(404);
  const put = await ask(two.delemont.api, path, { token: INTERNAL_TOKEN, method: 'PUT', raw: key.text });
  expect(put.status).toBe(204);
  expect(two.delemont.keys.has(measure)).toBe(true);
  expect((await ask(two.delemont.api, path, { token: INTERNAL_TOKEN, method: 'PUT', raw: 'rubbish' })).status).toBe(
    422,
  );
  expect((await ask(two.delemont.api, '/internal/keys/..%2f..%2fetc', { token: INTERNAL_TOKEN })).status).toBe(404);
});

test('[L18] Min-Position waits for what is on its way, and says 503 for what cannot come', async () => {
  const here = two.noirmont.replica.received();
  const beyond = `noirmont.${here.noirmont?.epoch}:${(here.noirmont?.seq ?? 0) + 1}`;
  const soon = await ask(two.noirmont.api, '/v1/session', { ...operator, headers: { 'Vigie-Min-Position': beyond } });
  expect(soon.status).toBe(200);
  const never = `noirmont.${here.noirmont?.epoch}:900000000`;
  const late = await ask(two.noirmont.api, '/v1/session', { ...operator, headers: { 'Vigie-Min-Position': never } });
  expect(late).toMatchObject({ status: 503, body: { type: 'urn:vigie:problem:position-unreachable' } });
  expect(late.headers.get('retry-after')).toBe('2');
  const bad = await ask(two.noirmont.api, '/v1/session', {
    ...operator,
    headers: { 'Vigie-Min-Position': 'yesterday' },
  });
  expect(bad).toMatchObject({ status: 400, body: { fields: [{ field: 'Vigie-Min-Position' }] } });
});
