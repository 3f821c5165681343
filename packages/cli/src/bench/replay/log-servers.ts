// The log servers of both sites for a benchmark, joined as in production but without TLS, in a folder of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteId } from '@vigie/model';
import { freePorts } from '../../process/free-ports.ts';
import { startNatsServer } from '../../process/nats-server.ts';

const STOP_MS = 10_000;

export interface LogServers {
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly pids: Readonly<Record<SiteId, number>>;
  stop(): Promise<void>;
}

export async function startLogServers(dir: string): Promise<LogServers> {
  const [noirmont, delemont, leaf, monitorN, monitorD] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const start = async (site: SiteId, port: number, monitorPort: number, leafnodes: string) => {
    const home = join(dir, site);
    const storeDir = join(home, 'jetstream');
    mkdirSync(storeDir, { recursive: true });
    const configFile = join(home, 'nats.conf');
    // Acknowledged after fsync is what a site needs; what is written here is written to be read.
    writeFileSync(
      configFile,
      `server_name: "bench-${site}"
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitorPort}"
max_payload: 4MB
jetstream { domain: ${site}, store_dir: "${storeDir}", max_memory_store: 64MB, max_file_store: 1TB }
leafnodes { ${leafnodes} }
`,
    );
    const logFile = join(home, 'nats.log');
    return startNatsServer({ name: `bench ${site}`, configFile, logFile, monitorPort, storeDir });
  };
  const first = await start('noirmont', noirmont, monitorN, `listen: "127.0.0.1:${leaf}", no_advertise: true`);
  try {
    const remote = `reconnect: 1s, remotes: [ { url: "nats://127.0.0.1:${leaf}" } ]`;
    const second = await start('delemont', delemont, monitorD, remote);
    return {
      urls: { noirmont: `nats://127.0.0.1:${noirmont}`, delemont: `nats://127.0.0.1:${delemont}` },
      pids: { noirmont: first.pid, delemont: second.pid },
      stop: async () => {
        await second.stop('SIGTERM', STOP_MS);
        await first.stop('SIGTERM', STOP_MS);
      },
    };
  } catch (cause) {
    await first.stop('SIGTERM', STOP_MS);
    throw cause;
  }
}
