// How the other site stands to this one, from how it stands in each partition: a site is joined if all its partitions are.
import type { PeerState } from '@vigie/log';
import { must } from '@vigie/model';

/** @param peers in partitions 0, 1, ...; the epoch and what is seen of it are of the first */
export function joinedPeer(peers: readonly PeerState[]): PeerState {
  const first = must(peers[0], 'a site has a partition');
  if (peers.length === 1) return first;
  const heardAgo = peers.map(({ heardAgoMs }) => heardAgoMs ?? Number.POSITIVE_INFINITY);
  const longestMs = Math.max(...heardAgo);
  return {
    ...first,
    joined: peers.every(({ joined }) => joined),
    reachable: peers.every(({ reachable }) => reachable),
    heardAgoMs: Number.isFinite(longestMs) ? longestMs : undefined,
    leaving: peers.some(({ leaving }) => leaving),
    staysForUs: peers.every(({ staysForUs }) => staysForUs),
  };
}
