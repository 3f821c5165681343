// Two sites whose log has several partitions, in memory and with time moved by hand.
import { type EntryDraft, HybridClock, ManualTime } from '@vigie/log';
import { SITES, type SiteId, must, partitionOf } from '@vigie/model';
import { SiteReplica } from '../site-replica.ts';
import { TwoSites } from './two-sites.ts';

export class PartitionedSites {
  /** Both sites of partitions 0, 1, ... */
  readonly of: readonly TwoSites[];

  private constructor(partitions: number) {
    const time = new ManualTime();
    const shared = { time, clocks: { noirmont: new HybridClock(time), delemont: new HybridClock(time) } };
    this.of = Array.from({ length: partitions }, (_, partition) => new TwoSites({}, { partition }, shared));
  }
  static async start(partitions: number): Promise<PartitionedSites> {
    const sites = new PartitionedSites(partitions);
    for (const two of sites.of) for (const site of SITES) await two.open(site);
    await sites.first.until(() =>
      sites.of.every((two) =>
        SITES.every((site) => {
          const epochs = two.at(site).replica.merge.epochs();
          return epochs.length === 2 && epochs.every(({ admitted }) => admitted);
        }),
      ),
    );
    return sites;
  }
  /** Time is one for all: whoever moves it moves all. */
  get first(): TwoSites {
    return must(this.of[0], 'a partition');
  }

  replica(site: SiteId): SiteReplica {
    return new SiteReplica(this.of.map((two) => two.at(site).replica));
  }
  /** To the partition of its case; all its items are of one. */
  async append(site: SiteId, draft: EntryDraft): Promise<void> {
    const { measure } = must(draft.items[0], 'an entry of a case');
    const two = must(this.of[partitionOf(measure, this.of.length)], 'its partition');
    const { kind } = await two.at(site).log.append(draft);
    if (kind !== 'stored') throw new Error(kind);
  }
  async kill(site: SiteId): Promise<void> {
    for (const two of this.of) await two.kill(site);
  }
  async open(site: SiteId): Promise<void> {
    for (const two of this.of) await two.open(site);
  }
  cut(): void {
    for (const { cluster } of this.of) cluster.cut();
  }
  heal(): void {
    for (const { cluster } of this.of) cluster.heal();
  }
  async settle(): Promise<void> {
    for (const two of this.of) await two.settle();
  }
  async dispose(): Promise<void> {
    for (const two of this.of) await two.dispose();
  }
}
