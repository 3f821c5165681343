// What an SRE does with this site's membership, wired to the keepers of its partitions. Giving up a generation makes everything that was
// settled by it anew: the site begins again and reads its log from the start.
import { randomBytes } from 'node:crypto';
import type { MembershipPort } from '@vigie/api';
import { type Keeper, type SiteMember, joinedMembership, retireAll, yieldAll } from '@vigie/log';
import { must } from '@vigie/model';
import type { Replica } from '@vigie/replica';
import { distrust } from './divergence.ts';

export interface Member {
  readonly keeper: Pick<Keeper, 'membership' | 'drain' | 'undrain' | 'whyNotFound' | 'found' | 'yield'>;
  readonly replica: Pick<Replica, 'merge'>;
  readonly dataDir: string;
}

/** @param again ends this site's parts and begins again */
export function membershipPort(partitions: readonly Member[], again: () => void): MembershipPort {
  const members = partitions.map(({ keeper, replica, dataDir }) => ({ keeper, merge: replica.merge, dataDir }));
  return {
    state: () => joinedMembership(members),
    drain: (by) => {
      for (const { keeper } of members) keeper.drain(by);
    },
    undrain: () => {
      for (const { keeper } of members) keeper.undrain();
    },
    retire: (by) => retireAll(members, by, randomBytes(4).toString('hex')),
    yield: async (by) => {
      const answer = await yieldAll(members, by, ({ merge, dataDir }) => readAnew(merge, dataDir));
      if (answer.kind === 'yielded') again();
      return answer;
    },
  };
}

function readAnew(merge: SiteMember['merge'], dataDir: string): Promise<void> {
  const { epoch } = must(
    merge.epochs().find((info) => info.site === merge.self),
    'a site that founded has an epoch',
  );
  return distrust(dataDir, { site: merge.self, epoch, seq: 1 });
}
