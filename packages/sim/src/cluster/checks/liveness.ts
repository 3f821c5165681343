// Once faults have stopped, everything settles and every device is told `both`, within a stated time.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';

export function checkLiveness(cluster: Cluster, converged: boolean): Violation[] {
  if (converged) return [];
  const witness = SITES.map((site) => {
    const { process, server } = cluster.sites[site];
    if (process?.replica === undefined) return `${site}: the process is ${process === undefined ? 'gone' : 'opening'}`;
    const { merge } = process.replica;
    const { joined, reachable } = process.log.peer();
    const epochs = merge.epochs().map((e) => `${e.site}.${e.epoch}:${e.received}${e.admitted ? '' : ' waits'}`);
    return (
      `${site}: joined ${joined}, reachable ${reachable}, caught up ${merge.caughtUp}, runs ${process.log.epoch} (server ${server.epoch}), ` +
      `settled ${cluster.sites[site].nextIndex}, unsettled ${merge.unsettled().length}, epochs ${epochs.join(' ')}, ` +
      `keys waited for ${process.replica.status().waitingForKeys}`
    );
  });
  const keeps = cluster.devices.map((device) => device.keeps).join(' ');
  return [
    {
      invariant: 'liveness',
      why: 'not everything is settled although faults have stopped',
      witness: [...witness, `reports that devices keep: ${keeps}`],
    },
  ];
}
