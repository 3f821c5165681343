// The incidents of both sites are those of the slow fold; no id stands for two; and who was inside the zone has a standing episode of
// just that time, as an oracle says that shares nothing with the engine, whatever happened on the way.
import type { CaseView, Incident } from '@vigie/engine';
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import type { DecisionModel } from './decision-model.ts';
import { settledReports } from './durability.ts';
import { againstOracle } from './oracle.ts';
import type { InSequence } from './sequence.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkIncidents(
  cluster: Cluster,
  sequence: readonly (InSequence | undefined)[],
  fold: SlowFold,
  model: DecisionModel,
): Violation[] {
  const settled = [...settledReports(sequence).keys()];
  const different: string[] = [];
  const twice: string[] = [];
  const untrue: string[] = [];
  const ids = new Map<string, string>();
  for (const person of cluster.people) {
    const expected = fold.engine.view(person.measure);
    if (expected === undefined) continue;
    for (const site of SITES)
      different.push(...differences(site, expected, cluster.sites[site].replica?.caseView(person.measure)));
    for (const { incidentId, aliases } of expected.incidents)
      for (const id of [incidentId, ...aliases]) {
        const known = ids.get(id);
        if (known !== undefined) twice.push(`${id} is an incident of ${known} and of ${person.caseId}`);
        ids.set(id, person.caseId);
      }
    const prefix = `${person.deviceId} `;
    const reports = new Set(settled.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
    untrue.push(...againstOracle(person, reports, model.cases.get(person.measure)?.stoppedAtMs, expected));
  }
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'incidents', why, witness: witness.slice(0, 6) });
  };
  add('the incidents are not those of the settled log', different);
  add('an incident id occurs twice', twice);
  add('the standing episodes are not what the wearers did', untrue);
  return violations;
}

const show = (incident: Incident): string =>
  `${incident.incidentId} ${incident.ruleId} ${incident.certainty} ${incident.openedAtMs}-${incident.closedAtMs ?? ''} raised ${incident.raisedAt}`;

function differences(site: string, expected: CaseView, view: CaseView | undefined): string[] {
  const here = new Set((view?.incidents ?? []).map(show));
  const there = new Set(expected.incidents.map(show));
  // Live may be ahead of settled by what timers have raised since; nothing that settled has may be missing or otherwise.
  return [...there].filter((line) => !here.has(line)).map((line) => `${site} has not: ${line}`);
}
