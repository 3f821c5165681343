// Puts the faults of a run into force at their times, and ends them.
import { SITES, type SiteId, otherSite } from '@vigie/model';
import { joinedMembership, retireAll, yieldAll } from '@vigie/log';
import type { Cluster } from './cluster.ts';
import type { SimDisk } from './disk.ts';
import type { Fault, FaultKind } from './faults.ts';
import type { Ground } from './ground.ts';
import type { Partitions } from './partitions.ts';

type End = (() => void) | undefined;
/** Puts a fault into force; the answer ends it. */
type Strike = (run: Partitions, site: SiteId, forMs: number) => End;

export function plan(run: Partitions, faults: readonly Fault[]): void {
  const { schedule } = run.ground;
  for (const fault of faults)
    schedule.after(fault.atMs * 1000, () => {
      run.note(`fault ${fault.kind} ${fault.site} ${fault.forMs}`);
      const struck = (by: 1 | -1): void => {
        for (const { alarms } of run.of) alarms.struck(sitesOf(fault), by);
      };
      struck(1);
      const end = STRIKES[fault.kind](run, fault.site, fault.forMs);
      if (end === undefined) return struck(-1);
      schedule.after(fault.forMs * 1000, () => {
        run.note(`over ${fault.kind} ${fault.site}`);
        struck(-1);
        end();
      });
    });
}

/** What happens to a site happens to all of its partitions. */
const inEach =
  (strike: (cluster: Cluster, site: SiteId, forMs: number) => End): Strike =>
  (run, site, forMs) => {
    const ends = run.of.flatMap((cluster) => strike(cluster, site, forMs) ?? []);
    return ends.length === 0 ? undefined : () => ends.forEach((end) => end());
  };

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
  cut: ({ ground }) => ground.line.cut(SITES),
  'cut-oneway': ({ ground }, site) => ground.line.cut([site]),
  'mobile-cut': inEach((cluster, site) => {
    cluster.unreached[site]++;
    return () => void cluster.unreached[site]--;
  }),
  'pause-site': inEach((cluster, site) => {
    const life = cluster.sites[site].process?.life;
    life?.pause();
    return () => life?.resume();
  }),
  'pause-log': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    if (!server.up) return undefined;
    server.stalled = true;
    return () => server.stalled && server.resume();
  }),
  'kill-site': inEach((cluster, site) => {
    cluster.sites[site].kill();
    return () => cluster.sites[site].start();
  }),
  'kill-log': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.stop();
    return () => startServer(cluster, site);
  }),
  'power-cut': inEach((cluster) => {
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
  }),
  rotate: inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    if (server.answers) server.start();
    return undefined;
  }),
  'slow-disk': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.slowness = 60;
    return () => {
      server.slowness = 1;
    };
  }),
  'fsync-fails': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.fsyncFails = true;
    // It acknowledges nothing more until it is started again.
    return () => {
      server.stop();
      startServer(cluster, site);
    };
  }),
  'disk-full': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.full = true;
    return () => {
      server.full = false;
    };
  }),
  // Planned maintenance: it leaves as soon as it can, and returns.
  drain: (run, site) => {
    run.ground.wished[site] = 'away';
    seeTo(run, site);
    return () => {
      run.ground.wished[site] = 'member';
      seeTo(run, site);
    };
  },
  // Lost for good, as it looks: fenced, the other founds a generation without it; then it comes back with its disk all the same.
  retire: (run, site) => {
    if (run.ground.givenUp !== undefined) return undefined;
    run.ground.givenUp = site;
    const lost = run.of.map((cluster) => cluster.sites[site]);
    for (const at of lost) {
      at.kill();
      at.server.stop();
      at.isFenced = true;
    }
    run.ground.wished[otherSite(site)] = 'member';
    let isLost = true;
    found(run, otherSite(site), () => isLost);
    return () => {
      isLost = false;
      for (const at of lost) {
        at.isFenced = false;
        if (!at.server.up) at.server.start();
        at.start();
      }
    };
  },
  // Taken for lost while it runs, which nobody should do, and which costs no more than a wait.
  'retire-alive': (run, site) => {
    if (run.ground.givenUp !== undefined) return undefined;
    run.ground.givenUp = site;
    run.ground.wished[otherSite(site)] = 'member';
    let isLost = true;
    found(run, otherSite(site), () => isLost);
    return () => {
      isLost = false;
    };
  },
  // Each site is taken for lost at the other; when they hear one another again, an SRE chooses: this one gives up (L17).
  'retire-both': (run, site) => {
    if (run.ground.givenUp !== undefined) return undefined;
    run.ground.givenUp = site;
    let isLost = true;
    for (const survivor of SITES) found(run, survivor, () => isLost);
    return () => {
      isLost = false;
      giveUp(run, site);
    };
  },
  // The server dies, and of what it was writing half a record lies on the disk: nobody can read it, and it keeps its sequence.
  'torn-write': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.stop();
    server.tear();
    return () => startServer(cluster, site);
  }),
  'receivers-down': inEach(({ receivers }) => {
    receivers.down++;
    return () => void receivers.down--;
  }),
  'receivers-unreached': inEach(({ receivers }, site) => {
    receivers.unreached[site]++;
    return () => void receivers.unreached[site]--;
  }),
  // The consumers of one origin: the own one in every second case.
  'slow-reader': inEach((cluster, site, forMs) => {
    const { server } = cluster.sites[site];
    server.lagging = forMs % 2 === 0 ? site : otherSite(site);
    return () => {
      server.lagging = undefined;
    };
  }),
  // The consumers of one origin stand still: the own one in every second case.
  'stalled-reader': inEach((cluster, site, forMs) => {
    const { server } = cluster.sites[site];
    server.holdsBack = forMs % 2 === 0 ? site : otherSite(site);
    return () => server.deliversAgain();
  }),
  // The copying stops although the other site is heard: nothing of its origin comes over (L13).
  'stalled-copy': inEach((cluster, site) => {
    const { server } = cluster.sites[site];
    server.copies = false;
    return () => {
      server.copies = true;
      server.lookAtPeer();
    };
  }),
  // What the machine takes for the time jumps, and back; a running site follows by 500 ppm, one that starts takes it as it is (L5).
  'clock-step': ({ ground }, site) => stepClock(ground, site, CLOCK_STEP_US),
  'clock-back': ({ ground }, site) => stepClock(ground, site, -CLOCK_STEP_US),
  // The machine of the log server, with the site's process and its snapshots; keys lie elsewhere.
  'lose-disk': inEach((cluster, site) => {
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
  }),
  // An empty disk for a while, then the old one again, with what nobody else may have got of it.
  'disk-swapped': inEach((cluster, site) => {
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
  }),
  'old-backup': inEach((cluster, site) => {
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
  }),
};

