// L9: equal order, equal live.
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';

const SHOWN_MAX = 400;

export function checkLive(cluster: Cluster): Violation[] {
  const [found] = cluster.history.different;
  if (found === undefined) return [];
  const { noirmont: a, delemont: b } = found;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const from = Math.max(0, i - 80);
  return [
    {
      invariant: 'live',
      why: 'the same entries in the same order give two live states',
      witness: [
        `at ${found.atMs} ms, order ${found.order}`,
        `noirmont …${a.slice(from, from + SHOWN_MAX)}`,
        `delemont …${b.slice(from, from + SHOWN_MAX)}`,
      ],
    },
  ];
}
