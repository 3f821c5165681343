// What the partitions of a run share (L1): time, the line, and at each site one process with its life and its hybrid clock. A case lives in
// one partition; everything that happens to a site happens to all of its partitions.
import { HybridClock, type PeerState, type SiteMember, joinedPeer } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import type { Random } from '../random.ts';
import type { Cluster } from './cluster.ts';
import type { SimOptions } from './faults.ts';
import { Life } from './life.ts';
import { Line } from './line.ts';
import { Schedule } from './schedule.ts';

/** 2026-03-02T09:00:00Z, a Monday. */
export const START_US = 1_772_442_000_000_000;
const NOT_LEAVING = { leaving: false, staysForUs: false };

export interface Running {
  readonly life: Life;
  readonly clock: HybridClock;
}

export class Ground {
  readonly schedule = new Schedule(START_US);
  readonly line: Line;
  /** How many. */
  readonly partitions: number;
  /** What each site takes for its clock runs ahead by this, us. */
  readonly skewUs: Record<SiteId, number>;
  /** What the SREs want of each site. */
  readonly wished: Record<SiteId, 'member' | 'away'> = { noirmont: 'member', delemont: 'member' };
  /** The site of the run that was taken for lost: another is not. */
  givenUp: SiteId | undefined;
  /** One for each, once they are made. */
  clusters: readonly Cluster[] = [];
  readonly #running: { [site in SiteId]?: Running } = {};

  constructor(options: SimOptions, dice: Random) {
    this.partitions = options.partitions ?? 1;
    this.line = new Line(this.schedule, dice.fork('line'), options.link);
    this.skewUs = { noirmont: options.skewMs.noirmont * 1000, delemont: options.skewMs.delemont * 1000 };
  }

  /** The process that runs at a site, for a partition that begins; another one once that has ended. */
  running(site: SiteId): Running {
    const known = this.#running[site];
    if (known !== undefined && !known.life.isDead) return known;
    const life = new Life(this.schedule, () => this.skewUs[site]);
    const begun = { life, clock: new HybridClock(life) };
    this.#running[site] = begun;
    return begun;
  }

  /** What the other site says of leaving, in all partitions together; nobody wants to leave before all are there. */
  leaving(site: SiteId): Pick<PeerState, 'leaving' | 'staysForUs'> {
    const peers = this.clusters.flatMap((cluster) => cluster.sites[site].process?.log.peer() ?? []);
    return peers.length === this.partitions ? joinedPeer(peers) : NOT_LEAVING;
  }
  /** Undefined until the site's process has opened all. */
  members(site: SiteId): readonly (SiteMember & { readonly cluster: Cluster })[] | undefined {
    const members = this.clusters.flatMap((cluster) => {
      const { keeper, replica } = cluster.sites[site].process ?? {};
      return keeper === undefined || replica === undefined ? [] : [{ keeper, merge: replica.merge, cluster }];
    });
    return members.length === this.partitions ? members : undefined;
  }
}
