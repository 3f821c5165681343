// The three processes of one site, run from deploy/<site>. What was killed is not started again by itself.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteId } from '@vigie/model';
import { type Child, type Exit, type Launch, lastLines, startChild } from '../process/child.ts';
import { CouldNotRun } from '../process/could-not-run.ts';
import { startNatsServer } from '../process/nats-server.ts';
import { initPostgres, startPostgresServer } from '../process/postgres-server.ts';
import { repositoryRoot } from '../process/repository-root.ts';
import { until } from '../process/until.ts';
import { foundDatabase } from './found-database.ts';
import { type Layout, loopbackUrl, PROGRAMS, type Program, sitePaths } from './layout.ts';
import type { Secrets } from './secrets.ts';
import { PG_SUPERUSER } from './site-env.ts';

export type SiteProcessesOptions = {
  readonly layout: Layout;
  readonly site: SiteId;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  /** The site program; another one in tests. */
  readonly main: string;
  /** Of the log server, instead of the deployed `always`: to show what it would lose. */
  readonly syncInterval?: string | undefined;
  /** As processes unless told otherwise. */
  readonly launch?: Launch | undefined;
  readonly onStart: (program: Program, pid: number) => void;
  /** Called for an end that nobody here asked for. */
  readonly onLost: (program: Program, pid: number, exit: Exit) => void;
};

/** How long each program may take to end by itself. The site process drains its answers first. */
const GRACE_MS: Readonly<Record<Program, number>> = { site: 10_000, postgres: 15_000, nats: 10_000 };
const STOP_SIGNAL: Readonly<Record<Program, NodeJS.Signals>> = { site: 'SIGTERM', postgres: 'SIGINT', nats: 'SIGTERM' };
const READY_MS = 90_000;

/** Of the site process: further settings, another program. */
export type OtherStart = { readonly env?: Readonly<Record<string, string>>; readonly main?: string };

export class SiteProcesses {
  readonly #options: SiteProcessesOptions;
  readonly #children = new Map<Program, Child>();
  readonly #stopping = new Set<Program>();
  #siteEnv: Readonly<Record<string, string>> = {};
  #main: string;
  readonly #launch: Launch;

  constructor(options: SiteProcessesOptions) {
    this.#options = options;
    this.#main = options.main;
    this.#launch = options.launch ?? startChild;
    const paths = sitePaths(options.layout.dataDir, options.site);
    for (const folder of [paths.root, paths.site]) mkdirSync(folder, { recursive: true });
  }

  /** For the next start of the site process. */
  nextStart({ env = {}, main = this.#main }: OtherStart): void {
    this.#siteEnv = { ...this.#siteEnv, ...env };
    this.#main = main;
  }

  /** Starts what does not run; ready when this returns. */
  async start(): Promise<void> {
    await both(
      this.#ensure('nats', () => this.#startNats()),
      this.#ensure('postgres', () => this.#startPostgres()),
    );
    await this.#ensure('site', () => this.#startSite());
    await this.#siteReady();
  }

  /** In the order of use: nobody writes to a server that is gone. */
  async stop(): Promise<void> {
    await this.#stop('site');
    await both(this.#stop('nats'), this.#stop('postgres'));
  }

  /** The last known process of each program. */
  pids(): Record<Program, number> {
    const pids: Partial<Record<Program, number>> = {};
    for (const program of PROGRAMS) pids[program] = this.#children.get(program)?.pid ?? 0;
    return pids as Record<Program, number>;
  }

  /** Null for what does not run. */
  running(): Record<Program, number | null> {
    const pids = this.pids();
    return Object.fromEntries(
      PROGRAMS.map((program) => [program, this.runs(program) ? pids[program] : null]),
    ) as Record<Program, number | null>;
  }

  /** To the program itself; nothing where it does not run. */
  signal(program: Program, signal: NodeJS.Signals): void {
    this.#children.get(program)?.kill(signal);
  }

  runs(program: Program): boolean {
    const child = this.#children.get(program);
    return child !== undefined && child.exit() === undefined;
  }

  async #ensure(program: Program, start: () => Promise<Child>): Promise<void> {
    if (this.runs(program)) return;
    const child = await start();
    this.#children.set(program, child);
    this.#stopping.delete(program);
    this.#options.onStart(program, child.pid);
    void child.exited.then((exit) => {
      if (!this.#stopping.has(program)) this.#options.onLost(program, child.pid, exit);
    });
  }

  async #stop(program: Program): Promise<void> {
    const child = this.#children.get(program);
    if (child === undefined) return;
    this.#stopping.add(program);
    await child.stop(STOP_SIGNAL[program], GRACE_MS[program]);
  }

  #startNats(): Promise<Child> {
    const { layout, site, env } = this.#options;
    const paths = sitePaths(layout.dataDir, site);
    return startNatsServer(
      {
        name: `${site} nats`,
        configFile: this.#natsConfig(),
        env,
        logFile: paths.log('nats'),
        monitorPort: layout.ports[site].monitor,
        storeDir: paths.nats,
      },
      this.#launch,
    );
  }

