// The database of one site and its three roles. Run at every start; a database that is there already stays as it is.
import postgres from 'postgres';
import { PG_APP, PG_AUDITOR, PG_DATABASE, PG_OWNER, PG_SUPERUSER } from './site-env.ts';
import type { Secrets } from './secrets.ts';

export async function foundDatabase(port: number, secrets: Secrets): Promise<void> {
  const sql = postgres({
    host: '127.0.0.1',
    port,
    user: PG_SUPERUSER,
    password: secrets.pgSuperuser,
    database: 'postgres',
    max: 1,
    onnotice: () => {},
  });
  // Names are constants and passwords are letters and digits (secrets.ts), so they may stand in the statement as they are.
  const role = async (name: string, options: string): Promise<void> => {
    const known = await sql`select 1 from pg_roles where rolname = ${name}`;
    await sql.unsafe(`${known.length === 0 ? 'create' : 'alter'} role ${name} nosuperuser nobypassrls ${options}`);
  };
  try {
    await role(PG_OWNER, `login password '${secrets.pgOwner}'`);
    await role(PG_APP, `login password '${secrets.pgApp}'`);
    await role(PG_AUDITOR, 'nologin');
    const known = await sql`select 1 from pg_database where datname = ${PG_DATABASE}`;
    if (known.length === 0) await sql.unsafe(`create database ${PG_DATABASE} owner ${PG_OWNER}`);
    await sql.unsafe(`revoke all on database ${PG_DATABASE} from public`);
    await sql.unsafe(`grant connect on database ${PG_DATABASE} to ${PG_APP}, ${PG_AUDITOR}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
