import { type KpiClock, parsePosition } from '@vigie/model';
import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { MemorySource } from './memory-source.ts';
import { Projector } from './projector.ts';
import type { ReadScope } from './read/scope.ts';
import { ProjectionReader } from './reader.ts';
import { measureOf, sampleIncident, sampleRecorded, sampleReports, sampleView } from './sample-case.ts';
import { migrate } from './store/migrate.ts';

let pg: TestPostgres;
let ownerUrl: string;
let owner: postgres.Sql;
let projector: Projector;
let reader: ProjectionReader;
/** A superuser's session: row-level security does not bind it, so only the explicit checks are left. */
let withoutRls: ProjectionReader;
const source = new MemorySource();
const EPOCH = '1-aaaa';
const CASES = [
  ['JU-1', 'JU'],
  ['JU-2', 'JU'],
  ['BE-1', 'BE'],
  ['BE-2', 'BE'],
  ['GE-1', 'GE'],
] as const;

beforeAll(async () => {
  pg = await startPostgres();
  const db = await pg.createDatabase();
  ownerUrl = db.url;
  await migrate(db.url);
  owner = postgres(db.url, { max: 1 });
  await owner.unsafe(`alter role vigie_app login password 'app'`);
  reader = new ProjectionReader({ url: pg.urlOf(db.name, 'vigie_app', 'app'), site: 'noirmont', now: () => 1234 });
  withoutRls = new ProjectionReader({ url: db.url, site: 'noirmont' });
  for (const [caseId, authority] of CASES) {
    const measure = measureOf(caseId);
    source.appendJson('noirmont', EPOCH, 'case', measure, { recorded: sampleRecorded(caseId, authority) });
    source.appendReports('noirmont', EPOCH, measure, `dev-${caseId}`, sampleReports(`dev-${caseId}`, 5));
    const raised = [1, 2, 3].map((n) => sampleIncident(caseId, n, n === 3 ? { kind: 'tamper' } : {}));
    for (const incident of raised) {
      const { incidentId, ruleId, kind, openedAtMs, lane, reason } = incident;
      const event = { incidentId, step: 'early', type: 'early', ruleId, kind, openedAtMs, lane, reason };
      source.appendJson('noirmont', EPOCH, 'event', measure, { event });
    }
    const first = raised[0] as (typeof raised)[number];
    const step = (by: string) => ({ step: { incidentId: first.incidentId, step: 'acknowledge', by } });
    const won = source.appendJson('delemont', EPOCH, 'step', measure, step('operator'));
    source.appendJson('noirmont', EPOCH, 'step', measure, step('late-operator'));
    const acknowledged = sampleIncident(caseId, 1, {
      status: 'acknowledged',
      heldBy: 'operator',
      aliases: [`alias-${caseId}`],
      published: ['early'],
      history: [
        { step: 'acknowledge', by: 'operator', t: 1_800_000_100_000_000 as never, entryId: `delemont.${EPOCH}:${won}` },
      ],
    });
    const others = raised.slice(1).map((incident) => ({ ...incident, published: ['early'] }));
    source.setView(sampleView(caseId, authority, { incidents: [acknowledged, ...others] }));
  }
  projector = new Projector({ source, url: db.url }).start();
  if (!(await projector.whenProjected(source.received(), 30_000))) throw new Error('nothing was projected');
});
afterAll(async () => {
  await projector.close();
  await reader.close();
  await withoutRls.close();
  await owner.end();
  await pg.stop();
});

const jura: ReadScope = { authority: 'JU', subject: 'canton-JU', role: 'canton' };
const operator: ReadScope = { authority: '*', subject: 'operator', role: 'operator' };

async function valueOf<T>(answer: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error('the read failed', { cause: result.error });
  return result.value;
}

/** Every read there is, as text; the explicit checks are as given, row-level security as the scope says. */
async function everything(
  from: ProjectionReader,
  scope: ReadScope,
  authority: ReadScope['authority'],
): Promise<string> {
  const after = { ok: true, value: {} } as const;
  const found: unknown[] = [
    await valueOf(from.cases(scope, { authority, limit: 100 })),
    await valueOf(from.incidents(scope, { authority, limit: 100 })),
    await valueOf(from.positions(scope, { authority, limit: 100 })),
    await valueOf(from.events(scope, { authority, after: after.value, limit: 100 })),
  ];
  for (const [caseId] of CASES) {
    found.push(await valueOf(from.case(scope, authority, caseId)));
    found.push(await valueOf(from.incident(scope, authority, sampleIncident(caseId, 1).incidentId)));
    found.push(await valueOf(from.incident(scope, authority, `alias-${caseId}`)));
  }
  return JSON.stringify(found);
}

