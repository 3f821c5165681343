import postgres from 'postgres';
import { type WorldError, formatPosition, parsePosition, seqOf } from '@vigie/model';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, type TestPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { MemorySource } from './memory-source.ts';
import { Projector } from './projector.ts';
import { ProjectionReader } from './reader.ts';
import { measureOf, sampleIncident, sampleRecorded, sampleReports, sampleView } from './sample-case.ts';
import { dropProjections, migrate } from './store/migrate.ts';

let pg: TestPostgres;
let db: TestDatabase;
let sql: postgres.Sql;
let projector: Projector | undefined;
let faults: WorldError[] = [];
beforeAll(async () => {
  pg = await startPostgres({ own: true });
});
afterAll(() => pg.stop());
beforeEach(async () => {
  faults = [];
  db = await pg.createDatabase();
  await migrate(db.url);
  sql = postgres(db.url, { max: 1, backoff: () => 0.05 });
});
afterEach(async () => {
  await projector?.close();
  projector = undefined;
  await sql.end({ timeout: 1 });
});

const A = measureOf('A');
const EPOCH = '1-aaaa';

/** A log with everything in it, and the views that a fold would have made of it. */
function filledSource(): MemorySource {
  const source = new MemorySource();
  source.appendJson('noirmont', EPOCH, 'case', A, { recorded: sampleRecorded('A', 'JU') });
  source.appendReports('noirmont', EPOCH, A, 'dev-A', sampleReports('dev-A', 10));
  source.appendReports('delemont', '2-bbbb', A, 'dev-A', sampleReports('dev-A', 3));
  const incident = sampleIncident('A', 1);
  const { incidentId, ruleId, kind, openedAtMs, lane, reason } = incident;
  const event = { incidentId, step: 'early', type: 'early', ruleId, kind, openedAtMs, lane, reason };
  source.appendJson('noirmont', EPOCH, 'event', A, { event });
  source.appendJson('delemont', '2-bbbb', 'step', A, { step: { incidentId, step: 'acknowledge', by: 'operator' } });
  const done = {
    step: 'acknowledge',
    by: 'operator',
    t: (incident.raisedAt + 5) as typeof incident.raisedAt,
    entryId: 'delemont.2-bbbb:2',
  };
  const seen = sampleIncident('A', 1, {
    status: 'acknowledged',
    heldBy: 'operator',
    history: [
      done,
      { ...done, step: 'note', note: 'called' },
      { ...done, step: 'note', note: 'again, \'quoted\' \\ "x"' },
    ],
    published: ['early'],
  });
  source.setView(sampleView('A', 'JU', { incidents: [seen], provisional: new Set([seen.incidentId]) }));
  source.setView(sampleView('B', 'BE'));
  return source;
}

async function started(source: MemorySource): Promise<Projector> {
  projector = new Projector({ source, url: db.url, onFault: (fault) => faults.push(fault) }).start();
  const reached = await projector.whenProjected(source.received(), 10_000);
  expect({ reached, faults }).toEqual({ reached: true, faults: [] });
  return projector;
}

/** Everything but the serial, which is local to one filling. */
async function allRows(): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const table of [
    'cases',
    'orders',
    'incidents',
    'incident_steps',
    'devices',
    'track_chunks',
    'events',
    'checkpoint',
  ])
    rows[table] = [...(await sql.unsafe(`select to_jsonb(t) - 'serial' as row from projection.${table} t order by 1`))];
  return rows;
}

