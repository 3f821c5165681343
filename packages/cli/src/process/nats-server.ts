// Finds and starts a real nats-server. Older servers drop configuration fields without an error, so the version is checked first.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Child, type Launch, lastLines, startChild } from './child.ts';
import { CouldNotRun } from './could-not-run.ts';
import { repositoryRoot } from './repository-root.ts';
import { until } from './until.ts';

/** Durable mirror consumers and usable `sync_interval: always` came with 2.15; 2.15.1 is what was measured. */
const MIN_VERSION = [2, 15, 1] as const;
const MAX_MAJOR = 2;

const NATS_MISSING =
  'nats-server >= 2.15.1 (and < 3) is missing: run `./vigie prepare` once with network, or set NATS_SERVER=/path/to/nats-server';

/** The path of a usable nats-server: NATS_SERVER, what `./vigie` fetched, or one on PATH. */
async function findNatsServer(): Promise<string> {
  const own = resolve(repositoryRoot(), '.cache/nats/bin/nats-server');
  const candidates = [process.env['NATS_SERVER'], existsSync(own) ? own : undefined, 'nats-server'];
  for (const path of candidates) {
    if (path === undefined || path === '') continue;
    if (usable(await versionOf(path))) return path;
    if (path === process.env['NATS_SERVER'])
      throw new CouldNotRun(`NATS_SERVER=${path} is not a nats-server of version 2.15.1 or newer (and below 3)`);
  }
  throw new CouldNotRun(NATS_MISSING);
}

async function versionOf(path: string): Promise<readonly number[]> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version']);
    return (/v(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  } catch {
    return [];
  }
}

function usable(version: readonly number[]): boolean {
  const [major, minor, patch] = version;
  if (major === undefined || minor === undefined || patch === undefined) return false;
  if (major !== MAX_MAJOR) return false;
  return minor > MIN_VERSION[1] || (minor === MIN_VERSION[1] && patch >= MIN_VERSION[2]);
}

export type NatsSpec = {
  readonly name: string;
  readonly configFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly monitorPort: number;
  readonly storeDir: string;
  /** Resident memory at which Go collects garbage harder, e.g. `256MiB`. */
  readonly memoryLimit?: string;
};

/** A burst made servers grow to 0.8-1.6 GB without a limit; collecting earlier costs little processor time. */
const MEMORY_LIMIT = '256MiB';

export async function startNatsServer(spec: NatsSpec, launch: Launch = startChild): Promise<Child> {
  const command = await findNatsServer();
  mkdirSync(spec.storeDir, { recursive: true });
  const child = await launch({
    name: spec.name,
    command,
    args: ['-c', spec.configFile],
    env: { GOMEMLIMIT: spec.memoryLimit ?? MEMORY_LIMIT, ...spec.env },
    logFile: spec.logFile,
  });
  await natsReady(child, spec.monitorPort);
  return child;
}

const READY_MS = 30_000;

/**
 * Until the server serves JetStream. Not its whole health: a server killed while a stream was being made does not recover that one and says
 * so until it is made again, which is the site's to do (measured, 2.15.1).
 */
async function natsReady(child: Child, monitorPort: number): Promise<void> {
  const ready = await until(async () => {
    if (child.exit() !== undefined) return false;
    try {
      const url = `http://127.0.0.1:${monitorPort}/healthz?js-server-only=true`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
      await answer.arrayBuffer();
      return answer.ok ? true : undefined;
    } catch {
      return undefined; // not listening yet; the limit and the child's exit end the wait
    }
  }, READY_MS);
  if (ready === true) return;
  await child.stop('SIGKILL', 0);
  throw new CouldNotRun(`${child.name} (nats-server) did not become healthy:\n${lastLines(child.logFile)}`);
}
