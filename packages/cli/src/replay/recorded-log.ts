// The log that one site has left in a data folder of `up`, or in a copy of one, ready to be replayed. The folder itself is only read:
// a log server of this run's own serves a copy of the store, and the keys are read from a copy too.
import { constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ARCHIVES_DIR,
  Archives,
  type EpochExtent,
  MeasureKeys,
  type OriginMessage,
  openStoredLog,
  partitionDir,
  readWrappingKey,
} from '@vigie/log';
import { SITES, type SiteId } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { freePorts } from '../process/free-ports.ts';
import { type ProcessId, stillRuns } from '../process/identity.ts';
import { startNatsServer } from '../process/nats-server.ts';
import { filesOf, sitePaths } from '../up/layout.ts';

const STOP_MS = 10_000;

export interface RecordedLog {
  readonly site: SiteId;
  /** Which partition of the site's log, of how many: each is replayed by itself. */
  readonly partition: number;
  readonly partitions: number;
  /** Every epoch of both origins on this site's disk. */
  readonly extents: readonly EpochExtent[];
  /** It is appended to meanwhile: what each site says to hold of the other may lie past what was read. */
  readonly grows?: boolean;
  /** All of it from the start, each time it is called. */
  messages(): AsyncIterable<OriginMessage>;
  readonly keys: Pick<MeasureKeys, 'open'>;
  close(): Promise<void>;
}

/** The sites whose stores lie in the folder. */
export function sitesIn(dataDir: string): SiteId[] {
  if (!existsSync(dataDir)) throw new CouldNotRun(`there is no folder ${dataDir}`);
  const found = SITES.filter((site) => existsSync(sitePaths(dataDir, site).nats));
  if (found.length === 0)
    throw new CouldNotRun(
      `${dataDir} is no data folder of ./vigie up: it holds neither noirmont/nats nor delemont/nats`,
    );
  const user = runningUp(dataDir);
  if (user !== undefined)
    throw new CouldNotRun(
      `${dataDir} is in use by ./vigie up (process ${user}): stop it first, as a store copied while it is written to may be torn`,
    );
  return found;
}

function runningUp(dataDir: string): number | undefined {
  const { children } = filesOf(dataDir);
  if (!existsSync(children)) return undefined;
  const { up, children: started } = JSON.parse(readFileSync(children, 'utf8')) as {
    readonly up: ProcessId;
    readonly children: readonly ProcessId[];
  };
  return [up, ...started].find(stillRuns)?.pid;
}

export async function openRecordedLog(dataDir: string, site: SiteId, partition = 0): Promise<RecordedLog> {
  const from = sitePaths(dataDir, site);
  const { wrappingKey } = filesOf(dataDir);
  for (const file of [wrappingKey, join(from.site, 'keys.jsonl')])
    if (!existsSync(file)) throw new CouldNotRun(`${file} is missing: without it nothing of the log can be opened`);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-replay-'));
  const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const storeDir = join(dir, 'nats');
    await cp(from.nats, storeDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
    await cp(join(from.site, 'keys.jsonl'), join(dir, 'keys.jsonl'));
    const keys = await MeasureKeys.open({
      file: join(dir, 'keys.jsonl'),
      wrappingKey: await readWrappingKey(wrappingKey),
    });
    ends.push(() => keys.close());
    const archives = await Archives.open(join(partitionDir(from.site, partition), ARCHIVES_DIR));
    const server = await serve(site, dir, storeDir);
    ends.push(server.stop);
    const { url, password } = server;
    const log = await openStoredLog({ site, partition, servers: url, user: 'site', password, archives });
    ends.push(() => log.close());
    const { partitions, extents } = log;
    return { site, partition, partitions, extents, messages: () => log.messages(), keys, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function serve(site: SiteId, dir: string, storeDir: string) {
  const [port, monitorPort] = (await freePorts(2)) as [number, number];
  const password = `r${randomBytes(18).toString('hex')}`;
  const configFile = join(dir, 'nats.conf');
  // The account as the site had it, without the line to the other site: nothing reaches this server but this run.
  const config = `server_name: "vigie-replay-${site}"
host: "127.0.0.1"
port: ${port}
http: "127.0.0.1:${monitorPort}"
max_payload: 4MB
jetstream { domain: ${site}, store_dir: "${storeDir}", max_memory_store: 64MB, max_file_store: 10TB }
accounts { APP { jetstream: enabled, users: [ { user: site, password: "${password}" } ] } }
`;
  writeFileSync(configFile, config, { mode: 0o600 });
  const logFile = join(dir, 'nats.log');
  const child = await startNatsServer({ name: `replay ${site}`, configFile, logFile, monitorPort, storeDir });
  return { url: `127.0.0.1:${port}`, password, stop: () => child.stop('SIGTERM', STOP_MS) };
}
