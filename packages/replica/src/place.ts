// Places of the merged order (L4). Along one origin the reader's t grows strictly, so (t, site) already orders any two
// placed entries; epoch and sequence follow from them.
import type { PlacedEntry } from '@vigie/log';
import { type SiteId, siteRank } from '@vigie/model';

export interface MergedPlace {
  readonly t: number;
  readonly site: SiteId;
}

export const comparePlaces = (a: MergedPlace, b: MergedPlace): number =>
  a.t !== b.t ? a.t - b.t : siteRank(a.site) - siteRank(b.site);

export const placeName = (placed: PlacedEntry, index: number): string =>
  `${placed.site}.${placed.epoch}:${placed.seq}[${index}]`;
