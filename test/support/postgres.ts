// A real Postgres for tests: one server per run (or per file, when nothing started one), a fresh database for each who asks.
//
//   const pg = await startPostgres();
//   const db = await pg.createDatabase();            // { url, name }; the superuser `vigie` owns it
//   const copy = await pg.createDatabase(db.name);   // a template with migrations applied is copied in milliseconds
//   afterAll(() => pg.stop());
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../packages/cli/src/process/child.ts';
import { freePorts } from '../../packages/cli/src/process/free-ports.ts';
import { initPostgres, startPostgresServer, stopPostgres } from '../../packages/cli/src/process/postgres-server.ts';
import { runSql } from '../../packages/cli/src/process/sql.ts';

export type TestDatabase = { readonly name: string; readonly url: string };

export type TestPostgres = {
  /** Superuser, database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** The URL of a database (and of a role made by the test). */
  urlOf(database: string, user?: string, password?: string): string;
  createDatabase(template?: string): Promise<TestDatabase>;
  dropDatabase(name: string): Promise<void>;
  /** The server of this file, for tests that kill it; undefined when the run shares one. */
  readonly server: TestPostgresServer | undefined;
  stop(): Promise<void>;
};

export type TestPostgresServer = { pid(): number; kill(): Promise<void>; start(): Promise<void> };

/** Set by the run's own start (`postgres-run.ts`): the superuser's URL of the shared server. */
export const SHARED_URL = 'VIGIE_TEST_PG_URL';

/** Fast and forgetful: no test of ours proves durability through Postgres, whose rows can be rebuilt from the log. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  max_connections: '64',
  log_min_messages: 'warning',
};

/** `own: true` starts a server for this caller alone, which it may kill and start again. */
export async function startPostgres(options: { readonly own?: boolean } = {}): Promise<TestPostgres> {
  const shared = process.env[SHARED_URL];
  if (shared !== undefined && options.own !== true) return facade(shared, undefined, async () => {});
  const dir = mkdtempSync(join(tmpdir(), 'vigie-test-postgres-'));
  chmodSync(dir, 0o711);
  const dataDir = join(dir, 'data');
  const logFile = join(dir, 'postgres.log');
  const password = randomBytes(12).toString('hex');
  await initPostgres({ dataDir, superuser: 'vigie', password, logFile, forgetful: true });
  const [port] = (await freePorts(1)) as [number];
  const launch = (): Promise<Child> =>
    startPostgresServer({ name: 'postgres', dataDir, port, settings: SETTINGS, logFile });
  let child = await launch();
  const server: TestPostgresServer = {
    pid: () => child.pid,
    kill: async () => {
      await child.stop('SIGKILL', 5000);
    },
    start: async () => {
      if (child.exit() === undefined) throw new Error('postgres is still running');
      child = await launch();
    },
  };
  return facade(`postgres://vigie:${password}@127.0.0.1:${port}/postgres`, server, async () => {
    await stopPostgres(child);
    rmSync(dir, { recursive: true, force: true });
  });
}

function facade(url: string, server: TestPostgresServer | undefined, stop: () => Promise<void>): TestPostgres {
  const urlOf = (database: string, user?: string, password?: string): string => {
    const other = new URL(url);
    other.pathname = `/${database}`;
    if (user !== undefined) other.username = user;
    if (password !== undefined) other.password = password;
    return other.href;
  };
  const made: string[] = [];
  const drop = (name: string): Promise<void> => runSql(url, `drop database if exists "${name}" with (force)`);
  return {
    url,
    port: Number(new URL(url).port),
    urlOf,
    server,
    createDatabase: async (template = 'template0') => {
      const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
      await runSql(url, `create database "${name}" template "${template}"`);
      made.push(name);
      return { name, url: urlOf(name) };
    },
    dropDatabase: drop,
    stop: async () => {
      if (server === undefined) for (const name of made.toReversed()) await drop(name);
      await stop();
    },
  };
}
