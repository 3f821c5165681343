// Both sites on this machine. Everything that `up`, its check, benches and system tests need to start, break and stop them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SITES, type SiteId } from '@vigie/model';
import { fillFolder } from '../ca/folder.ts';
import type { Exit, Launch } from '../process/child.ts';
import { repositoryRoot } from '../process/repository-root.ts';
import { takenPorts, type TakenPort } from '../process/taken-ports.ts';
import { writeAccess } from './access.ts';
import { ChildrenFile, endLeftovers } from './children-file.ts';
import { CouldNotRun } from '../process/could-not-run.ts';
import { claimFolder } from './data-folder.ts';
import { choosePorts, filesOf, type Layout, loopbackUrl, type Program, publicUrl } from './layout.ts';
import { type Lines, startLines } from './lines.ts';
import { type Secrets, secretsOf, type Tokens } from './secrets.ts';
import { siteEnv, type SiteEnvOptions } from './site-env.ts';
import { type Webhook, writeReceivers } from './receivers-file.ts';
import { type OtherStart, SiteProcesses } from './site-processes.ts';

export type ClusterOptions = SiteEnvOptions & {
  readonly dataDir: string;
  /** Port of Noirmont's console; 0 takes free ports for everything. */
  readonly port: number;
  /** Empties the data folder first. */
  readonly fresh?: boolean;
  readonly say?: (line: string) => void;
  readonly onLost?: (site: SiteId, program: Program, pid: number, exit: Exit) => void;
  /** Another site program, in tests. */
  readonly siteMain?: string;
  /** Of the log servers, instead of the deployed `always`: to show what it would lose. */
  readonly syncInterval?: string | undefined;
  /** As processes unless told otherwise. */
  readonly launch?: Launch | undefined;
  /** What passes between the sites goes through this process, which can break it. */
  readonly lines?: boolean;
  /** Who is told of alarms, of every level; without any, what DATA/receivers.json says. */
  readonly webhooks?: readonly Webhook[];
};

