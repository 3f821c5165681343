// The two sites. Noirmont comes first wherever an order between sites is needed (merged order, D3, both-admit).
export const SITES = ['noirmont', 'delemont'] as const;
export type SiteId = (typeof SITES)[number];

export const isSiteId = (value: unknown): value is SiteId => value === 'noirmont' || value === 'delemont';
export const otherSite = (site: SiteId): SiteId => (site === 'noirmont' ? 'delemont' : 'noirmont');
/** 0 for Noirmont, 1 for Delémont: the place of a site in the merged order at equal log time (L4). */
export const siteRank = (site: SiteId): 0 | 1 => (site === 'noirmont' ? 0 : 1);