test('views, chunks, orders, events and checkpoint are written', async () => {
  const source = filledSource();
  await started(source);
  const [incident] = await sql`select * from projection.incidents`;
  expect(incident).toMatchObject({
    case_id: 'A',
    authority: 'JU',
    status: 'acknowledged',
    provisional: true,
    priority: 3,
  });
  expect(incident?.['published']).toEqual(['early']);
  expect(incident?.['reason']).toMatchObject({ code: 'inside_exclusion' });
  const steps = await sql`select step, note from projection.incident_steps order by ord`;
  expect([...steps]).toEqual([
    { step: 'acknowledged', note: null },
    { step: 'noted', note: 'called' },
    { step: 'noted.2', note: 'again, \'quoted\' \\ "x"' },
  ]);
  const [chunk] = await sql`select *, length(bytes) as size from projection.track_chunks where site = 'noirmont'`;
  const period = { from_ms: '1800000000000', to_ms: '1800000090000' };
  expect(chunk).toMatchObject({ device_id: 'dev-A', reports: 10, ...period, size: 489 });
  expect(await sql`select kind, step from projection.events order by serial`).toHaveLength(2);
  expect(await sql`select revision from projection.orders`).toEqual([{ revision: 1 }]);
  expect((await sql`select received, log from projection.checkpoint`)[0]).toEqual({
    received: 'noirmont.1-aaaa:3,delemont.2-bbbb:2',
    log: { 'noirmont.1-aaaa': 3, 'delemont.2-bbbb': 2 },
  });
});

test('dropped under a running projector and rebuilt from the log, the rows are the same', async () => {
  const source = filledSource();
  const running = await started(source);
  const before = await allRows();
  await dropProjections(db.url);
  expect(await sql`select 1 from projection.incidents`).toHaveLength(0);
  source.touch(A);
  await expect.poll(allRows, { timeout: 20_000 }).toEqual(before);
  expect(running.status().lagMs).toBeLessThan(20_000);
});

test('a provisional incident that settling removes loses its row; one that it confirms keeps its id', async () => {
  const source = filledSource();
  const one = sampleIncident('B', 1);
  const two = sampleIncident('B', 2);
  source.setView(
    sampleView('B', 'BE', { incidents: [one, two], provisional: new Set([one.incidentId, two.incidentId]) }),
  );
  const running = await started(source);
  source.setView(sampleView('B', 'BE', { incidents: [two] }));
  source.append('noirmont', EPOCH, 'heartbeat', []);
  expect(await running.whenProjected(source.received(), 20_000)).toBe(true);
  const rows = await sql`select incident_id, provisional from projection.incidents where case_id = 'B'`;
  expect([...rows]).toEqual([{ incident_id: two.incidentId, provisional: false }]);
});

test('a step that a moved entry takes back disappears', async () => {
  const source = filledSource();
  const running = await started(source);
  source.setView(sampleView('A', 'JU', { incidents: [sampleIncident('A', 1, { published: ['early'] })] }));
  source.append('noirmont', EPOCH, 'heartbeat', []);
  expect(await running.whenProjected(source.received(), 20_000)).toBe(true);
  expect(await sql`select 1 from projection.incident_steps`).toHaveLength(0);
});

test('a passive measure and an ended one have no position in the database', async () => {
  const source = new MemorySource();
  source.setView(sampleView('P', 'JU', { mode: 'passive' }));
  source.setView(sampleView('E', 'JU', { ended: true }));
  source.setView(sampleView('L', 'JU'));
  source.append('noirmont', EPOCH, 'heartbeat', []);
  await started(source);
  const rows =
    await sql`select case_id, lat_e7 is null and lon_e7 is null and fix_at_ms is null as hidden from projection.devices order by 1`;
  expect([...rows]).toEqual([
    { case_id: 'E', hidden: true },
    { case_id: 'L', hidden: false },
    { case_id: 'P', hidden: true },
  ]);
});

test('with a key missing the log is read up to there and goes on when the key comes', async () => {
  const source = filledSource();
  source.missingKeys.add(A);
  projector = new Projector({ source, url: db.url, onFault: (fault) => faults.push(fault) }).start();
  await expect.poll(() => sql`select 1 from projection.incidents`, { timeout: 20_000 }).toHaveLength(1);
  expect(await projector.whenProjected(source.received(), 300)).toBe(false);
  expect(await sql`select 1 from projection.track_chunks`).toHaveLength(0);
  source.missingKeys.delete(A);
  expect(await projector.whenProjected(source.received(), 20_000)).toBe(true);
  expect(await sql`select 1 from projection.track_chunks`).toHaveLength(2);
});

