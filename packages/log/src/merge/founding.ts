// Which `found` entries count (Found). A site alone may found a generation without the other; the chain of parents says which
// follows which. Of two with one parent a reader goes by the one of its own site, until that site has given it up.
import { type FoundData, SITES, type SiteId, compareEpochs, otherSite } from '@vigie/model';
import { epochOfSite, laterGeneration, parseEpochOfSite, parseFound, parseYield } from './admit-data.ts';
import type { EpochBuffer } from './epoch-buffer.ts';
import type { Committed } from './line.ts';
import type { Cell } from './placed.ts';
import type { PerSite } from './walk.ts';

export interface Founding {
  readonly cell: Cell;
  readonly data: FoundData;
}

export interface Foundings {
  /** In turn, each the parent of the next. */
  readonly inForce: readonly Founding[];
  /** The other site has founded one, too: both serve live until an operator has chosen. */
  readonly rival: Founding | undefined;
}

export const newestGeneration = (of: PerSite<{ readonly generation: string }>): string =>
  laterGeneration(of.noirmont.generation, of.delemont.generation);

export function foundings(
  self: SiteId,
  buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
  committed: PerSite<Committed>,
): Foundings {
  const all = foundingsOf(buffers);
  const inForce: Founding[] = [];
  if (all.length === 0) return { inForce, rival: undefined };
  const yielded = yieldedIn(buffers);
  const standing = all.filter(({ data }) => !yielded.has(data.generation));
  for (let parent = newestGeneration(committed); ; ) {
    const [own, other] = [self, otherSite(self)].map((site) =>
      standing.find(({ cell, data }) => cell.site === site && data.parent === parent),
    );
    const chosen = own ?? other;
    if (chosen === undefined) break;
    inForce.push(chosen);
    parent = chosen.data.generation;
  }
  const lineage = generationsOf(committed, inForce);
  return {
    inForce,
    rival: standing.find(({ cell, data }) => cell.site !== self && !lineage.has(data.generation)),
  };
}

function generationsOf(committed: PerSite<Committed>, inForce: readonly Founding[]): Set<string> {
  const generations = new Set(inForce.map(({ data }) => data.generation));
  for (const site of SITES) {
    generations.add(committed[site].generation);
    for (const link of committed[site].chain) generations.add(link.generation);
  }
  return generations;
}

/** By epoch and sequence: the first of a site counts. */
function foundingsOf(buffers: PerSite<ReadonlyMap<string, EpochBuffer>>): Founding[] {
  const found: Founding[] = [];
  for (const site of SITES)
    for (const epoch of [...buffers[site].keys()].sort(compareEpochs))
      for (const cell of buffers[site].get(epoch)?.controls ?? []) {
        const data = cell.entry.kind === 'found' ? parseFound(cell.entry.data, site) : undefined;
        if (data !== undefined) found.push({ cell, data });
      }
  return found;
}

/** A site gives up its own generations only. */
function yieldedIn(buffers: PerSite<ReadonlyMap<string, EpochBuffer>>): Set<string> {
  const own: PerSite<Set<string>> = { noirmont: new Set(), delemont: new Set() };
  for (const { cell, data } of foundingsOf(buffers)) own[cell.site].add(data.generation);
  const yielded = new Set<string>();
  for (const site of SITES)
    for (const buffer of buffers[site].values())
      for (const { entry } of buffer.controls) {
        const data = entry.kind === 'found' ? parseYield(entry.data) : undefined;
        if (data !== undefined && own[site].has(data.yields)) yielded.add(data.yields);
      }
  return yielded;
}

/** Where the vector ends each epoch. */
export const vectorEnds = ({ data }: Founding): { site: SiteId; epoch: string; seq: number }[] =>
  Object.entries(data.vector).flatMap(([name, seq]) => {
    const of = parseEpochOfSite(name);
    return of === undefined ? [] : [{ ...of, seq }];
  });

/** Everything that has a place by it is here: until then it is waited for. */
export function isWhole(
  founding: Founding,
  buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
  committed: PerSite<Committed>,
): boolean {
  return vectorEnds(founding).every(({ site, epoch, seq }) => {
    if (seq === 0) return true;
    const { chain, index, seq: settled } = committed[site];
    const at = chain.findIndex((link) => link.epoch === epoch);
    if (at >= 0 && (at < index || (at === index && settled >= seq))) return true;
    return (buffers[site].get(epoch)?.received ?? 0) >= seq;
  });
}

/** True when the entry counts itself among what has a place: whoever made it knew better, it does nothing. */
export const namesItself = ({ cell, data }: Founding): boolean =>
  data.vector[epochOfSite(cell.site, cell.epoch)] !== undefined;
