// The incidents of both sites are those of the slow fold; no id stands for two; and who was inside the zone by the plan of the run
// has a standing episode of just that time, whatever happened on the way.
import type { CaseView, Incident } from '@vigie/engine';
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { SimPerson } from '../court.ts';
import type { Violation } from './check.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkIncidents(cluster: Cluster, fold: SlowFold): Violation[] {
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
    untrue.push(...againstPlan(person, expected));
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

/** Runs of inside fixes in the order of fix time; all have settled. */
function againstPlan(person: SimPerson, view: CaseView): string[] {
  const reports = view.devices.find((device) => device.deviceId === person.deviceId)?.reports ?? 0;
  if (reports !== person.plan.length) return []; // liveness and durability say so
  const expected: string[] = [];
  let openedAt: number | undefined;
  for (const { report, isInside } of person.plan) {
    if (isInside) openedAt ??= report.at;
    else if (openedAt !== undefined) {
      expected.push(`${openedAt}-${report.at}`);
      openedAt = undefined;
    }
  }
  if (openedAt !== undefined) expected.push(`${openedAt}-`);
  const standing = view.incidents
    .filter(
      (incident) => incident.ruleId === 'stay-away' && incident.kind === 'exclusion' && incident.certainty === 'raised',
    )
    .map((incident) => `${incident.openedAtMs}-${incident.closedAtMs ?? ''}`)
    .sort();
  if (JSON.stringify(standing) === JSON.stringify([...expected].sort())) return [];
  return [`${person.caseId}: inside ${expected.join(' ') || 'never'}; standing ${standing.join(' ') || 'none'}`];
}
