// vitest's global setup of the projects that need Postgres: one server for the whole run, ended with it.
import { SHARED_URL, startPostgres } from './postgres.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const pg = await startPostgres({ own: true });
  process.env[SHARED_URL] = pg.url;
  return async () => {
    delete process.env[SHARED_URL];
    await pg.stop();
  };
}
