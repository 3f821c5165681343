// Membership of a whole site, over the keepers of its partitions: it has left, or goes on without the other, once it has in all of them. No
// partition leaves before the other site stays in all, and none is founded when one may not be; what failed half way is done by saying
// it again.
import { must } from '@vigie/model';
import type { Merge } from '../merge/merge.ts';
import type { PeerState } from '../types.ts';
import type { FoundAnswer, Keeper, YieldAnswer } from './keeper.ts';
import { type MembershipState, membershipState } from './membership.ts';

/** One partition's part in it. */
export interface SiteMember {
  readonly keeper: Pick<Keeper, 'membership' | 'drain' | 'undrain' | 'whyNotFound' | 'found' | 'yield'>;
  readonly merge: Merge;
}

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

export function joinedMembership(members: readonly SiteMember[]): MembershipState {
  const states = members.map(({ merge, keeper }) => membershipState(merge, keeper.membership));
  const first = must(states[0], 'a site has a partition');
  const is = (membership: MembershipState['membership']): boolean =>
    states.some((one) => one.membership === membership);
  const isMixed = states.some(({ membership }) => membership !== first.membership);
  return {
    membership: !isMixed ? first.membership : is('retired') ? 'retired' : 'leaving',
    alone: states.every(({ alone }) => alone),
    generation: first.generation,
    rival: states.find(({ rival }) => rival !== null)?.rival ?? null,
  };
}

/**
 * One that may not found refuses for all, before any has.
 * @param random of the generation's name, 8 hex digits
 */
export async function retireAll(members: readonly SiteMember[], by: string, random: string): Promise<FoundAnswer> {
  for (const { keeper } of members) {
    const whyNot = keeper.whyNotFound();
    if (whyNot?.kind === 'refused') return whyNot;
  }
  let last: FoundAnswer | undefined;
  for (const { keeper } of members) {
    last = await keeper.found(by, random);
    if (last.kind !== 'founded') return last;
  }
  return must(last, 'a site has a partition');
}

/** @param yielded told of each that has, before the next one does */
export async function yieldAll<M extends SiteMember>(
  members: readonly M[],
  by: string,
  yielded: (member: M) => Promise<void>,
): Promise<YieldAnswer> {
  let last: YieldAnswer = { kind: 'refused', reason: 'no-rival' };
  for (const member of members.filter(({ merge }) => merge.rival !== undefined)) {
    last = await member.keeper.yield(by);
    if (last.kind !== 'yielded') return last;
    await yielded(member);
  }
  return last;
}