test('while the log cannot be read the rows do not claim to hold it', async () => {
  const source = filledSource();
  source.logAway = true;
  projector = new Projector({ source, url: db.url }).start();
  await expect.poll(() => sql`select 1 from projection.incidents`, { timeout: 20_000 }).toHaveLength(1);
  expect(await projector.whenProjected(source.received(), 300)).toBe(false);
  expect(await sql`select received from projection.checkpoint`).toEqual([{ received: '' }]);
  source.logAway = false;
  expect(await projector.whenProjected(source.received(), 20_000)).toBe(true);
  expect(await sql`select 1 from projection.track_chunks`).toHaveLength(2);
});

test('an erased measure loses every row', async () => {
  const source = filledSource();
  const running = await started(source);
  source.erasedMeasures.add(A);
  source.touch(A);
  source.append('noirmont', EPOCH, 'heartbeat', []);
  expect(await running.whenProjected(source.received(), 20_000)).toBe(true);
  for (const table of ['cases', 'orders', 'incidents', 'incident_steps', 'devices', 'track_chunks', 'events'])
    expect(await sql.unsafe(`select 1 from projection.${table} where measure = $1`, [A])).toHaveLength(0);
});

test('while a start reads through the log the rows stay as they were', async () => {
  const source = filledSource();
  await (await started(source)).close();
  source.reading = true;
  source.setView(sampleView('A', 'JU', { incidents: [sampleIncident('A', 1)] }));
  projector = new Projector({ source, url: db.url }).start();
  expect(await projector.whenProjected(source.received(), 500)).toBe(false);
  expect(projector.status().lagMs).toBeGreaterThan(0);
  expect(await sql`select status from projection.incidents`).toEqual([{ status: 'acknowledged' }]);
  source.reading = false;
  source.append('noirmont', EPOCH, 'heartbeat', []);
  expect(await projector.whenProjected(source.received(), 20_000)).toBe(true);
  expect(await sql`select status from projection.incidents`).toEqual([{ status: 'raised' }]);
});

test('[L11] a case whose entry has lost its place is no longer shown', async () => {
  const source = filledSource();
  const running = await started(source);
  source.removeView(A);
  source.append('noirmont', EPOCH, 'heartbeat', []);
  expect(await running.whenProjected(source.received(), 20_000)).toBe(true);
  for (const table of ['cases', 'incidents', 'incident_steps', 'devices'])
    expect(await sql.unsafe(`select 1 from projection.${table} where measure = $1`, [A])).toHaveLength(0);
  expect(await sql`select 1 from projection.cases`).toHaveLength(1);
});

test('[L11] entries past the end that an admit gave an epoch lose their rows', async () => {
  const source = filledSource();
  const running = await started(source);
  source.endEpoch('delemont', '2-bbbb', 1 as never);
  source.append('delemont', '3-cccc', 'heartbeat', []);
  expect(await running.whenProjected(source.received(), 20_000)).toBe(true);
  expect(await sql`select kind from projection.events where site = 'delemont'`).toHaveLength(0);
  expect(await sql`select 1 from projection.track_chunks where site = 'delemont'`).toHaveLength(1);
});

