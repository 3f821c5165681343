import { SITES, type SiteId, type VectorPosition, compareEpochs } from '@vigie/model';

/** For each origin the further of two positions. */
export function laterOf(a: VectorPosition, b: VectorPosition): VectorPosition {
  const position: { [site in SiteId]?: NonNullable<VectorPosition[SiteId]> } = {};
  for (const site of SITES) {
    const x = a[site];
    const y = b[site];
    const isLater = x === undefined || (y !== undefined && (compareEpochs(y.epoch, x.epoch) || y.seq - x.seq) > 0);
    const later = isLater ? y : x;
    if (later !== undefined) position[site] = later;
  }
  return position;
}
