// The supervisor's side of a drill: does to the running sites what the judge asks for, and no more.
import { rmSync } from 'node:fs';
import { SITES, type SiteId } from '@vigie/model';
import { publishRaw } from '@vigie/sim';
import type { Action } from '@vigie/drill';
import type { LoopDisk } from '../process/loop-disk.ts';
import { until } from '../process/until.ts';
import type { Cluster } from '../up/cluster.ts';
import { PROGRAMS, sitePaths } from '../up/layout.ts';

/** No entry begins like this, nor is it JSON. */
const NO_ENTRY = Buffer.from([0xff, 0x00, 0x7b, 0x22, 0x76, 0x22, 0xc3, 0x28, 0x00]);

const GONE_MS = 10_000;

export class Breaker {
  readonly #cluster: Cluster;
  /** Stopped processes do not end when asked to, so nothing may stay stopped. */
  readonly #stopped = new Set<number>();

  readonly #disks: readonly LoopDisk[];

  constructor(cluster: Cluster, disks: readonly LoopDisk[] = []) {
    this.#cluster = cluster;
    this.#disks = disks;
  }

  async act(action: Action): Promise<void> {
    const cluster = this.#cluster;
    switch (action.do) {
      case 'kill': {
        const pids = cluster.pids(action.site);
        for (const program of action.programs) process.kill(pids[program], 'SIGKILL');
        return;
      }
      case 'pause': {
        const pid = cluster.pids(action.site)[action.program];
        process.kill(pid, 'SIGSTOP');
        this.#stopped.add(pid);
        return;
      }
      case 'resume': {
        const pid = cluster.pids(action.site)[action.program];
        process.kill(pid, 'SIGCONT');
        this.#stopped.delete(pid);
        return;
      }
      case 'start':
        await Promise.all(
          SITES.filter((site) => action.site === 'both' || action.site === site).map((site) => cluster.startSite(site)),
        );
        return;
      case 'lose-disk':
        return this.#loseDisk(action.site);
      case 'power-cut':
        return this.#cutPower();
      case 'cut':
        return this.#lines().cut(action.from);
      case 'slow':
        return this.#lines().slow(action.delayMs, action.lossShare, seeded(action.seed));
      case 'mend':
        return this.#lines().mend();
      case 'poison': {
        const server = `127.0.0.1:${cluster.layout.ports[action.site].nats}`;
        const access = { server, user: 'site', password: cluster.secrets.natsSite };
        await publishRaw(access, `log.${action.site}.${action.epoch}.00`, NO_ENTRY);
        return;
      }
      default:
        throw new Error('there is no such action');
    }
  }

  /** Before the cluster is stopped. */
  release(): void {
    for (const pid of this.#stopped) {
      const isOurs = SITES.some((site) => Object.values(this.#cluster.pids(site)).includes(pid));
      if (isOurs) process.kill(pid, 'SIGCONT');
    }
    this.#stopped.clear();
  }

  async #loseDisk(site: SiteId): Promise<void> {
    const { site: own, nats } = this.#cluster.pids(site);
    for (const pid of [own, nats]) process.kill(pid, 'SIGKILL');
    const isGone = () => (this.#cluster.runs(site, 'nats') ? undefined : true);
    if ((await until(isGone, GONE_MS)) === undefined) throw new Error('the log server did not end');
    rmSync(sitePaths(this.#cluster.dataDir, site).nats, { recursive: true, force: true });
  }

  async #cutPower(): Promise<void> {
    if (this.#disks.length === 0) throw new Error('the sites have no disks of their own');
    const pids = SITES.flatMap((site) => Object.values(this.#cluster.pids(site)));
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await Promise.all(this.#disks.map((disk) => disk.copy()));
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    }
    const areGone = () =>
      SITES.some((site) => PROGRAMS.some((program) => this.#cluster.runs(site, program))) ? undefined : true;
    if ((await until(areGone, GONE_MS)) === undefined) throw new Error('not every process ended');
    for (const disk of this.#disks) await disk.swap();
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
