import { rmSync } from 'node:fs';
import type { SiteId } from '@vigie/model';
import { startNatsPair } from '../../../../test/support/nats.ts';
import { describeLog } from '../testing/describe-log.ts';
import { openJetStreamLog } from './jetstream-log.ts';

describeLog('JetStream', async () => {
  const pair = await startNatsPair();
  const server = (site: SiteId) => pair[site];
  return {
    open: (site) => openJetStreamLog({ site, servers: server(site).url }),
    // Delémont dials Noirmont: what flows to the target comes from Delémont.
    cut: (from) => pair.link.cut(from === undefined ? 'both' : from === 'delemont' ? 'toTarget' : 'fromTarget'),
    heal: () => pair.link.heal(),
    stopServer: (site) => server(site).kill(),
    startServer: (site) => server(site).start(),
    loseDisk: async (site) => rmSync(server(site).storeDir, { recursive: true, force: true }),
    stop: () => pair.stop(),
  };
});
