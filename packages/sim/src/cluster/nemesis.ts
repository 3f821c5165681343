// Puts the faults of a run into force at their times, and ends them.
import { SITES, type SiteId, otherSite } from '@vigie/model';
import type { Cluster } from './cluster.ts';
import type { SimDisk } from './disk.ts';
import type { Fault, FaultKind } from './faults.ts';

/** Puts a fault into force; the answer ends it. */
type Strike = (cluster: Cluster, site: SiteId, forMs: number) => (() => void) | undefined;

export function plan(cluster: Cluster, faults: readonly Fault[]): void {
  for (const fault of faults)
    cluster.schedule.after(fault.atMs * 1000, () => {
      cluster.note(`fault ${fault.kind} ${fault.site} ${fault.forMs}`);
      const at = sitesOf(fault);
      cluster.alarms.struck(at, 1);
      const end = STRIKES[fault.kind](cluster, fault.site, fault.forMs);
      if (end === undefined) return cluster.alarms.struck(at, -1);
      cluster.schedule.after(fault.forMs * 1000, () => {
        cluster.note(`over ${fault.kind} ${fault.site}`);
        cluster.alarms.struck(at, -1);
        end();
      });
    });
}

/** Faults of the line, of clocks, and decisions of people: a site works on. */
const LEAVES_SITES_WORKING: ReadonlySet<FaultKind> = new Set([
  'cut',
  'cut-oneway',
  'mobile-cut',
  'stalled-copy',
  'clock-step',
  'clock-back',
  'drain',
  'retire-alive',
  'receivers-down',
  'receivers-unreached',
]);

/** What does not work as it should while that fault is in force. */
function sitesOf({ kind, site }: Fault): readonly SiteId[] {
  if (LEAVES_SITES_WORKING.has(kind)) return [];
  return kind === 'power-cut' ? SITES : [site];
}

