// How a site stands in the cluster, for people and for answers that say whether what they tell lies on both disks.
import { otherSite } from '@vigie/model';
import type { Merge } from '../merge/merge.ts';
import type { Membership } from './keeper.ts';

export interface MembershipState {
  readonly membership: Membership;
  /** The other site is away, and this one settles alone. */
  readonly alone: boolean;
  readonly generation: string;
  /** The generation that the other site has founded, too. */
  readonly rival: string | null;
}

export const membershipState = (merge: Merge, membership: Membership): MembershipState => ({
  membership,
  alone: (membership === 'member' || membership === 'leaving') && merge.hasLeft(otherSite(merge.self)),
  generation: merge.generation,
  rival: merge.rival ?? null,
});
