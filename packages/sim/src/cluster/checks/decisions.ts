// L16: a decision that was answered as settled had the outcome that the settled log gives it; what that is for orders, stops and repeated
// requests is said a second time by a model; and a stop stands at both sites in the end.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import type { DecisionModel } from './decision-model.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkDecisions(cluster: Cluster, fold: SlowFold, model: DecisionModel): Violation[] {
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'decisions', why, witness: witness.slice(0, 5) });
  };
  const textOf = (entryId: string): string => JSON.stringify(fold.outcomes.get(entryId));
  add(
    'a settled answer was not final',
    cluster.operators.decided
      // Whoever was refused while the erasure was on its way has no other answer coming.
      .filter(({ entryId, outcome }) => outcome.kind !== 'refused' || !fold.passedOver.has(entryId))
      .filter(({ settled, entryId, outcome }) => settled && textOf(entryId) !== JSON.stringify(outcome))
      .map(
        ({ site, entryId, outcome }) =>
          `${entryId} at ${site} was answered ${JSON.stringify(outcome)}; the settled log says ${textOf(entryId)}`,
      ),
  );
  add(
    'a decision did not end as it had to',
    model.expected
      .filter(({ entryId, is }) => {
        const outcome = fold.outcomes.get(entryId);
        return outcome === undefined || !is(outcome);
      })
      .map(({ entryId, name, said }) => `${entryId}, ${name}: ${textOf(entryId)}, by the model ${said}`),
  );
  add(
    'a stop or a revision does not stand at a site',
    cluster.people.flatMap(({ measure, caseId }) => {
      const known = model.cases.get(measure);
      if (known === undefined) return [];
      const wanted = `revision ${known.revision}${known.stoppedAtMs === undefined ? '' : ', ended'}`;
      return SITES.flatMap((site) => {
        const view = cluster.sites[site].replica?.caseView(measure);
        if (view === undefined) return [];
        const is = `revision ${view.revision}${view.ended ? ', ended' : ''}`;
        return is === wanted ? [] : [`${site} has of ${caseId} ${is}; by the model ${wanted}`];
      });
    }),
  );
  return violations;
}
