import { type SiteId, must } from '@vigie/model';
import { HybridClock } from '../hybrid-clock.ts';
import { describeLog } from '../testing/describe-log.ts';
import { Neighbours } from '../testing/neighbours.ts';
import { systemTime } from '../time.ts';
import { MemoryCluster } from './memory-cluster.ts';

/** The log under test is that partition of so many. */
function memory(partition: number, partitions: number) {
  const clusters = Array.from({ length: partitions }, () => new MemoryCluster());
  const tested = must(clusters[partition], 'a partition');
  const time = systemTime();
  const clocks = { noirmont: new HybridClock(time), delemont: new HybridClock(time) };
  const neighbours = new Neighbours();
  const all = (act: (cluster: MemoryCluster) => void): void => {
    for (const cluster of clusters) act(cluster);
  };
  return {
    open: async (site: SiteId) => {
      const others = clusters.filter((cluster) => cluster !== tested);
      await neighbours.begin(site, async () => others.map((cluster) => cluster.open(site, clocks[site])));
      return tested.open(site, clocks[site]);
    },
    cut: (from?: SiteId) => all((cluster) => cluster.cut(from)),
    heal: () => all((cluster) => cluster.heal()),
    stopServer: async (site: SiteId) => all((cluster) => cluster.stopServer(site)),
    startServer: async (site: SiteId) => all((cluster) => cluster.startServer(site)),
    loseDisk: async (site: SiteId) => all((cluster) => cluster.server(site).disk.clear()),
    stop: () => neighbours.end(),
  };
}

describeLog('memory', async () => memory(0, 1));
describeLog('memory, the third of four partitions', async () => memory(2, 4));
