// A real nats-server with JetStream for a test file: free ports, a folder of its own, ended with the test process however that ends.
//
//   const nats = await startNats({ domain: 'noirmont' });     // afterAll(() => nats.stop())
//   const pair = await startNatsPair();                       // two sites, one leaf link that can be cut
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../packages/cli/src/process/child.ts';
import { freePorts } from '../../packages/cli/src/process/free-ports.ts';
import { startNatsServer } from '../../packages/cli/src/process/nats-server.ts';
import { type Link, startLink } from './link.ts';

export type NatsOptions = {
  readonly name?: string;
  /** The JetStream domain; none if left out. */
  readonly domain?: string;
  /** Further configuration, appended as it is. May set `accounts`, `authorization`, `tls`, `leafnodes`. */
  readonly conf?: string;
  /** `always` (the default) acknowledges after fsync; `2m` is the server's own default, which loses data with power. */
  readonly syncInterval?: string;
  /** Port on which leaf nodes may dial in. */
  readonly leafPort?: number;
  /** Port of another server's leaf listener on this machine, to dial. */
  readonly leafRemotePort?: number;
};

export type TestNats = {
  readonly url: string;
  readonly monitorUrl: string;
  readonly port: number;
  /** Holds `nats.conf`, `nats.log` and the stores below `jetstream`. */
  readonly dir: string;
  readonly storeDir: string;
  pid(): number;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and gone when this returns. */
  kill(): Promise<void>;
  /** Starts again on the same ports and stores. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
};

export async function startNats(options: NatsOptions = {}): Promise<TestNats> {
  const [port, monitorPort] = (await freePorts(2)) as [number, number];
  const name = options.name ?? options.domain ?? 'nats';
  const dir = mkdtempSync(join(tmpdir(), `vigie-test-${name}-`));
  const storeDir = join(dir, 'jetstream');
  const configFile = join(dir, 'nats.conf');
  const logFile = join(dir, 'nats.log');
  writeFileSync(configFile, configuration(options, { name, port, monitorPort, storeDir }));
  const launch = (): Promise<Child> => startNatsServer({ name, configFile, logFile, monitorPort, storeDir });
  let child = await launch();
  return {
    url: `nats://127.0.0.1:${port}`,
    monitorUrl: `http://127.0.0.1:${monitorPort}`,
    port,
    dir,
    storeDir,
    pid: () => child.pid,
    signal: (signal) => child.kill(signal),
    kill: async () => {
      await child.stop('SIGKILL', 5000);
    },
    start: async () => {
      if (child.exit() === undefined) throw new Error(`${name} is still running`);
      child = await launch();
    },
    stop: async () => {
      child.kill('SIGCONT'); // a test may have stopped it
      await child.stop('SIGTERM', 5000);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configuration(
  options: NatsOptions,
  at: { name: string; port: number; monitorPort: number; storeDir: string },
): string {
  const leaf: string[] = [];
  if (options.leafPort !== undefined) leaf.push(`listen: "127.0.0.1:${options.leafPort}"`, 'no_advertise: true');
  if (options.leafRemotePort !== undefined)
    leaf.push('reconnect: 1s', `remotes: [ { url: "nats://127.0.0.1:${options.leafRemotePort}" } ]`);
  return `
server_name: "${at.name}"
listen: "127.0.0.1:${at.port}"
http: "127.0.0.1:${at.monitorPort}"
max_payload: 8MB
ping_interval: 2s
ping_max: 2
jetstream {
  store_dir: "${at.storeDir}"
  ${options.domain === undefined ? '' : `domain: ${options.domain}`}
  sync_interval: ${options.syncInterval ?? 'always'}
  max_memory_store: 256MB
  max_file_store: 8GB
}
${leaf.length === 0 ? '' : `leafnodes { ${leaf.join('\n')} }`}
${options.conf ?? ''}
`;
}

export type TestNatsPair = {
  readonly noirmont: TestNats;
  readonly delemont: TestNats;
  /** The line between the two servers. */
  readonly link: Link;
  stop(): Promise<void>;
};

/** Two servers in the domains `noirmont` and `delemont`; Delémont dials Noirmont through a link that a test can cut. */
export async function startNatsPair(options: Omit<NatsOptions, 'domain' | 'name'> = {}): Promise<TestNatsPair> {
  const [leafPort] = (await freePorts(1)) as [number];
  const noirmont = await startNats({ ...options, domain: 'noirmont', leafPort });
  const link = await startLink(leafPort);
  try {
    const delemont = await startNats({ ...options, domain: 'delemont', leafRemotePort: link.port });
    const stop = async (): Promise<void> => {
      await delemont.stop();
      await link.stop();
      await noirmont.stop();
    };
    return { noirmont, delemont, link, stop };
  } catch (cause) {
    await link.stop();
    await noirmont.stop();
    throw cause;
  }
}