const STRIKES: Readonly<Record<FaultKind, Strike>> = {
  cut: ({ line }) => line.cut(SITES),
  'cut-oneway': ({ line }, site) => line.cut([site]),
  'mobile-cut': (cluster, site) => {
    cluster.unreached[site]++;
    return () => void cluster.unreached[site]--;
  },
  'pause-site': (cluster, site) => {
    const life = cluster.sites[site].process?.life;
    life?.pause();
    return () => life?.resume();
  },
  'pause-log': (cluster, site) => {
    const { server } = cluster.sites[site];
    if (!server.up) return undefined;
    server.stalled = true;
    return () => server.stalled && server.resume();
  },
  'kill-site': (cluster, site) => {
    cluster.sites[site].kill();
    return () => cluster.sites[site].start();
  },
  'kill-log': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.stop();
    return () => startServer(cluster, site);
  },
  'power-cut': (cluster) => {
    for (const site of SITES) {
      cluster.sites[site].kill();
      cluster.sites[site].server.stop();
      cluster.sites[site].server.losePower();
    }
    return () => {
      for (const site of SITES) {
        startServer(cluster, site);
        cluster.sites[site].start();
      }
    };
  },
  rotate: (cluster, site) => {
    const { server } = cluster.sites[site];
    if (server.answers) server.start();
    return undefined;
  },
  'slow-disk': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.slowness = 60;
    return () => {
      server.slowness = 1;
    };
  },
  'fsync-fails': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.fsyncFails = true;
    // It acknowledges nothing more until it is started again.
    return () => {
      server.stop();
      startServer(cluster, site);
    };
  },
  'disk-full': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.full = true;
    return () => {
      server.full = false;
    };
  },
  // Planned maintenance: it leaves as soon as it can, and returns.
  drain: (cluster, site) => {
    cluster.wished[site] = 'away';
    seeTo(cluster, site);
    return () => {
      cluster.wished[site] = 'member';
      seeTo(cluster, site);
    };
  },
  // Lost for good, as it looks: fenced, the other founds a generation without it; then it comes back with its disk all the same.
  retire: (cluster, site) => {
    if (cluster.givenUp !== undefined) return undefined;
    cluster.givenUp = site;
    const at = cluster.sites[site];
    at.kill();
    at.server.stop();
    at.isFenced = true;
    cluster.wished[otherSite(site)] = 'member';
    let isLost = true;
    found(cluster, otherSite(site), () => isLost);
    return () => {
      isLost = false;
      at.isFenced = false;
      startServer(cluster, site);
      at.start();
    };
  },
  // Taken for lost while it runs, which nobody should do, and which costs no more than a wait.
  'retire-alive': (cluster, site) => {
    if (cluster.givenUp !== undefined) return undefined;
    cluster.givenUp = site;
    cluster.wished[otherSite(site)] = 'member';
    let isLost = true;
    found(cluster, otherSite(site), () => isLost);
    return () => {
      isLost = false;
    };
  },
  // Each site is taken for lost at the other; when they hear one another again, an SRE chooses: this one gives up (L17).
  'retire-both': (cluster, site) => {
    if (cluster.givenUp !== undefined) return undefined;
    cluster.givenUp = site;
    let isLost = true;
    for (const survivor of SITES) found(cluster, survivor, () => isLost);
    return () => {
      isLost = false;
      giveUp(cluster, site);
    };
  },
  // The server dies, and of what it was writing half a record lies on the disk: nobody can read it, and it keeps its sequence.
  'torn-write': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.stop();
    server.tear();
    return () => startServer(cluster, site);
  },
  'receivers-down': ({ receivers }) => {
    receivers.down++;
    return () => void receivers.down--;
  },
  'receivers-unreached': ({ receivers }, site) => {
    receivers.unreached[site]++;
    return () => void receivers.unreached[site]--;
  },
  // The consumers of one origin: the own one in every second case.
  'slow-reader': (cluster, site, forMs) => {
    const { server } = cluster.sites[site];
    server.lagging = forMs % 2 === 0 ? site : otherSite(site);
    return () => {
      server.lagging = undefined;
    };
  },
  // The consumers of one origin stand still: the own one in every second case.
  'stalled-reader': (cluster, site, forMs) => {
    const { server } = cluster.sites[site];
    server.holdsBack = forMs % 2 === 0 ? site : otherSite(site);
    return () => server.deliversAgain();
  },
  // The copying stops although the other site is heard: nothing of its origin comes over (L13).
  'stalled-copy': (cluster, site) => {
    const { server } = cluster.sites[site];
    server.copies = false;
    return () => {
      server.copies = true;
      server.lookAtPeer();
    };
  },
  // What the machine takes for the time jumps, and back; a running site follows by 500 ppm, one that starts takes it as it is (L5).
  'clock-step': (cluster, site) => stepClock(cluster, site, CLOCK_STEP_US),
  'clock-back': (cluster, site) => stepClock(cluster, site, -CLOCK_STEP_US),
  // The machine of the log server, with the site's process and its snapshots; keys lie elsewhere.
  'lose-disk': (cluster, site) => {
    const at = cluster.sites[site];
    at.kill();
    at.server.stop();
    at.server.disk = cluster.emptyDisk();
    at.loseSnapshots();
    cluster.lostDisk[site] = true;
    return () => {
      startServer(cluster, site);
      at.start();
    };
  },
  // An empty disk for a while, then the old one again, with what nobody else may have got of it.
  'disk-swapped': (cluster, site) => {
    const at = cluster.sites[site];
    const old = at.server.disk;
    const put = (disk: SimDisk): void => {
      at.kill();
      at.server.stop();
      at.server.disk = disk;
      at.loseSnapshots();
      startServer(cluster, site);
      at.start();
    };
    cluster.lostDisk[site] = true;
    put(cluster.emptyDisk());
    return () => put(old);
  },
  'old-backup': (cluster, site) => {
    const at = cluster.sites[site];
    const backup = at.server.disk.copy();
    const keys = [...at.keyStore.held];
    return () => {
      at.kill();
      at.server.stop();
      at.server.disk = backup;
      for (const key of keys) at.keyStore.held.add(key);
      at.loseSnapshots();
      cluster.lostDisk[site] = true;
      startServer(cluster, site);
      at.start();
    };
  },
};

