import type { PeerState } from '@vigie/log';
import type { ReplicaStatus } from '@vigie/replica';
import { expect, test } from 'vitest';
import { clusterView } from './cluster-view.ts';

function joined(peerJoined: boolean, epochs: ReplicaStatus['epochs']): boolean {
  const status = { epochs, watermarkAgeMs: {}, newestReportAgeMs: {}, settledBehindMs: 0 } as unknown as ReplicaStatus;
  return clusterView({
    site: 'noirmont',
    urls: { noirmont: 'https://n.example', delemont: 'https://d.example' },
    nowMs: 0,
    peer: { joined: peerJoined, reachable: true } as PeerState,
    left: false,
    membership: { membership: 'member', alone: false, generation: '1-g', rival: null } as never,
    status,
    rulesOff: [],
    incidents: [],
  }).peer.joined;
}
const epoch = (site: 'noirmont' | 'delemont', name: string, running: boolean, admitted: boolean) => ({
  site,
  epoch: name,
  running,
  admitted,
});

test('[L7] the sites are joined once the running epochs of both are admitted, and the line is there', () => {
  const both = [epoch('noirmont', '2-b', true, true), epoch('delemont', '1-a', true, true)];
  expect(joined(true, both)).toBe(true);
  expect(joined(false, both)).toBe(false);
  expect(joined(true, [...both.slice(1), epoch('noirmont', '2-b', true, false)])).toBe(false);
  // One that ended and was never admitted is no reason to wait.
  expect(joined(true, [...both, epoch('noirmont', '1-x', false, false)])).toBe(true);
});