  #natsConfig(): string {
    const { layout, site, syncInterval } = this.#options;
    const deployed = this.#deployed('nats.conf');
    if (syncInterval === undefined) return deployed;
    const text = readFileSync(deployed, 'utf8');
    const changed = text.replace('sync_interval: always', `sync_interval: ${syncInterval}`);
    if (changed === text) throw new Error(`${deployed} has no sync_interval to replace`);
    const file = join(sitePaths(layout.dataDir, site).root, 'nats.conf');
    writeFileSync(file, changed);
    return file;
  }

  async #startPostgres(): Promise<Child> {
    const { layout, site, secrets } = this.#options;
    const paths = sitePaths(layout.dataDir, site);
    const logFile = paths.log('postgres');
    const password = secrets.pgSuperuser;
    await initPostgres({ dataDir: paths.postgres, superuser: PG_SUPERUSER, password, logFile });
    const child = await startPostgresServer(
      {
        name: `${site} postgres`,
        dataDir: paths.postgres,
        port: layout.ports[site].postgres,
        settings: {
          config_file: this.#deployed('postgresql.conf'),
          hba_file: this.#deployed('pg_hba.conf'),
          listen_addresses: '127.0.0.1',
        },
        logFile,
      },
      this.#launch,
    );
    await foundDatabase(layout.ports[site].postgres, secrets);
    return child;
  }

  #startSite(): Promise<Child> {
    const { layout, site, env } = this.#options;
    const main = this.#main;
    if (!existsSync(main)) throw new CouldNotRun(`the site program ${main} is missing`);
    return this.#launch({
      name: `${site} site`,
      command: process.execPath,
      args: [main],
      env: { ...env, ...this.#siteEnv },
      logFile: sitePaths(layout.dataDir, site).log('site'),
    });
  }

  async #siteReady(): Promise<void> {
    const { layout, site } = this.#options;
    const child = this.#children.get('site');
    if (child === undefined) throw new Error('the site process was started');
    const url = `${loopbackUrl(layout, site)}/healthz/ready`;
    let last = 'it does not listen yet';
    const ready = await until(async () => {
      if (child.exit() !== undefined) return false;
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
        last = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
        return answer.ok ? true : undefined;
      } catch {
        return undefined; // not listening yet; the limit and the child's exit end the wait
      }
    }, READY_MS);
    if (ready === true) return;
    const why = child.exit() === undefined ? `is not ready after ${READY_MS / 1000} s (${last})` : 'ended';
    throw new CouldNotRun(
      `the site process of ${site} ${why}; the end of ${child.logFile}:\n${lastLines(child.logFile)}`,
    );
  }

  #deployed(file: string): string {
    return join(repositoryRoot(), 'deploy', this.#options.site, file);
  }
}

/** When one fails, the other has come to its end too: nothing is left that starts behind our back. */
async function both(...acts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) if (result.status === 'rejected') throw result.reason;
}
