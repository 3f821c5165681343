// L16: a decision that was answered as settled had the outcome that the settled log gives it.
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkDecisions(cluster: Cluster, fold: SlowFold): Violation[] {
  const witness = cluster.operators.decided
    .filter(
      ({ settled, entryId, outcome }) =>
        settled && JSON.stringify(fold.outcomes.get(entryId)) !== JSON.stringify(outcome),
    )
    .map(
      ({ site, entryId, outcome }) =>
        `${entryId} at ${site} was answered ${JSON.stringify(outcome)}; the settled log says ${JSON.stringify(fold.outcomes.get(entryId))}`,
    );
  return witness.length === 0 ? [] : [{ invariant: 'decisions', why: 'a settled answer was not final', witness }];
}
