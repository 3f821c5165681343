// What an SRE does with this site's membership, wired to the keeper. Giving up a generation makes everything that was settled by it
// anew: the site begins again and reads its log from the start.
import type { MembershipPort } from '@vigie/api';
import { type Keeper, membershipState } from '@vigie/log';
import { must } from '@vigie/model';
import type { Replica } from '@vigie/replica';
import { distrust } from './divergence.ts';

export function membershipPort(o: {
  readonly keeper: Keeper;
  readonly replica: Replica;
  readonly dataDir: string;
  /** Ends this site's parts and begins again. */
  readonly again: () => void;
}): MembershipPort {
  const { keeper, replica } = o;
  const { merge } = replica;
  return {
    state: () => membershipState(merge, keeper.membership),
    drain: (by) => keeper.drain(by),
    undrain: () => keeper.undrain(),
    retire: (by) => keeper.found(by),
    yield: async (by) => {
      const answer = await keeper.yield(by);
      if (answer.kind !== 'yielded') return answer;
      const { epoch } = must(
        merge.epochs().find((info) => info.site === merge.self),
        'a site that founded has an epoch',
      );
      await distrust(o.dataDir, { site: merge.self, epoch, seq: 1 });
      o.again();
      return answer;
    },
  };
}