const others = CASES.filter(([, authority]) => authority !== 'JU').map(([caseId]) => caseId);
const mentions = (text: string, caseIds: readonly string[]): string[] =>
  caseIds.filter((id) => text.includes(id) || text.includes(measureOf(id)));

test('the check can fail: with neither check a canton would see the others', async () => {
  expect(mentions(await everything(withoutRls, jura, '*'), others)).toEqual(others);
});

test('row-level security holds without the explicit checks', async () => {
  const text = await everything(reader, jura, '*');
  expect(mentions(text, others)).toEqual([]);
  expect(mentions(text, ['JU-1', 'JU-2'])).toEqual(['JU-1', 'JU-2']);
});

test('the explicit checks hold without row-level security', async () => {
  const text = await everything(withoutRls, jura, 'JU');
  expect(mentions(text, others)).toEqual([]);
  expect(mentions(text, ['JU-1', 'JU-2'])).toEqual(['JU-1', 'JU-2']);
});

test('chunks of another authority are not there for a canton that knows the measure', async () => {
  const filter = { measure: measureOf('BE-1'), fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 10 };
  expect(await valueOf(reader.track(jura, filter))).toEqual([]);
  expect(await valueOf(reader.track(operator, filter))).toHaveLength(1);
});

test('a session that has set no authority sees no row, and the application may write none', async () => {
  const app = postgres(new URL(ownerUrl.replace(/\/\/[^@]*@/, '//vigie_app:app@')).href, { max: 1 });
  for (const table of ['cases', 'orders', 'incidents', 'incident_steps', 'devices', 'track_chunks', 'events']) {
    expect(await app.unsafe(`select 1 from projection.${table}`)).toHaveLength(0);
    await expect(app.unsafe(`delete from projection.${table}`)).rejects.toThrow(/permission denied/);
  }
  await expect(app`select 1 from access.reads`).rejects.toThrow(/permission denied/);
  await expect(app`delete from access.reads`).rejects.toThrow(/permission denied/);
  await app.end();
});

test('an operator sees incidents by harm, then by opening, whatever the size of the page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (limit) => {
      const seen: (readonly [number, number, string])[] = [];
      for (;;) {
        const page = await valueOf(reader.incidents(operator, { authority: '*', after: seen.at(-1), limit }));
        for (const row of page) seen.push([row.priority, row.openedAtMs, row.incidentId]);
        if (page.length < limit) break;
      }
      expect(new Set(seen.map((row) => row[2])).size).toBe(15);
      expect(seen).toHaveLength(15);
      const sorted = seen.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
      expect(seen).toEqual(sorted);
    }),
    { numRuns: 8 },
  );
});

test('filters: case, status, lane', async () => {
  const count = async (more: object) =>
    (await valueOf(reader.incidents(operator, { authority: '*', limit: 100, ...more }))).length;
  expect(await count({ caseId: 'JU-1' })).toBe(3);
  expect(await count({ status: 'acknowledged' })).toBe(5);
  expect(await count({ status: 'open' })).toBe(15);
  expect(await count({ status: 'resolved' })).toBe(0);
  expect(await count({ lanes: ['late', 'retrospective'] })).toBe(0);
});

test('an incident says who has it, where and since when, and its steps in order', async () => {
  const found = await valueOf(reader.incident(operator, '*', 'alias-BE-1'));
  expect(found?.incident.heldBy).toEqual({ subject: 'operator', tUs: 1_800_000_100_000_000, site: 'delemont' });
  expect(found?.incident.step).toBe(2);
  expect(found?.steps.map((step) => [step.step, step.by, step.site])).toEqual([
    ['early', null, 'noirmont'],
    ['acknowledged', 'operator', 'delemont'],
  ]);
});