export type Cluster = {
  readonly dataDir: string;
  readonly tokens: Tokens;
  readonly internalToken: string;
  /** For programs: 127.0.0.1. */
  readonly urls: Readonly<Record<SiteId, string>>;
  /** For people's browsers. */
  readonly publicUrls: Readonly<Record<SiteId, string>>;
  readonly layout: Layout;
  readonly secrets: Secrets;
  /** With `lines` only. */
  readonly lines: Lines | undefined;
  pids(site: SiteId): Readonly<Record<Program, number>>;
  runs(site: SiteId, program: Program): boolean;
  signal(site: SiteId, program: Program, signal: NodeJS.Signals): void;
  /** For the next start of its site process: what a drill changes of it. */
  nextStart(site: SiteId, other: OtherStart): void;
  /** All three processes of a site. */
  stopSite(site: SiteId): Promise<void>;
  startSite(site: SiteId): Promise<void>;
  /** Writes DATA/access.json with these devices' tokens, and again whenever a site's processes change. Returns its path. */
  writeAccess(devices: Readonly<Record<string, string>>): string;
  /** Ends every child. May be called more than once. */
  stop(): Promise<void>;
};

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const say = options.say ?? (() => {});
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const left = await endLeftovers(dataDir);
  if (left.inUseBy !== undefined)
    throw new CouldNotRun(
      `${dataDir} is in use by another ./vigie up (process ${left.inUseBy}): stop it, or choose another folder with --data`,
    );
  for (const name of left.ended) say(`ended ${name}, left behind by a start that was killed`);
  claimFolder(dataDir, options.fresh ?? false);

  const layout: Layout = { dataDir, ports: await choosePorts(options.port) };
  await refuseTakenPorts(layout);
  const secrets = secretsOf(dataDir);
  writeReceivers(dataDir, options.webhooks ?? []);
  await fillFolder(filesOf(dataDir).certificates, SITE_CERTIFICATES, {
    now: new Date(),
    authorityDays: 3650,
    days: 800,
  });

  const lines = options.lines === true ? await startLines(layout) : undefined;
  const envOf = (site: SiteId): Record<string, string> => {
    const env = siteEnv(layout, site, secrets, options);
    return lines === undefined ? env : lines.env(site, env);
  };
  const children = new ChildrenFile(dataDir);
  let devices: Readonly<Record<string, string>> | undefined;
  let stopped = false;
  const processes = (site: SiteId): SiteProcesses =>
    new SiteProcesses({
      layout,
      site,
      secrets,
      env: envOf(site),
      syncInterval: options.syncInterval,
      launch: options.launch,
      main: options.siteMain ?? SITE_MAIN,
      onStart: (program, pid) => children.add(`${site} ${program}`, pid),
      onLost: (program, pid, exit) => {
        options.onLost?.(site, program, pid, exit);
        if (devices !== undefined && !stopped) cluster.writeAccess(devices);
      },
    });
  const sites: Record<SiteId, SiteProcesses> = { noirmont: processes('noirmont'), delemont: processes('delemont') };

  const cluster: Cluster = {
    dataDir,
    layout,
    secrets,
    lines,
    tokens: secrets.tokens,
    internalToken: secrets.internalToken,
    urls: { noirmont: loopbackUrl(layout, 'noirmont'), delemont: loopbackUrl(layout, 'delemont') },
    publicUrls: { noirmont: publicUrl(layout, 'noirmont'), delemont: publicUrl(layout, 'delemont') },
    pids: (site) => sites[site].pids(),
    runs: (site, program) => sites[site].runs(program),
    signal: (site, program, signal) => sites[site].signal(program, signal),
    nextStart: (site, other) => sites[site].nextStart(other),
    stopSite: async (site) => {
      await sites[site].stop();
      if (devices !== undefined) cluster.writeAccess(devices);
    },
    startSite: async (site) => {
      await sites[site].start();
      if (devices !== undefined) cluster.writeAccess(devices);
    },
    writeAccess: (known) => {
      devices = known;
      const of = (site: SiteId) => ({ url: cluster.urls[site], pids: sites[site].running() });
      return writeAccess(dataDir, {
        sites: { noirmont: of('noirmont'), delemont: of('delemont') },
        tokens: { ...secrets.tokens, devices: known },
      });
    },
    stop: async () => {
      const first = !stopped;
      stopped = true;
      await Promise.all(SITES.map((site) => sites[site].stop()));
      if (first && devices !== undefined) cluster.writeAccess(devices);
      await lines?.stop();
      children.remove();
    },
  };

  try {
    // Both at once: neither needs the other to become ready.
    const started = await Promise.allSettled(
      SITES.map(async (site) => {
        await sites[site].start();
        say(`${site} is ready at ${publicUrl(layout, site)}`);
      }),
    );
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } catch (cause) {
    await cluster.stop();
    throw cause;
  }
  return cluster;
}

export const SITE_MAIN = join(repositoryRoot(), 'packages/site/src/main.ts');

const SITE_CERTIFICATES = SITES.map((name) => ({ name, hosts: [name, 'localhost', '127.0.0.1'] }));

async function refuseTakenPorts(layout: Layout): Promise<void> {
  const used = new Map<number, string>();
  for (const site of SITES)
    for (const [role, port] of Object.entries(layout.ports[site])) used.set(port, `${site}'s ${role}`);
  const taken = await takenPorts([...used.keys()]);
  if (taken.length === 0) return;
  const lines = taken.map((one) => `  port ${one.port} (for ${used.get(one.port)}) is taken by ${holder(one)}`);
  throw new CouldNotRun(
    `nothing was started:\n${lines.join('\n')}\nEnd it, or choose other ports with --port (0 = free ones)`,
  );
}

function holder(taken: TakenPort): string {
  if (taken.pid === undefined) return 'a process that this user may not see';
  return `process ${taken.pid}${taken.command === '' ? '' : `: ${taken.command}`}`;
}
