import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestPostgres, startPostgres } from '../../../../test/support/postgres.ts';
import { dropProjections, migrate } from './migrate.ts';

let pg: TestPostgres;
beforeAll(async () => {
  pg = await startPostgres();
});
afterAll(() => pg.stop());

test('migrating twice, and twice at once, ends in the same schema', async () => {
  const db = await pg.createDatabase();
  await Promise.all([migrate(db.url), migrate(db.url)]);
  await migrate(db.url);
  const sql = postgres(db.url, { max: 1 });
  const tables = await sql`select schemaname || '.' || tablename as name from pg_tables
    where schemaname in ('projection', 'access') order by 1`;
  expect(tables.map((row) => row['name'])).toEqual([
    'access.measure_sets',
    'access.reads',
    'projection.cases',
    'projection.checkpoint',
    'projection.devices',
    'projection.events',
    'projection.incident_steps',
    'projection.incidents',
    'projection.orders',
    'projection.track_chunks',
  ]);
  await sql.end();
});

test('every table with data of persons has row-level security that binds its owner too', async () => {
  const db = await pg.createDatabase();
  await migrate(db.url);
  const sql = postgres(db.url, { max: 1 });
  const open =
    await sql`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('projection', 'access') and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)`;
  expect(open.map((row) => row['name'])).toEqual(['projection.checkpoint']);
  const roles =
    await sql`select rolname, rolsuper or rolbypassrls as beyond from pg_roles where rolname like 'vigie\_%' order by 1`;
  expect([...roles]).toEqual([
    { rolname: 'vigie_app', beyond: false },
    { rolname: 'vigie_auditor', beyond: false },
  ]);
  await sql.end();
});

test('dropping the projections leaves the log of reads', async () => {
  const db = await pg.createDatabase();
  await migrate(db.url);
  const sql = postgres(db.url, { max: 1 });
  await sql`insert into access.reads (at_ms, site, subject, role, authority, kind, set_id) values (1, 'noirmont', 'op', 'operator', '*', 'case', 's')`;
  await sql`insert into projection.checkpoint values (1, '', '{}')`;
  await dropProjections(db.url);
  expect((await sql`select count(*)::int as n from access.reads`)[0]).toEqual({ n: 1 });
  expect((await sql`select count(*)::int as n from projection.checkpoint`)[0]).toEqual({ n: 0 });
  await migrate(db.url);
  await sql.end();
});
