// D3, by what the receivers themselves took: nobody who is to be told of an incident is left out; joined, each alarm comes once, and in
// time; one process never sends again what it was told had been taken.
import type { Incident } from '@vigie/engine';
import { logTimeMs } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import { START_US } from '../ground.ts';
import { DESK, SECOND, type Taken } from '../receivers.ts';
import { TOLD_WITHIN_MS } from '../alarm-watch.ts';
import type { Violation } from './check.ts';
import { isFast, isQuiet } from './quiet.ts';

/** A process that starts or stood still tells nothing for up to this (decision 0013). */
const SPEAKS_AFTER_MS = 15_000;
const ESCALATED = /^escalated\.(\d)$/;

export function checkDispatch(cluster: Cluster): Violation[] {
  if (cluster.options.receivers === undefined) return [];
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'dispatch', why, witness: witness.slice(0, 5) });
  };
  const byAlarm = new Map<string, Taken[]>();
  for (const taken of cluster.receivers.taken) {
    const key = `${taken.receiver} ${taken.id}`;
    const known = byAlarm.get(key);
    if (known === undefined) byAlarm.set(key, [taken]);
    else known.push(taken);
  }
  add('an alarm is still on its way although faults have stopped', stillOnTheirWay(cluster));
  add('nobody was told of an incident', neverTold(cluster, byAlarm));
  add('a process sent again what had been taken', sentAgain(byAlarm));
  add('an alarm was told twice while the sites are joined', toldTwice(cluster, byAlarm));
  add('an alarm was told late while the sites are joined', toldLate(cluster, byAlarm));
  return violations;
}

const stillOnTheirWay = ({ sites }: Cluster): string[] =>
  Object.values(sites).flatMap(({ site, process }) => {
    const pending = process?.telling?.status().pending ?? 0;
    return pending === 0 ? [] : [`${site}: ${pending}`];
  });

/** Incidents that stand and nobody has taken. */
const unanswered = (cluster: Cluster): Incident[] =>
  cluster.people.flatMap(({ measure }) =>
    (cluster.sites.noirmont.replica?.caseView(measure)?.incidents ?? []).filter(
      ({ status, certainty, lane, history }) =>
        status === 'raised' && certainty === 'raised' && lane !== 'retrospective' && history.length === 0,
    ),
  );

function neverTold(cluster: Cluster, byAlarm: ReadonlyMap<string, unknown>): string[] {
  return unanswered(cluster).flatMap(({ incidentId, aliases, ruleId, published }) => {
    const isTold = (receiver: string, step: string): boolean =>
      [incidentId, ...aliases].some((id) => byAlarm.has(`${receiver} ${id}/${step}`));
    const missing = published.filter((step) => {
      if (step === 'early') return !isTold(DESK, step);
      return ['1', '2'].includes(ESCALATED.exec(step)?.[1] ?? '') && !isTold(SECOND, step);
    });
    return missing.map((step) => `${incidentId} of ${ruleId}: no receiver has taken ${step}`);
  });
}

const said = ({ receiver, id, site, life, atMs }: Taken): string =>
  `${receiver} took ${id} from ${site} in its life ${life} at ${atMs.toFixed(0)} ms`;

const pairs = (byAlarm: ReadonlyMap<string, readonly Taken[]>): (readonly [Taken, Taken])[] =>
  [...byAlarm.values()].flatMap((all) => {
    const bySending = [...all].sort((a, b) => a.sentMs - b.sentMs);
    return bySending.slice(1).map((later, i) => [bySending[i] as Taken, later] as const);
  });

function sentAgain(byAlarm: ReadonlyMap<string, readonly Taken[]>): string[] {
  return pairs(byAlarm).flatMap(([a, b]) =>
    a.site === b.site && a.life === b.life && a.heardMs !== undefined && a.heardMs < b.sentMs
      ? [`${said(b)}; heard at ${a.heardMs.toFixed(0)} ms that it was taken`]
      : [],
  );
}

/** A report that a device sent to both sites is each one's own to tell of, until it hears what the other has told: over a slow line, too late. */
function toldTwice(cluster: Cluster, byAlarm: ReadonlyMap<string, readonly Taken[]>): string[] {
  if (!isFast(cluster.options.link)) return [];
  const knownMs = new Map<string, number>();
  for (const { event, atMs } of cluster.history.events) if (!knownMs.has(event.id)) knownMs.set(event.id, atMs);
  return pairs(byAlarm).flatMap(([a, b]) => {
    // What was cut off before its answer is sent again; what came twice over the network was sent once.
    if (a.heardMs === undefined || a.sentMs === b.sentMs) return [];
    return isQuiet(cluster, knownMs.get(a.id) ?? a.sentMs, b.sentMs) ? [`${said(a)}, and ${said(b)}`] : [];
  });
}

/** Each level of the ladder falls due by log time, and is told as fast as the raising. */
function toldLate(cluster: Cluster, byAlarm: ReadonlyMap<string, readonly Taken[]>): string[] {
  const { options, people, sites } = cluster;
  const network = options.receivers;
  if (network === undefined || network.lossPpm > 0) return [];
  const late: string[] = [];
  for (const { measure, recorded } of people)
    for (const { incidentId, raisedAt, kind, published } of sites.noirmont.replica?.caseView(measure)?.incidents ?? [])
      for (const step of published) {
        const level = Number(ESCALATED.exec(step)?.[1] ?? 0);
        const times = kind === 'exclusion' ? recorded.order.escalation?.breach : undefined;
        const afterS = level === 0 ? undefined : times?.[level - 1];
        const taken = byAlarm.get(`${SECOND} ${incidentId}/${step}`)?.[0];
        if (afterS === undefined || taken === undefined) continue;
        const dueMs = logTimeMs(raisedAt) - START_US / 1000 + afterS * 1000;
        const byMs = dueMs + TOLD_WITHIN_MS + (4 * network.delayUs) / 1000;
        if (taken.atMs > byMs && isQuiet(cluster, dueMs - SPEAKS_AFTER_MS, taken.atMs))
          late.push(`${said(taken)}; it was due at ${dueMs.toFixed(0)} ms`);
      }
  return late;
}
