// D1: an event (incident, step) is shown once by each life of a site; D3: never zero times. Both sites show the same ones in the end.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';

export function checkEvents(cluster: Cluster): Violation[] {
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'events', why, witness: witness.slice(0, 5) });
  };
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { site, life, event } of cluster.history.events) {
    const key = `${site} in its life ${life} shows ${event.id}`;
    if (seen.has(key)) twice.push(`${key} (${event.type}) again`);
    seen.add(key);
  }
  add('an event is shown twice by one site', twice);
  const never: string[] = [];
  for (const site of SITES)
    for (const { measure, caseId } of cluster.people)
      for (const { incidentId, certainty, published } of cluster.sites[site].replica?.caseView(measure)?.incidents ??
        [])
        if (certainty === 'raised' && !(published.includes('early') && published.includes('confirmed')))
          never.push(`${site}: ${incidentId} of ${caseId} stands, published: ${published.join(' ') || 'nothing'}`);
  add('an incident stands and was never published', never);
  return violations;
}
