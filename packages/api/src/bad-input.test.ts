// Bad input is answered with a problem that names the place, and never with a 500.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, newCase } from './testing/client.ts';
import { TOKENS, TwoSites } from './testing/two-sites.ts';

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
});
afterAll(() => two.close());
const operator = { token: TOKENS.operator };
const post = (body: unknown) => ask(two.noirmont.api, '/v1/cases', { ...operator, body });

test('malformed JSON is 400 and names line and column', async () => {
  const raw = '{\n  "caseId": "x",\n  "mode" "active"\n}';
  const answer = await ask(two.noirmont.api, '/v1/cases', { ...operator, raw });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      type: 'urn:vigie:problem:invalid-input',
      fields: [{ field: 'body', reason: 'is not JSON: line 3, column 10' }],
    },
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});

test('bytes that are not UTF-8, no body, a deep body, a huge body', async () => {
  const latin1 = new Request('http://site.test/v1/cases', {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKENS.operator}` },
    body: new Uint8Array([0x7b, 0xe9, 0x7d]),
  });
  expect((await two.noirmont.api.fetch(latin1)).status).toBe(400);
  expect((await ask(two.noirmont.api, '/v1/cases', { ...operator, method: 'POST' })).status).toBe(422);
  const deep = await ask(two.noirmont.api, '/v1/cases', { ...operator, raw: '['.repeat(5000) + ']'.repeat(5000) });
  expect(deep.status).toBe(400);
  const huge = await ask(two.noirmont.api, '/v1/cases', { ...operator, raw: JSON.stringify('x'.repeat(3_000_000)) });
  expect(huge).toMatchObject({ status: 413, body: { fields: [{ field: 'body' }] } });
});

const zoneOf = (zone: unknown) => newCase('bad', 'JU', { rules: [{ ruleId: 'z', kind: 'exclusion', zone }] });
test.for([
  ['an unknown mode', newCase('bad', 'JU', { mode: 'live' }), 'mode', undefined],
  [
    'a device twice',
    newCase('bad', 'JU', {
      devices: [
        { deviceId: 'a', role: 'wearer' },
        { deviceId: 'a', role: 'wearer' },
      ],
    }),
    'devices[1].deviceId',
    undefined,
  ],
  [
    'a latitude out of range',
    zoneOf({ type: 'circle', center: [7, 91], radiusM: 10 }),
    'rules[0].zone.center[1]',
    undefined,
  ],
  [
    'a vertex out of range',
    zoneOf({
      type: 'Polygon',
      coordinates: [
        [
          [7, 47],
          [7.1, 47],
          [7.1, 147],
          [7, 47],
        ],
      ],
    }),
    'rules[0].zone.coordinates[0][2][1]',
    2,
  ],
  [
    'a polygon with three equal points',
    zoneOf({
      type: 'Polygon',
      coordinates: [
        [
          [7, 47],
          [7, 47],
          [7, 47],
          [7, 47],
        ],
      ],
    }),
    'rules[0].zone',
    undefined,
  ],
  [
    'a polygon that crosses itself',
    zoneOf({
      type: 'Polygon',
      coordinates: [
        [
          [7, 47],
          [7.1, 47.1],
          [7.1, 47],
          [7, 47.1],
          [7, 47],
        ],
      ],
    }),
    'rules[0].zone',
    undefined,
  ],
  ['an end before the beginning', newCase('bad', 'JU', { validTo: '2020-01-01T00:00:00Z' }), 'validTo', undefined],
  ['a legal basis that is none', newCase('bad', 'JU', { legalBasis: 'because' }), 'legalBasis', undefined],
] as const)('%s is 422 and names the field', async ([, body, field, vertex]) => {
  const answer = await post(body);
  expect(answer.status).toBe(422);
  expect(answer.body.fields[0].field).toContain(field);
  expect(answer.body.fields[0].reason.length).toBeGreaterThan(5);
  expect(answer.body.fields[0].vertex).toBe(vertex ?? answer.body.fields[0].vertex);
});

test('a zone far outside the area of validity is recorded, with a warning that names it', async () => {
  const answer = await post(zoneOf({ type: 'circle', center: [47, 7], radiusM: 100 }));
  expect([answer.status, answer.body.warnings]).toEqual([
    201,
    [expect.objectContaining({ field: expect.stringContaining('rules[0].zone') })],
  ]);
});

test('queries and cursors that are not what they should be are 400 and name the parameter', async () => {
  const wrong = {
    limit: '/v1/incidents?limit=0',
    status: '/v1/incidents?status=lost',
    after: '/v1/incidents?after=abc',
    from: '/v1/cases/x/track?from=yesterday',
  };
  for (const [field, path] of Object.entries(wrong))
    expect(await ask(two.noirmont.api, path, operator)).toMatchObject({ status: 400, body: { fields: [{ field }] } });
  expect(await ask(two.noirmont.api, '/v1/events?after=nowhere', operator)).toMatchObject({ status: 400 });
  const reversed = await ask(
    two.noirmont.api,
    '/v1/cases/x/track?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    operator,
  );
  expect(reversed).toMatchObject({ status: 400, body: { fields: [{ field: 'from', reason: 'lies after to' }] } });
  expect(
    (await ask(two.noirmont.api, '/v1/cases/x/track', { ...operator, headers: { Accept: 'text/html' } })).status,
  ).toBe(406);
});

test('whatever comes, the answer is below 500 (or 503 while the database is away), and a problem document says why', async () => {
  const path = fc.constantFrom(
    '/v1/cases',
    '/v1/cases/x/orders',
    '/v1/cases/x/stop',
    `/v1/incidents/${'0'.repeat(32)}/resolve`,
    '/v1/incidents/%00/note',
    '/v1/reports',
  );
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(newCase('x', 'JU', { rules: null })))),
      fc.dictionary(
        fc.constantFrom('If-Match', 'Idempotency-Key', 'Vigie-Min-Position', 'Accept', 'Accept-Language'),
        fc.stringMatching(/^[ -~]{0,40}$/),
      ),
      async (to, raw, headers) => {
        const answer = await ask(two.noirmont.api, to, { ...operator, method: 'POST', raw, headers });
        const isProblem = /^urn:vigie:problem:[a-z-]+$/.test(answer.body?.type) && answer.body.status === answer.status;
        expect([answer.status, answer.text, answer.status < 400 || isProblem]).toEqual([
          answer.status,
          answer.text,
          true,
        ]);
        expect(answer.status === 503 || answer.status < 500).toBe(true);
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
  expect(two.noirmont.notes.filter((note) => note.includes('a request failed'))).toEqual([]);
}, 40_000);

test('any path is answered, and below 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.webPath(), fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'), async (to, method) => {
      const answer = await ask(two.noirmont.api, `/v1${to.startsWith('/') ? to : `/${to}`}`, { ...operator, method });
      expect(answer.status === 503 || answer.status < 500).toBe(true);
    }),
    { numRuns: 150 },
  );
});
