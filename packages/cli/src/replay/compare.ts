// What a replay is held against: the digests that the sites put into their heartbeats, and the events that they published.
import type { ReplayResult } from '@vigie/replica';

/**
 * Seconds of log time by which what a site had settled may be ahead of what its log shows: `seen` also travels outside the log, and the
 * entries that carry it come a heartbeat (0.25 s) later.
 */
const SETTLES_WITHIN_S = 5;
const SECOND_US = 1_000_000;

/** In words, the earliest of each kind first; none: the replay is what was recorded. */
export function differences(replay: ReplayResult): string[] {
  const found: string[] = [];
  const { different, newest, compared } = replay.recorded;
  for (const second of different)
    found.push(
      `settled state at ${instant(second * SECOND_US)} (second ${second}) has another digest than was recorded`,
    );
  for (const measure of replay.missingKeys)
    found.push(`the key of measure ${measure} is not held: nothing is settled from its first entry on`);
  if (newest !== undefined && newest > replay.settledT / SECOND_US + SETTLES_WITHIN_S)
    found.push(
      `settled state ends at ${instant(replay.settledT)}, but its digest at ${instant(newest * SECOND_US)} was recorded`,
    );
  if (newest !== undefined && compared === 0) found.push('digests were recorded, but the replay reaches none of them');
  return [...found, ...lostIncidents(replay)];
}

/** Confirmed to whoever receives events, and not there, or taken back without a word. What an erasure took away is not looked for. */
function lostIncidents({ published, incidents, erased }: ReplayResult): string[] {
  const known = new Map(incidents.flatMap((one) => [one.incidentId, ...one.aliases].map((id) => [id, one] as const)));
  const withdrawn = new Set(published.filter(({ type }) => type === 'withdrawn').map(({ incidentId }) => incidentId));
  const gone = new Set(erased);
  return published
    .filter(({ type, measure }) => type === 'confirmed' && !gone.has(measure))
    .sort((a, b) => a.t - b.t)
    .flatMap(({ incidentId, t }) => {
      const incident = known.get(incidentId);
      const said = `incident ${incidentId} was confirmed at ${instant(t)}`;
      if (incident === undefined) return [`${said} and does not come out again`];
      // An event that names an incident the fold does not raise leaves it in the list, as withdrawn.
      return incident.certainty === 'withdrawn' && !withdrawn.has(incidentId)
        ? [`${said} and comes out as withdrawn, which was never published`]
        : [];
    });
}

export const instant = (us: number): string => new Date(Math.floor(us / 1000)).toISOString();
