import type { SiteId } from '@vigie/model';
import { describeLog } from '../testing/describe-log.ts';
import { MemoryCluster } from './memory-cluster.ts';

describeLog('memory', async () => {
  const cluster = new MemoryCluster();
  return {
    open: async (site) => cluster.open(site),
    cut: (from?: SiteId) => cluster.cut(from),
    heal: () => cluster.heal(),
    stopServer: async (site) => cluster.stopServer(site),
    startServer: async (site) => cluster.startServer(site),
    loseDisk: async (site) => cluster.server(site).disk.clear(),
    stop: async () => {},
  };
});
