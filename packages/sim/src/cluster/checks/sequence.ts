// The sequence of everything settled, as the first site to settle each number said.
import type { PlacedEntry } from '@vigie/log';
import type { Cluster } from '../cluster.ts';

export interface InSequence {
  readonly placed: PlacedEntry;
  readonly t: number;
}

export function settledSequence(cluster: Cluster): readonly (InSequence | undefined)[] {
  const sequence: InSequence[] = [];
  for (const { index, placed, t } of cluster.history.settled) sequence[index] ??= { placed, t };
  return sequence;
}

export const nameOf = ({ site, epoch, seq }: Pick<PlacedEntry, 'site' | 'epoch' | 'seq'>): string =>
  `${site}.${epoch}:${seq}`;
