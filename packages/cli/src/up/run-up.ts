// `./vigie up`: both sites and who reports to them, until it is asked to stop.
import { resolve } from 'node:path';
import { SITES, type SiteId } from '@vigie/model';
import { repositoryRoot } from '../process/repository-root.ts';
import type { ControlAnswer } from './control.ts';
import { listenForControl } from './control.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { sitePaths } from './layout.ts';
import { type Load, checkLoad, startLoad } from './load.ts';

export type UpOptions = {
  readonly persons: number;
  readonly feed?: string | undefined;
  readonly speed: number;
  readonly port: number;
  readonly data?: string;
  readonly fresh?: boolean;
};

const NAMES: Readonly<Record<SiteId, string>> = { noirmont: 'Le Noirmont', delemont: 'Delémont' };

export const dataDirOf = (data: string | undefined): string => resolve(data ?? resolve(repositoryRoot(), '.cache/up'));

export async function runUp(options: UpOptions): Promise<number> {
  const stopAsked = whenAskedToStop();
  const say = (line: string): void => void process.stderr.write(`up: ${line}\n`);
  checkLoad(options);
  const dataDir = dataDirOf(options.data);
  say(`starting both sites in ${dataDir}`);
  const starting = startCluster({
    dataDir,
    port: options.port,
    fresh: options.fresh ?? false,
    areaOfValidity: options.feed === undefined ? 'CH' : 'off',
    say,
    onLost: (site, program, pid, exit) =>
      say(
        `${site} lost its ${program} (process ${pid}, ${exit.signal ?? `exit code ${exit.code}`}); its log is ` +
          `${sitePaths(dataDir, site).log(program)}; ./vigie site start ${site} brings it back`,
      ),
    ...testSite(),
  });
  const cluster = await Promise.race([starting, stopAsked]);
  // Asked to stop while starting: the children end with this process.
  if (cluster === undefined) return 0;
  try {
    const load = await Promise.race([startLoad(cluster, options, say), stopAsked]);
    if (load === undefined) return 0;
    return await serve(cluster, load, stopAsked, say);
  } finally {
    await cluster.stop();
    say('every process has ended');
  }
}

async function serve(
  cluster: Cluster,
  load: Load,
  stopAsked: Promise<undefined>,
  say: (line: string) => void,
): Promise<number> {
  const unlisten = await listenForControl(
    cluster.dataDir,
    oneAtATime((action, site) => control(cluster, action, site)),
  );
  const access = cluster.writeAccess(load.devices);
  process.stdout.write(`${welcome(cluster, access)}\n`);
  await stopAsked;
  say('stopping');
  await unlisten();
  await load.stop();
  return 0;
}

async function control(cluster: Cluster, action: 'start' | 'stop', site: SiteId): Promise<ControlAnswer> {
  if (action === 'stop') {
    await cluster.stopSite(site);
    return { ok: true, message: `${site} is stopped; the other site goes on` };
  }
  await cluster.startSite(site);
  return { ok: true, message: `${site} is ready at ${cluster.publicUrls[site]}` };
}

/** Two requests at once for one site would start its processes twice. */
function oneAtATime<A extends unknown[], T>(act: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const next = last.then(() => act(...args));
    last = next.catch(() => undefined); // the asker hears of it
    return next;
  };
}

function welcome(cluster: Cluster, access: string): string {
  const sites = SITES.map((site) => `  ${NAMES[site].padEnd(12)} ${cluster.publicUrls[site]}`);
  return [
    'Both sites are up:',
    ...sites,
    `Sign in with the operator's token ${cluster.tokens.operator}`,
    `  (every token, address and process id: ${access})`,
    'Stop with Ctrl-C; take one site away with ./vigie site stop noirmont, bring it back with site start.',
  ].join('\n');
}

/** Ctrl-C, a closed terminal, or a service manager. A second Ctrl-C does not wait for orderly ends. */
function whenAskedToStop(): Promise<undefined> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') process.exit(130);
        asked = true;
        resolve(undefined);
      });
  });
}

/** Tests of the supervisor put a small program in the site's place. */
function testSite(): { siteMain?: string } {
  const main = process.env['VIGIE_SITE_MAIN'];
  return main === undefined ? {} : { siteMain: main };
}