/** More than a site that starts may be away from the other (L5). */
const CLOCK_STEP_US = 3_000_000;

function stepClock({ skewUs }: Ground, site: SiteId, us: number): () => void {
  skewUs[site] += us;
  return () => {
    skewUs[site] -= us;
  };
}

function startServer(cluster: Cluster, site: SiteId): void {
  const { server, isFenced } = cluster.sites[site];
  if (!server.up && !isFenced) server.start();
}

const SRE_LOOKS_EVERY_US = 200_000;

/** An SRE who wants a site away, or back, asks until it is. */
function seeTo(run: Partitions, site: SiteId): void {
  const { schedule, wished } = run.ground;
  const members = run.ground.members(site);
  if (members !== undefined) {
    const is = joinedMembership(members).membership;
    if (wished[site] === 'member' ? is === 'member' || is === 'retired' : is === 'left') return;
    asks(run, site, () => {
      for (const { keeper } of members) {
        if (wished[site] === 'member') keeper.undrain();
        else keeper.drain('sre');
      }
    });
  }
  schedule.after(SRE_LOOKS_EVERY_US, () => seeTo(run, site));
}

/** At the survivor, until it is founded, or the other site is no longer taken for lost. */
function found(run: Partitions, survivor: SiteId, isLost: () => boolean): void {
  const members = run.ground.members(survivor);
  const again = (): void =>
    void run.ground.schedule.after(SRE_LOOKS_EVERY_US, () => {
      if (isLost()) found(run, survivor, isLost);
    });
  if (members === undefined) return again();
  asks(
    run,
    survivor,
    () =>
      void retireAll(members, 'sre', run.foundingName()).then((answer) => {
        run.note(`found ${survivor} ${answer.kind}`);
        if (answer.kind !== 'founded') again();
      }),
  );
}

/**
 * At the site that gives its generation up, until it has in every partition that has a rival, or there is nothing to give up. It forgets its
 * snapshots of those and reads its log anew.
 * @param given what was given up in partitions, until all is
 */
function giveUp(run: Partitions, site: SiteId, given = new Map<Cluster, string>()): void {
  const members = run.ground.members(site);
  const again = (): void => void run.ground.schedule.after(SRE_LOOKS_EVERY_US, () => giveUp(run, site, given));
  const rivals = members?.filter(({ merge }) => merge.rival !== undefined) ?? [];
  if (members === undefined || rivals.length === 0) return again();
  const generations = new Map(rivals.map(({ cluster, merge }) => [cluster, merge.generation]));
  const yielded = async ({ cluster }: { readonly cluster: Cluster }): Promise<void> =>
    void given.set(cluster, generations.get(cluster) ?? '');
  asks(
    run,
    site,
    () =>
      void yieldAll(members, 'sre', yielded).then((answer) => {
        run.note(`yield ${site} ${answer.kind}`);
        if (answer.kind !== 'yielded') return again();
        for (const cluster of run.of) cluster.sites[site].kill();
        for (const [cluster, generation] of given) cluster.yielded(site, generation);
        for (const cluster of run.of) cluster.sites[site].start();
        // Where the other founding was not heard yet, there may be a rival still.
        if (rivals.length < members.length) giveUp(run, site);
      }),
  );
}

/** Asked of the site's process, as it runs now. */
function asks(run: Partitions, site: SiteId, ask: () => void): void {
  run.of[0]?.sites[site].process?.life.run(ask);
}

/** Everything that ends a fault by force, so that the rest of the run is quiet. */
export function calm(run: Partitions): void {
  run.ground.line.quiet = true;
  for (const site of SITES) {
    run.ground.wished[site] = 'member';
    seeTo(run, site);
  }
  for (const cluster of run.of) calmOne(cluster);
}
function calmOne(cluster: Cluster): void {
  cluster.receivers.quiet = true;
  for (const device of cluster.devices) device.quiet = true;
  for (const site of SITES) {
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
