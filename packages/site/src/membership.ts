// What an SRE does with this site's membership, wired to the keepers of its partitions: a site has left, or has gone on without the other,
// once it has in all of them; what failed half way is done by saying it again. Giving up a generation makes everything that was settled by
// it anew: the site begins again and reads its log from the start.
import { randomBytes } from 'node:crypto';
import type { MembershipPort } from '@vigie/api';
import { type FoundAnswer, type Keeper, type MembershipState, type YieldAnswer, membershipState } from '@vigie/log';
import { must } from '@vigie/model';
import type { Replica } from '@vigie/replica';
import { distrust } from './divergence.ts';

export interface Member {
  readonly keeper: Pick<Keeper, 'membership' | 'drain' | 'undrain' | 'whyNotFound' | 'found' | 'yield'>;
  readonly replica: Pick<Replica, 'merge'>;
  readonly dataDir: string;
}

/** @param again ends this site's parts and begins again */
export function membershipPort(members: readonly Member[], again: () => void): MembershipPort {
  return {
    state: () =>
      joinMembership(members.map(({ replica, keeper }) => membershipState(replica.merge, keeper.membership))),
    drain: (by) => {
      for (const { keeper } of members) keeper.drain(by);
    },
    undrain: () => {
      for (const { keeper } of members) keeper.undrain();
    },
    retire: (by) => retire(members, by),
    yield: async (by) => {
      let last: YieldAnswer = { kind: 'refused', reason: 'no-rival' };
      const rivals = members.filter(({ replica }) => replica.merge.rival !== undefined);
      for (const { keeper, replica, dataDir } of rivals) {
        const { merge } = replica;
        last = await keeper.yield(by);
        if (last.kind !== 'yielded') return last;
        const { epoch } = must(
          merge.epochs().find((info) => info.site === merge.self),
          'a site that founded has an epoch',
        );
        await distrust(dataDir, { site: merge.self, epoch, seq: 1 });
      }
      if (last.kind === 'yielded') again();
      return last;
    },
  };
}

/** One that may not found refuses for all, before any has. */
async function retire(members: readonly Member[], by: string): Promise<FoundAnswer> {
  for (const { keeper } of members) {
    const whyNot = keeper.whyNotFound();
    if (whyNot?.kind === 'refused') return whyNot;
  }
  const random = randomBytes(4).toString('hex');
  let last: FoundAnswer | undefined;
  for (const { keeper } of members) {
    last = await keeper.found(by, random);
    if (last.kind !== 'founded') return last;
  }
  return must(last, 'a site has a partition');
}

function joinMembership(states: readonly MembershipState[]): MembershipState {
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