test('[D1] pages of events by vector cursor: every event once per cursor, none of a refused step, none of another authority', async () => {
  for (const limit of [1, 2, 7, 100]) {
    const ids: string[] = [];
    let after = {};
    for (;;) {
      const page = await valueOf(reader.events(operator, { authority: '*', after, limit }));
      ids.push(...page.events.map((event) => `${event.incidentId}/${event.step}`));
      after = page.next;
      if (!page.more) break;
    }
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  }
  const all = await valueOf(reader.events(operator, { authority: '*', after: {}, limit: 100 }));
  expect(all.events.filter((event) => event.by !== null).map((event) => event.by)).toEqual(Array(5).fill('operator'));
  expect(all.events.every((event) => event.incident !== null)).toBe(true);
  const own = await valueOf(reader.events(jura, { authority: 'JU', after: {}, limit: 100 }));
  expect(own.events).toHaveLength(8);
});

test('a cursor of the other site gives what it has not', async () => {
  const cursor = parsePosition(`delemont.${EPOCH}:3`);
  if (!cursor.ok) throw new Error('cursor');
  const page = await valueOf(reader.events(operator, { authority: '*', after: cursor.value, limit: 100 }));
  expect(page.events.filter((event) => event.site === 'delemont')).toHaveLength(2);
  expect(page.events.filter((event) => event.site === 'noirmont')).toHaveLength(15);
});

test('every read is in the log of reads, with who, what, and whose', async () => {
  await owner`truncate access.reads`;
  await valueOf(reader.case(jura, 'JU', 'JU-1'));
  await valueOf(reader.case(jura, 'JU', 'BE-1'));
  await valueOf(reader.incidents(operator, { authority: '*', caseId: 'BE-2', limit: 10 }));
  const rows =
    await owner`select at_ms::int, site, subject, role, authority, kind, measures from access.reads join access.measure_sets using (set_id) order by id`;
  expect([...rows]).toEqual([
    {
      at_ms: 1234,
      site: 'noirmont',
      subject: 'canton-JU',
      role: 'canton',
      authority: 'JU',
      kind: 'case',
      measures: [measureOf('JU-1')],
    },
    {
      at_ms: 1234,
      site: 'noirmont',
      subject: 'operator',
      role: 'operator',
      authority: '*',
      kind: 'incidents',
      measures: [measureOf('BE-2')],
    },
  ]);
});

test('many readers of the same case at once are all answered, and all logged', async () => {
  for (let round = 0; round < 5; round++) {
    await owner`truncate access.reads, access.measure_sets`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => reader.case(operator, '*', 'JU-1')));
    expect(answers.filter((answer) => !answer.ok)).toEqual([]);
    const [logged] = await owner`select count(*)::int as reads from access.reads`;
    expect(logged?.['reads']).toBe(12);
  }
});

test('when the log of reads cannot be written the read fails', async () => {
  await owner`revoke insert on access.reads from vigie_app`;
  try {
    expect(await reader.case(operator, '*', 'JU-1')).toMatchObject({ ok: false, error: { kind: 'store-unavailable' } });
  } finally {
    await owner`grant insert on access.reads to vigie_app`;
  }
  expect(await reader.case(operator, '*', 'JU-1')).toMatchObject({ ok: true });
});

test('clocks of answers: in time, too late, still running, and each canton its own', async () => {
  // Of each case: one was answered after 40 s; at this moment two others have waited for 95 s and 35 s.
  const raised = 1_800_000_000_000_000;
  const thresholds = [30, 60].map((withinS) => ({ withinS, share: 0.8 }));
  const clocks: KpiClock[] = [{ name: 'all', until: 'acknowledged', kinds: ['exclusion', 'tamper'], thresholds }];
  const period = { fromUs: raised, toUs: raised + 3_600_000_000, nowUs: raised + 215_000_000, clocks };
  const [ofJura] = await valueOf(reader.kpi(jura, { authority: 'JU', ...period }));
  expect(ofJura).toEqual({
    incidents: 6,
    answered: 2,
    medianUs: 40_000_000,
    maxUs: 40_000_000,
    thresholds: [
      { within: 0, of: 6 },
      { within: 2, of: 4 },
    ],
  });
  expect(await valueOf(reader.kpi(jura, { authority: '*', ...period }))).toEqual([ofJura]);
  expect(await valueOf(withoutRls.kpi(jura, { authority: 'JU', ...period }))).toEqual([ofJura]);
  const [ofAll] = await valueOf(reader.kpi(operator, { authority: '*', ...period }));
  expect(ofAll?.incidents).toBe(15);
  const later = { ...period, fromUs: raised + 3_000_000_000 };
  expect(await valueOf(reader.kpi(jura, { authority: 'JU', ...later }))).toMatchObject([
    { incidents: 0, medianUs: null },
  ]);
});
