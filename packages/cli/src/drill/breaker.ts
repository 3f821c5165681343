// The supervisor's side of a drill: does to the running sites what the judge asks for, and no more.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SITES, type SiteId, partitionName } from '@vigie/model';
import { publishRaw } from '@vigie/sim';
import type { Action, Program } from '@vigie/drill';
import { until } from '../process/until.ts';
import { type Cluster, SITE_MAIN } from '../up/cluster.ts';
import { PROGRAMS, sitePaths } from '../up/layout.ts';
import { changeMembership } from '../site/membership.ts';
import type { SiteDisks } from './site-disks.ts';

/** No entry begins like this, nor is it JSON. */
const NO_ENTRY = Buffer.from([0xff, 0x00, 0x7b, 0x22, 0x76, 0x22, 0xc3, 0x28, 0x00]);

const GONE_MS = 10_000;

export class Breaker {
  readonly #cluster: Cluster;
  /** Stopped processes do not end when asked to, so nothing may stay stopped. */
  readonly #stopped = new Set<string>();

  readonly #disks: SiteDisks;

  constructor(cluster: Cluster, disks: SiteDisks) {
    this.#cluster = cluster;
    this.#disks = disks;
  }

  async act(action: Action): Promise<void> {
    const cluster = this.#cluster;
    switch (action.do) {
      case 'kill': {
        for (const program of action.programs) this.#signal(action.site, program, 'SIGKILL');
        return;
      }
      case 'pause': {
        this.#signal(action.site, action.program, 'SIGSTOP');
        this.#stopped.add(`${action.site} ${action.program}`);
        return;
      }
      case 'resume': {
        this.#signal(action.site, action.program, 'SIGCONT');
        this.#stopped.delete(`${action.site} ${action.program}`);
        return;
      }
      case 'start':
        await Promise.all(
          SITES.filter((site) => action.site === 'both' || action.site === site).map((site) => cluster.startSite(site)),
        );
        return;
      case 'stop':
        return cluster.stopSite(action.site);
      case 'drain':
      case 'undrain':
      case 'retire': {
        const at = { urls: cluster.urls, token: cluster.secrets.tokens.sre };
        const { ok, message } = await changeMembership(at, action.do, action.site, true);
        if (!ok) throw new Error(message);
        return;
      }
      case 'lose-disk':
        return this.#loseDisk(action.site);
      case 'power-cut':
        return this.#cutPower();
      case 'fill-disk':
        return this.#disks.log(action.site).fill(action.leaveBytes);
      case 'make-room':
        await this.#disks.log(action.site).makeRoom();
        if (action.startLogAgain) await this.#startAgain(action.site, 'nats');
        return;
      case 'skew-clock':
        cluster.nextStart(action.site, { env: { CLOCK_OFFSET_MS: `${action.offsetMs}` } });
        return this.#startAgain(action.site, 'site');
      case 'upgrade':
        cluster.nextStart(action.site, { main: SITE_MAIN });
        return this.#startAgain(action.site, 'site', 'SIGTERM');
      case 'cut':
        return this.#lines().cut(action.from);
      case 'slow':
        return this.#lines().slow(action.delayMs, action.lossShare, seeded(action.seed));
      case 'mend':
        return this.#lines().mend();
      case 'poison': {
        const server = `127.0.0.1:${cluster.layout.ports[action.site].nats}`;
        const access = { server, user: 'site', password: cluster.secrets.natsSite };
        await publishRaw(
          access,
          `log.${action.site}.${action.epoch}.${partitionName(action.partition ?? 0)}`,
          NO_ENTRY,
        );
        return;
      }
      default:
        throw new Error('there is no such action');
    }
  }

  /** Before the cluster is stopped. */
  release(): void {
    for (const site of SITES)
      for (const program of PROGRAMS)
        if (this.#stopped.has(`${site} ${program}`)) this.#cluster.signal(site, program, 'SIGCONT');
    this.#stopped.clear();
  }

  /** What does not run cannot be broken: then the drill is not what it says. */
  #signal(site: SiteId, program: Program, signal: NodeJS.Signals): void {
    if (!this.#cluster.runs(site, program)) throw new Error(`${program} of ${site} does not run`);
    this.#cluster.signal(site, program, signal);
  }

  async #end(site: SiteId, programs: readonly Program[], signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    for (const program of programs) this.#signal(site, program, signal);
    const areGone = () => (programs.some((program) => this.#cluster.runs(site, program)) ? undefined : true);
    if ((await until(areGone, GONE_MS)) === undefined) throw new Error(`not every one ended: ${programs.join(', ')}`);
  }
  async #startAgain(site: SiteId, program: Program, signal?: NodeJS.Signals): Promise<void> {
    await this.#end(site, [program], signal);
    await this.#cluster.startSite(site);
  }

  async #loseDisk(site: SiteId): Promise<void> {
    await this.#end(site, ['site', 'nats']);
    // What is in it, not the folder: a file system of its own may be mounted there.
    const { nats } = sitePaths(this.#cluster.dataDir, site);
    for (const name of readdirSync(nats)) rmSync(join(nats, name), { recursive: true, force: true });
  }

  async #cutPower(): Promise<void> {
    const disks = this.#disks.all;
    const all = SITES.flatMap((site) => PROGRAMS.map((program) => [site, program] as const));
    for (const [site, program] of all) this.#signal(site, program, 'SIGSTOP');
    try {
      await Promise.all(disks.map((disk) => disk.copy()));
    } finally {
      for (const [site, program] of all) this.#signal(site, program, 'SIGKILL');
    }
    const areGone = () =>
      SITES.some((site) => PROGRAMS.some((program) => this.#cluster.runs(site, program))) ? undefined : true;
    if ((await until(areGone, GONE_MS)) === undefined) throw new Error('not every process ended');
    for (const disk of disks.toReversed()) await disk.detach();
    for (const disk of disks) await disk.mountCopy();
  }

  #lines(): NonNullable<Cluster['lines']> {
    if (this.#cluster.lines === undefined) throw new Error('the line between the sites does not go through here');
    return this.#cluster.lines;
  }
}

/** mulberry32: repeats with its seed, good enough to choose which segments are lost. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
