// One run: faults for a while, then none, then everything must come together and every checker is asked.
import { SITES } from '@vigie/model';
import { Random } from '../random.ts';
import { type Violation, checkRun } from './checks/check.ts';
import type { Cluster } from './cluster.ts';
import type { SimPerson } from './court.ts';
import { type SimOptions, drawOptions } from './faults.ts';
import { calm, plan } from './nemesis.ts';
import { Partitions, type RunnerOptions } from './partitions.ts';
import { reread } from './reread.ts';
import type { ScenarioName } from './scenarios.ts';

/** Virtual time within which everything acknowledged is settled at both sites once faults have stopped (promise 4 is 10 s after a cut). */
const CONVERGES_WITHIN_MS = 20_000;
/** Duties that follow: a takeover after 2 s, `confirmed` and `closed` one after the other. */
const DUTIES_MS = 7_000;
/** Turns of 10, 20 and 40 s: an alarm that both sites tried in vain is told within them. */
const TOLD_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 250;

export interface RunResult {
  readonly options: SimOptions;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  readonly lines: readonly string[];
  readonly entries: number;
  readonly reports: number;
  readonly incidents: number;
  readonly events: number;
  readonly traced: number;
  /** Times that both live states were of the same order and were compared. */
  readonly liveCompared: number;
  /** Virtual ms from the end of the faults until all was settled. */
  readonly convergedMs: number;
}

export const optionsOf = (seed: number, scenario?: ScenarioName): SimOptions =>
  drawOptions(seed, new Random(`sim options ${seed}`), scenario);

export async function runOne(options: SimOptions, o: RunnerOptions = {}): Promise<RunResult> {
  const run = new Partitions(options, o);
  let thrown: unknown;
  let convergedMs = 0;
  try {
    for (const cluster of run.of) cluster.start();
    plan(run, options.faults);
    const faultsEndMs = options.faults.reduce((end, f) => Math.max(end, f.atMs + f.forMs), options.lengthMs);
    await run.runUntil(faultsEndMs + 1);
    calm(run);
    if (o.breaks === 'stops-keeper') run.of[0]?.sites.noirmont.process?.keeper?.stop();
    const calmMs = run.nowMs;
    while (!run.of.every(isSettled) && run.nowMs < calmMs + CONVERGES_WITHIN_MS)
      await run.runUntil(run.nowMs + LOOK_EVERY_MS);
    convergedMs = run.nowMs - calmMs;
    await run.runUntil(run.nowMs + DUTIES_MS);
    const dutiesMs = run.nowMs;
    const isBusy = (cluster: Cluster): boolean => isTelling(cluster) || isErasing(cluster);
    while (run.of.some(isBusy) && run.nowMs < dutiesMs + TOLD_WITHIN_MS) await run.runUntil(run.nowMs + 1_000);
    for (const cluster of run.of) await reread(cluster);
  } catch (cause) {
    thrown = cause;
  }
  const sum = (count: (cluster: Cluster) => number): number =>
    run.of.reduce((total, cluster) => total + count(cluster), 0);
  return {
    options,
    violations: checkRun(run, convergedMs < CONVERGES_WITHIN_MS, thrown),
    traceHash: run.of.map(({ history }) => history.traceHash).join(' '),
    lines: run.lines,
    entries: sum(({ sites }) => SITES.reduce((n, site) => n + sites[site].nextIndex, 0) / 2),
    reports: sum(({ people }) => people.reduce((n, { plan: fixes }) => n + fixes.length, 0)),
    incidents: sum(({ people, sites }) =>
      people.reduce((n, { measure }) => n + (sites.noirmont.replica?.caseView(measure)?.incidents.length ?? 0), 0),
    ),
    events: run.ground.schedule.events,
    traced: sum(({ history }) => history.traced),
    liveCompared: sum(({ history }) => history.liveCompared),
    convergedMs,
  };
}

const isTelling = ({ sites }: Cluster): boolean =>
  SITES.some((site) => (sites[site].process?.telling?.status().pending ?? 0) > 0);

/** A measure has ended, and is not certified everywhere. */
const isErasing = ({ sites, people }: Cluster): boolean =>
  SITES.some((site) => {
    const { process, replica } = sites[site];
    const erasing = process?.erasing;
    if (replica === undefined || erasing === undefined) return false;
    const isOpen = replica.erasures().some(([, erasure]) => !erasing.isCertified(erasure));
    return isOpen || people.some(({ measure }) => replica.caseView(measure)?.ended === true);
  });

/** Nobody takes its reports any more. */
const hasEnded = (cluster: Cluster, person: SimPerson | undefined): boolean =>
  person !== undefined &&
  SITES.every(
    (site) =>
      cluster.isErased(site, person.measure) || cluster.sites[site].replica?.caseView(person.measure)?.ended === true,
  );

/** Every device whose measure goes on has been told `both` of everything, and both sites have settled all that lies in their logs but the last second. */
function isSettled(cluster: Cluster): boolean {
  if (cluster.devices.some((device, i) => device.keeps > 0 && !hasEnded(cluster, cluster.people[i]))) return false;
  return SITES.every((site) => {
    const { process, replica, server } = cluster.sites[site];
    if (process === undefined || !process.log.caughtUp || process.log.epoch !== server.epoch) return false;
    const isMissing = ({ caseId, measure }: SimPerson): boolean =>
      replica?.measureOfCase(caseId) === undefined && replica?.erased(measure) !== true;
    if (replica === undefined || cluster.people.some(isMissing)) return false;
    const status = replica.status();
    return (
      status.waitingForKeys === 0 &&
      !replica.isSpilled &&
      replica.merge.epochs().every((epoch) => epoch.admitted) &&
      replica.merge.unsettled().every(({ entry }) => entry.kind === 'heartbeat')
    );
  });
}