test('while Postgres is away nothing is buffered; afterwards everything is there, once', async () => {
  const source = filledSource();
  const running = await started(source);
  // The test server is forgetful (synchronous_commit off): what was just migrated must survive the kill.
  await sql`checkpoint`;
  await pg.server?.kill();
  try {
    for (let i = 0; i < 250; i++)
      source.appendReports('noirmont', EPOCH, A, 'dev-A', sampleReports('dev-A', 4, 1_800_001_000_000 + i * 60_000));
    source.setView(sampleView('A', 'JU', { incidents: [sampleIncident('A', 1), sampleIncident('A', 2)] }));
    await expect.poll(() => running.status().failures, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(running.status().lagMs).toBeGreaterThan(0);
    expect(running.status().pending).toBeLessThanOrEqual(2);
  } finally {
    await pg.server?.start();
  }
  expect(await running.whenProjected(source.received(), 30_000)).toBe(true);
  expect((await sql`select count(*)::int as n from projection.track_chunks`)[0]).toEqual({ n: 252 });
  expect(await sql`select 1 from projection.incidents where case_id = 'A'`).toHaveLength(2);
  expect(running.status()).toMatchObject({ failures: 0, lagMs: 0 });
});

test('an owner who is neither superuser nor past row-level security can migrate and write', async () => {
  for (const name of ['vigie_app', 'vigie_auditor', 'plain_owner'])
    await sql.unsafe(`do $$ begin create role ${name}; exception when duplicate_object then null; end $$`);
  await sql.unsafe(`alter role plain_owner login password 'own' nosuperuser nobypassrls nocreaterole`);
  const fresh = await pg.createDatabase();
  await sql.unsafe(`alter database "${fresh.name}" owner to plain_owner`);
  const url = pg.urlOf(fresh.name, 'plain_owner', 'own');
  await migrate(url);
  const source = filledSource();
  projector = new Projector({ source, url, onFault: (fault) => faults.push(fault) }).start();
  const reached = await projector.whenProjected(source.received(), 10_000);
  expect({ reached, faults }).toEqual({ reached: true, faults: [] });
});

test('[L1] [L18] partitions whose epochs have one name keep their rows apart, each has its own cursor and its own end', async () => {
  const source = new MemorySource();
  const cases = ['P0', 'P1', 'P2'] as const;
  for (const [partition, caseId] of cases.entries()) {
    source.partition = partition;
    const measure = measureOf(caseId);
    source.appendJson('noirmont', EPOCH, 'case', measure, { recorded: sampleRecorded(caseId, 'JU') });
    source.appendReports('noirmont', EPOCH, measure, `dev-${caseId}`, sampleReports(`dev-${caseId}`, 4));
    const { incidentId, ruleId, kind, openedAtMs, lane, reason } = sampleIncident(caseId, 1);
    const told = { incidentId, ruleId, kind, openedAtMs, lane, reason };
    for (const step of ['early', 'confirmed'])
      source.appendJson('noirmont', EPOCH, 'event', measure, { event: { ...told, step, type: step } });
    source.setView(sampleView(caseId, 'JU', { incidents: [sampleIncident(caseId, 1)] }));
  }
  const running = await started(source);
  const [row] = await sql`select received, log from projection.checkpoint`;
  expect(row).toEqual({
    received: `noirmont.${EPOCH}:4,noirmont.${EPOCH}.01:4,noirmont.${EPOCH}.02:4`,
    log: { [`noirmont.${EPOCH}`]: 4, [`noirmont.${EPOCH}.01`]: 4, [`noirmont.${EPOCH}.02`]: 4 },
  });
  const count = async (): Promise<unknown> => [
    ...(await sql`select partition, count(*)::int from projection.events group by 1 order by 1`),
  ];
  const two = [0, 1, 2].map((partition) => ({ partition, count: 2 }));
  expect(await count()).toEqual(two);
  const reader = new ProjectionReader({ url: db.url, site: 'noirmont' });
  try {
    const who = { subject: 'op', role: 'operator', authority: '*' } as const;
    const after = parsePosition(`noirmont.${EPOCH}:4,noirmont.${EPOCH}.02:3`);
    const page = await reader.events(who, { authority: '*', after: after.ok ? after.value : {}, limit: 10 });
    if (!page.ok) throw new Error(page.error.detail);
    expect(page.value.events.map(({ caseId, step }) => `${caseId} ${step}`)).toEqual([
      'P1 early',
      'P1 confirmed',
      'P2 confirmed',
    ]);
    expect(formatPosition(page.value.next)).toBe(`noirmont.${EPOCH}:4,noirmont.${EPOCH}.01:4,noirmont.${EPOCH}.02:4`);
  } finally {
    await reader.close();
  }
  source.partition = 1;
  source.endEpoch('noirmont', EPOCH, seqOf(3));
  source.partition = 0;
  source.appendReports('noirmont', EPOCH, measureOf('P0'), 'dev-P0', sampleReports('dev-P0', 1));
  expect(await running.whenProjected(source.received(), 10_000)).toBe(true);
  expect(await count()).toEqual(two.map((one) => (one.partition === 1 ? { ...one, count: 1 } : one)));
});
