import { rmSync } from 'node:fs';
import type { SiteId } from '@vigie/model';
import { startNatsPair } from '../../../../test/support/nats.ts';
import { HybridClock } from '../hybrid-clock.ts';
import { describeLog } from '../testing/describe-log.ts';
import { Neighbours } from '../testing/neighbours.ts';
import { systemTime } from '../time.ts';
import { openJetStreamLog } from './jetstream-log.ts';

/** The log under test is that partition of so many. */
async function jetStream(tested: number, partitions: number) {
  const pair = await startNatsPair();
  const server = (site: SiteId) => pair[site];
  const time = systemTime();
  const clocks = { noirmont: new HybridClock(time), delemont: new HybridClock(time) };
  const neighbours = new Neighbours();
  const open = (site: SiteId, partition: number) =>
    openJetStreamLog({ site, partition, partitions, servers: server(site).url, time, clock: clocks[site] });
  const others = Array.from({ length: partitions }, (_, partition) => partition).filter((one) => one !== tested);
  return {
    open: async (site: SiteId) => {
      await neighbours.begin(site, () => Promise.all(others.map((partition) => open(site, partition))));
      return open(site, tested);
    },
    // Delémont dials Noirmont: what flows to the target comes from Delémont.
    cut: (from?: SiteId) =>
      pair.link.cut(from === undefined ? 'both' : from === 'delemont' ? 'toTarget' : 'fromTarget'),
    heal: () => pair.link.heal(),
    stopServer: (site: SiteId) => server(site).kill(),
    startServer: (site: SiteId) => server(site).start(),
    loseDisk: async (site: SiteId) => rmSync(server(site).storeDir, { recursive: true, force: true }),
    stop: async () => {
      await neighbours.end();
      await pair.stop();
    },
  };
}

describeLog('JetStream', () => jetStream(0, 1));
describeLog('JetStream, the third of four partitions', () => jetStream(2, 4));
