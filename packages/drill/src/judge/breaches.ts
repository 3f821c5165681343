// Every breach that was injected, against what both sites show and what they published.
import { SITES } from '@vigie/model';
import { percentilesOf } from '@vigie/sim';
import type { BreachRecord, History, IncidentRecord } from '../history.ts';
import { apartOf, blackoutsOf, cutsOf, outagesOf } from './outages.ts';
import { time } from './reports.ts';
import type { Delays, DrillResult } from './result.ts';

export interface BreachesJudged {
  readonly injected: number;
  readonly missed: readonly string[];
  /** Incidents that stand without a breach, or a second one for the same breach, or another id at the other site. */
  readonly extra: readonly string[];
  readonly delays: Delays;
  readonly stranded: Delays & { readonly count: number };
  readonly dispatch: DrillResult['dispatch'];
  readonly unannounced: readonly string[];
  readonly announcedTwice: readonly string[];
  readonly alarms: readonly { readonly atMs: number; readonly delayMs: number; readonly stranded: boolean }[];
}

const keyOf = (caseId: string, openedAt: number): string => `${caseId} ${openedAt}`;
const stands = ({ certainty }: IncidentRecord): boolean => certainty !== 'withdrawn' && certainty !== 'refuted';

export function judgeBreaches(history: History): BreachesJudged {
  const standing = history.incidents.filter(stands);
  const byBreach = Map.groupBy(standing, ({ caseId, openedAt }) => keyOf(caseId, openedAt));
  const earlies = earliesOf(history);
  const apart = [...apartOf(history), ...cutsOf(history)];
  const missed: string[] = [];
  const dispatch = { once: 0, twice: 0, never: 0, twiceWhileJoined: 0 };
  const unannounced: string[] = [];
  const announcedTwice: string[] = [];
  const alarms: { atMs: number; delayMs: number; stranded: boolean }[] = [];
  const findings = startsOf(history);
  for (const breach of history.breaches) {
    const key = keyOf(breach.device, breach.at);
    const name = `${breach.device} at ${time(breach.at)}`;
    const shown = byBreach.get(key) ?? [];
    const missingAt = SITES.filter((site) => !shown.some((one) => one.site === site));
    if (missingAt.length > 0) missed.push(`${name}: no incident at ${missingAt.join(', ')}`);
    const said = earlies.get(key) ?? new Map<string, number>();
    if (said.size === 0) {
      dispatch.never++;
      unannounced.push(name);
      continue;
    }
    const times = [...said.values()].sort((a, b) => a - b);
    if (said.size === 1) dispatch.once++;
    else {
      dispatch.twice++;
      const [first = 0, second = 0] = times;
      const wereApart = apart.some(({ fromMs, toMs }) => fromMs <= second && toMs >= first);
      if (!wereApart) dispatch.twiceWhileJoined++;
      announcedTwice.push(`${name}: ${[...said.keys()].join(' and ')}${wereApart ? ' (apart)' : ''}`);
    }
    const start = findings.get(key);
    if (start !== undefined && times[0] !== undefined)
      alarms.push({ atMs: start.fromMs, delayMs: Math.max(0, times[0] - start.fromMs), stranded: start.stranded });
  }
  return {
    injected: history.breaches.length,
    missed,
    extra: extras(byBreach, history.breaches),
    delays: delaysOf(alarms.filter(({ stranded }) => !stranded)),
    stranded: {
      ...delaysOf(alarms.filter(({ stranded }) => stranded)),
      count: alarms.filter(({ stranded }) => stranded).length,
    },
    dispatch,
    unannounced,
    announcedTwice,
    alarms,
  };
}

/** Per breach: each `early` event by its id, with its first arrival at any site. */
function earliesOf({ events, incidents }: History): Map<string, Map<string, number>> {
  const keys = new Map(incidents.map((one) => [one.incidentId, keyOf(one.caseId, one.openedAt)]));
  const earlies = new Map<string, Map<string, number>>();
  for (const { type, id, incidentId, caseId, openedAt, atMs } of events) {
    if (type !== 'vigie.incident.early') continue;
    const key = caseId !== null && openedAt !== null ? keyOf(caseId, openedAt) : keys.get(incidentId);
    if (key === undefined) continue;
    const ids = earlies.get(key) ?? new Map<string, number>();
    earlies.set(key, ids);
    ids.set(id, Math.min(ids.get(id) ?? atMs, atMs));
  }
  return earlies;
}

interface Start {
  readonly fromMs: number;
  readonly stranded: boolean;
}

/** From when the delay of each breach counts: the first attempt, or the return of the only site, or of both when both were down. */
function startsOf(history: History): Map<string, Start> {
  const blackouts = blackoutsOf(history);
  const outages = { noirmont: outagesOf(history, 'noirmont'), delemont: outagesOf(history, 'delemont') };
  const starts = new Map<string, Start>();
  for (const { device, at, pinned, firstAttemptMs, ackMs } of history.reports) {
    if (firstAttemptMs === null) continue;
    const untilMs = ackMs ?? Number.MAX_SAFE_INTEGER;
    const unreachable = pinned === null ? blackouts : outages[pinned];
    const hit = unreachable.findLast((period) => period.fromMs <= untilMs && period.toMs >= firstAttemptMs);
    starts.set(keyOf(device, at), { fromMs: hit?.toMs ?? firstAttemptMs, stranded: hit !== undefined });
  }
  return starts;
}

function extras(
  byBreach: ReadonlyMap<string, readonly IncidentRecord[]>,
  breaches: readonly BreachRecord[],
): readonly string[] {
  const injected = new Set(breaches.map(({ device, at }) => keyOf(device, at)));
  return [...byBreach].flatMap(([key, shown]) => {
    if (!injected.has(key)) return [`${key}: an incident without a breach`];
    const ids = new Set(shown.map(({ incidentId }) => incidentId));
    const twice = SITES.filter((site) => shown.filter((one) => one.site === site).length > 1);
    if (twice.length > 0) return [`${key}: more than one incident at ${twice.join(', ')}`];
    return ids.size > 1 ? [`${key}: other ids at the sites, ${[...ids].join(' and ')}`] : [];
  });
}

function delaysOf(alarms: readonly { readonly delayMs: number }[]): Delays {
  const values = alarms.map(({ delayMs }) => delayMs);
  const max = values.length === 0 ? null : Math.round(Math.max(...values) * 10) / 10;
  return { ...percentilesOf(values), max };
}
