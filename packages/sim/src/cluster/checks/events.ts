// D2: an episode is announced under no more ids than there are reports that could have opened it, and under one where nothing went
// wrong. D1: an event (incident, step) is shown once by each life of a site; D3: never zero times. Both sites show the same ones in the end.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import { START_US } from '../ground.ts';
import { STAY_AWAY } from '../court.ts';
import type { Violation } from './check.ts';
import { isFast, isQuiet } from './quiet.ts';

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
  add('one episode is announced under ever new ids', announcedAnew(cluster));
  add('one breach is told under two names while the sites are joined', twoNames(cluster));
  const never: string[] = [];
  // Of what was found while its rule was off, and is over, nobody is told.
  for (const site of SITES)
    for (const { measure, caseId } of cluster.people)
      for (const { incidentId, certainty, status, published, switched } of cluster.sites[site].replica?.caseView(
        measure,
      )?.incidents ?? [])
        if (
          !(switched !== undefined && status === 'resolved') &&
          certainty === 'raised' &&
          !(published.includes('early') && published.includes('confirmed'))
        )
          never.push(`${site}: ${incidentId} of ${caseId} stands, published: ${published.join(' ') || 'nothing'}`);
  add('an incident stands and was never published', never);
  return violations;
}

/** Two sites apart may each call an episode by the first report of it that they have; more names than that nobody can follow. */
function announcedAnew(cluster: Cluster): string[] {
  const ids = new Map<string, Set<string>>();
  for (const { event } of cluster.history.events) {
    if (event.type !== 'vigie.incident.early' || event.data.kind !== 'exclusion') continue;
    const key = `${event.measure} ${event.data.ruleId}`;
    const known = ids.get(key) ?? new Set();
    ids.set(key, known.add(event.data.incidentId));
  }
  const { faults, link, mobile } = cluster.options;
  const isCalm = faults.length === 0 && link.lossPpm === 0 && mobile.lossPpm === 0;
  return cluster.people.flatMap(({ measure, caseId, plan }) => {
    if (cluster.isErased('noirmont', measure)) return [];
    const inside = plan.filter(({ verdicts }) => verdicts.includes('inside')).length;
    const announced = ids.get(`${measure} ${STAY_AWAY}`)?.size ?? 0;
    const stand = cluster.sites.noirmont.replica?.caseView(measure)?.incidents ?? [];
    const episodes = stand.filter(({ ruleId, kind }) => ruleId === STAY_AWAY && kind === 'exclusion').length;
    const most = isCalm ? episodes : inside;
    return announced <= most ? [] : [`${caseId}: ${announced} ids for stay-away, at most ${most} can be`];
  });
}

const SKEW_MS_MAX = 100;
/**
 * Decision 0018: a report that is under way for longer than 400 ms may cost a second name; where nothing was lost and no fault was near,
 * none is.
 */
function twoNames(cluster: Cluster): string[] {
  const { link, mobile, skewMs } = cluster.options;
  const isSlow = ![link, mobile].every(isFast);
  if (isSlow || SITES.some((site) => Math.abs(skewMs[site]) > SKEW_MS_MAX)) return [];
  const told = new Map<string, number>();
  for (const { event } of cluster.history.events)
    if (event.type === 'vigie.incident.early' && !told.has(event.data.incidentId))
      told.set(event.data.incidentId, (event.timeUs - START_US) / 1000);
  return cluster.people.flatMap(({ measure, caseId }) =>
    (cluster.sites.noirmont.replica?.caseView(measure)?.incidents ?? []).flatMap((incident) => {
      const names = [incident.incidentId, ...incident.aliases].filter((id) => told.has(id));
      const lastMs = Math.max(...names.map((id) => told.get(id) ?? 0));
      if (names.length < 2 || !isQuiet(cluster, incident.openedAtMs - START_US / 1000, lastMs)) return [];
      return [`${caseId}, ${incident.ruleId}: told as ${names.join(' and ')}, the last at ${lastMs.toFixed(0)} ms`];
    }),
  );
}
