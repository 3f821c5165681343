// L4, L8: what the sites settle are prefixes of one sequence, in all of their lives; it rises in (t, site), and each epoch is in it
// from its first entry on, without a hole, each entry once.
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import { type InSequence, nameOf } from './sequence.ts';

export function checkOrder(cluster: Cluster, sequence: readonly (InSequence | undefined)[]): Violation[] {
  for (const { site, life, index, placed, t } of cluster.history.settled) {
    const first = sequence[index];
    if (first === undefined || (first.t === t && nameOf(first.placed) === nameOf(placed))) continue;
    return [
      {
        invariant: 'order',
        why: 'the sites settle different sequences',
        witness: [
          `number ${index}: ${nameOf(first.placed)} at t=${first.t}, said first`,
          `number ${index}: ${nameOf(placed)} at t=${t}, said by ${site} in its life ${life}`,
        ],
      },
    ];
  }
  return holes(sequence);
}

function holes(sequence: readonly (InSequence | undefined)[]): Violation[] {
  const last = new Map<string, number>();
  let before: InSequence | undefined;
  for (let index = 0; index < sequence.length; index++) {
    const now = sequence[index];
    if (now === undefined)
      return [{ invariant: 'order', why: 'a number of the settled sequence is missing', witness: [`number ${index}`] }];
    const { placed, t } = now;
    if (
      before !== undefined &&
      (t < before.t || (t === before.t && !(before.placed.site === 'noirmont' && placed.site === 'delemont')))
    )
      return [
        {
          invariant: 'order',
          why: 'the settled sequence does not rise in (t, site)',
          witness: [
            `number ${index - 1}: ${nameOf(before.placed)} at t=${before.t}`,
            `number ${index}: ${nameOf(placed)} at t=${t}`,
          ],
        },
      ];
    const key = `${placed.site}.${placed.epoch}`;
    const previous = last.get(key) ?? 0;
    if (placed.seq !== previous + 1)
      return [
        {
          invariant: placed.seq <= previous ? 'once' : 'order',
          why: placed.seq <= previous ? 'an entry is settled twice' : 'an epoch has a hole in the settled sequence',
          witness: [`number ${index}: ${nameOf(placed)}, after ${key}:${previous}`],
        },
      ];
    last.set(key, placed.seq);
    before = now;
  }
  return [];
}
