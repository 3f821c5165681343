// What a `found` of this site says (Found): everything that this site has read of either origin, and which epochs wait.
import { type FoundData, SITES, compareEpochs } from '@vigie/model';
import { epochOfSite, generationNumber } from '../merge/admit-data.ts';
import type { EpochInfo } from '../merge/epoch-info.ts';
import type { KeeperView } from './decide.ts';

export function foundData(
  { self, epoch: running, epochs, generation }: Pick<KeeperView, 'self' | 'epoch' | 'epochs' | 'generation'>,
  random: string,
  by: string,
): FoundData {
  const isRunning = (info: EpochInfo): boolean => info.site === self && info.epoch === running;
  const vector: { [name: string]: number } = {};
  for (const info of epochs)
    if (!isRunning(info)) vector[epochOfSite(info.site, info.epoch)] = info.lastSeq ?? info.received;
  const waiting = SITES.flatMap((site) =>
    epochs
      .filter((info) => info.site === site && !info.admitted && !isRunning(info))
      .sort((a, b) => compareEpochs(a.epoch, b.epoch)),
  );
  const own = epochs.find(isRunning);
  const listed = own?.admitted === true ? waiting : [...waiting, { site: self, epoch: running }];
  return {
    generation: `${generationNumber(generation) + 1}-${random}`,
    parent: generation,
    members: [self],
    vector,
    admits: listed.map(({ site, epoch }) => ({ site, epoch, lastSeqs: {} })),
    by,
  };
}

/** How far the other origin has a place in that founding, by epoch. */
export const endsOf = ({ vector }: FoundData, site: string): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(vector).flatMap(([name, seq]) =>
      name.startsWith(`${site}.`) ? [[name.slice(site.length + 1), seq] as const] : [],
    ),
  );
