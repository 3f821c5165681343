// Brings a database to the present schema. The projections and the log of reads have separate histories, because the former
// may be dropped and rebuilt at any time and the latter never.
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';

const folder = (name: string): string => fileURLToPath(new URL(`../../migrations/${name}`, import.meta.url));
const HISTORY_SCHEMA = 'migrations';
/** Any number, the same for everybody who migrates: two site processes that start together take turns. */
const LOCK = 7_150_001;

/** `url` is that of the owner. Idempotent. */
export function migrate(url: string): Promise<void> {
  return withOwner(url, async (sql) => {
    const db = drizzle(sql);
    for (const name of ['projection', 'access'])
      await runMigrations(db, {
        migrationsFolder: folder(name),
        migrationsSchema: HISTORY_SCHEMA,
        migrationsTable: name,
      });
  });
}

/** Drops the projections and makes them anew, empty. The projector then fills them from the log; reads stay logged. */
export function dropProjections(url: string): Promise<void> {
  return withOwner(url, async (sql) => {
    await sql`drop schema if exists projection cascade`;
    await sql`drop table if exists ${sql(HISTORY_SCHEMA)}.projection`;
    await runMigrations(drizzle(sql), {
      migrationsFolder: folder('projection'),
      migrationsSchema: HISTORY_SCHEMA,
      migrationsTable: 'projection',
    });
  });
}

async function withOwner(url: string, act: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    await act(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
