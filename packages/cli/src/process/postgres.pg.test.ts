import postgres from 'postgres';
import { expect, test } from 'vitest';
import { startPostgres } from '../../../../test/support/postgres.ts';
import { runSql } from './sql.ts';

test('a fresh database is empty, a copied one has what its template had', async () => {
  const pg = await startPostgres();
  try {
    const first = await pg.createDatabase();
    await runSql(first.url, 'create table place (name text)', "insert into place values ('Delémont')");
    const copy = await pg.createDatabase(first.name);
    const sql = postgres(copy.url, { max: 1 });
    expect([...(await sql`select name from place`)]).toEqual([{ name: 'Delémont' }]);
    await sql.end();
    const empty = postgres((await pg.createDatabase()).url, { max: 1 });
    expect([...(await empty`select to_regclass('place') as place`)]).toEqual([{ place: null }]);
    await empty.end();
  } finally {
    await pg.stop();
  }
});

test('a server of its own survives SIGKILL and comes back with its databases', async () => {
  const pg = await startPostgres({ own: true });
  try {
    const db = await pg.createDatabase();
    await pg.server?.kill();
    await expect(runSql(db.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await pg.server?.start();
    await runSql(db.url, 'select 1');
  } finally {
    await pg.stop();
  }
});
