// Promise 4 (docs/ARCHITECTURE.md): the digests of one second are the same at both sites, in all of their lives, and those of the slow fold.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkDigests(cluster: Cluster, fold: SlowFold): Violation[] {
  for (const { site, life, second, value } of cluster.history.digests) {
    const expected = fold.digestAtSecond.get(second);
    if (expected === undefined || expected.has(value)) continue;
    return [
      {
        invariant: 'digests',
        why: 'a digest is not that of the settled log',
        witness: [
          `second ${second}: ${site} in its life ${life} says ${value}, the slow fold ${[...expected].join(' or ')}`,
        ],
      },
    ];
  }
  for (const site of SITES) {
    const { replica, nextIndex } = cluster.sites[site];
    if (replica === undefined || replica.status().waitingForKeys > 0) continue;
    const expected = fold.digestAfter.get(nextIndex);
    const value = replica.digestNow();
    if (expected !== undefined && value !== expected)
      return [
        {
          invariant: 'digests',
          why: 'settled state is not that of the settled log',
          witness: [`after ${nextIndex} entries: ${site} ${value}, the slow fold ${expected}`],
        },
      ];
  }
  return [];
}