/** More than a site that starts may be away from the other (L5). */
const CLOCK_STEP_US = 3_000_000;

function stepClock(cluster: Cluster, site: SiteId, us: number): () => void {
  const at = cluster.sites[site];
  at.skewUs += us;
  return () => {
    at.skewUs -= us;
  };
}

function startServer(cluster: Cluster, site: SiteId): void {
  const { server, isFenced } = cluster.sites[site];
  if (!server.up && !isFenced) server.start();
}

const SRE_LOOKS_EVERY_US = 200_000;

/** An SRE who wants a site away, or back, asks until it is. */
function seeTo(cluster: Cluster, site: SiteId): void {
  const { process } = cluster.sites[site];
  const { keeper } = process ?? {};
  const wished = cluster.wished[site];
  if (keeper !== undefined && process !== undefined) {
    const is = keeper.membership;
    if (wished === 'member' ? is === 'member' || is === 'retired' : is === 'left') return;
    process.life.run(() => (wished === 'member' ? keeper.undrain() : keeper.drain('sre')));
  }
  cluster.schedule.after(SRE_LOOKS_EVERY_US, () => seeTo(cluster, site));
}

/** At the survivor, until it is founded, or the other site is no longer taken for lost. */
function found(cluster: Cluster, survivor: SiteId, isLost: () => boolean): void {
  const process = cluster.sites[survivor].process;
  const keeper = process?.keeper;
  if (keeper === undefined || process === undefined) return again();
  process.life.run(
    () =>
      void keeper.found('sre').then((answer) => {
        cluster.note(`found ${survivor} ${answer.kind}`);
        if (answer.kind !== 'founded') again();
      }),
  );
  function again(): void {
    cluster.schedule.after(SRE_LOOKS_EVERY_US, () => {
      if (isLost()) found(cluster, survivor, isLost);
    });
  }
}

/** At the site that gives its generation up, until it has, or there is nothing to give up. It forgets its snapshots and reads its log anew. */
function giveUp(cluster: Cluster, site: SiteId): void {
  const { process } = cluster.sites[site];
  const { keeper, replica } = process ?? {};
  const generation = replica?.merge.generation;
  const again = (): void => void cluster.schedule.after(SRE_LOOKS_EVERY_US, () => giveUp(cluster, site));
  if (process === undefined || keeper === undefined || generation === undefined) return again();
  if (replica?.merge.rival === undefined) return again();
  process.life.run(
    () =>
      void keeper.yield('sre').then((answer) => {
        cluster.note(`yield ${site} ${answer.kind}`);
        if (answer.kind !== 'yielded') return again();
        cluster.yielded(site, generation);
      }),
  );
}

/** Everything that ends a fault by force, so that the rest of the run is quiet. */
export function calm(cluster: Cluster): void {
  cluster.line.quiet = true;
  cluster.receivers.quiet = true;
  for (const device of cluster.devices) device.quiet = true;
  for (const site of SITES) {
    cluster.wished[site] = 'member';
    seeTo(cluster, site);
    startServer(cluster, site);
    cluster.sites[site].server.lagging = undefined;
    cluster.sites[site].server.deliversAgain();
    cluster.sites[site].server.copies = true;
    if (cluster.sites[site].server.stalled) cluster.sites[site].server.resume();
    cluster.sites[site].process?.life.resume();
    cluster.sites[site].start();
    cluster.sites[otherSite(site)].server.lookAtPeer();
  }
}
