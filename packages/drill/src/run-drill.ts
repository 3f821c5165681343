// One drill from the first case to the verdict: load, faults at their time, drain, convergence, read-back.
import { loadavg } from 'node:os';
import type { NewCase, SiteId } from '@vigie/model';
import { type BenchCase, type SiteAccess, Sites, benchCases, nowMs, readAccess } from '@vigie/sim';
import type { Action, DrillTask } from './actions.ts';
import { Calls } from './calls.ts';
import type { Drill } from './drills.ts';
import { type FaultRecord, type History, emptyHistory } from './history.ts';
import { judge } from './judge/judge.ts';
import type { DrillResult } from './judge/result.ts';
import { judgeDigests } from './judge/sites.ts';
import { DEVICES, Load } from './load.ts';
import { readBack } from './read-back.ts';
import { Watch } from './watch.ts';
import { writeFolder } from './write-folder.ts';

export interface DrillOptions {
  readonly drill: Drill;
  readonly task: DrillTask;
  /** Breaks or heals; the message is empty when it was done. */
  readonly act: (action: Action) => Promise<string>;
  readonly say: (line: string) => void;
}

const CONNECTIONS_MAX = 512;
const KNOWN_MS = 60_000;
const DRAIN_MS = 60_000;
const CONVERGE_MS = 60_000;
const READ_BACK_MS = 90_000;

export async function runDrill(o: DrillOptions): Promise<DrillResult> {
  const access = readAccess(o.task.access);
  const sites = new Sites(access, CONNECTIONS_MAX);
  const { history, refused } = await record(o, access, sites).finally(() => sites.close());
  const result = judge(history, o.drill.effect, refused, o.drill);
  writeFolder(o.task.folder, history, result);
  return result;
}

async function record(o: DrillOptions, access: SiteAccess, sites: Sites) {
  const { drill, task, say } = o;
  const staying = drill.stagedAfterS === undefined ? 0 : STAYING;
  const cases = benchCases(DEVICES + staying, Date.now().toString(36), Date.now());
  const staged = cases.slice(DEVICES);
  const tokens = await sites.createCases(
    cases.map((one) => (staged.includes(one) ? withLadder(one, drill) : one.order)),
  );
  await sites.whenDevicesKnown(tokens, KNOWN_MS);
  const loadFromMs = nowMs();
  const loadToMs = loadFromMs + drill.loadS * 1000;
  const before = loadavg()[0] ?? 0;
  const history = emptyHistory({
    kind: 'run',
    drill: drill.name,
    runtime: task.runtime,
    partitions: await partitionsOf(sites),
    seed: task.seed,
    loadFromMs,
    loadToMs,
    loadAverage: [before, before],
    calls: task.webhook !== undefined,
    ...(drill.stagedAfterS === undefined
      ? {}
      : { staged: { devices: staged.map(({ deviceId }) => deviceId), afterS: drill.stagedAfterS } }),
  });
  const calls = task.webhook === undefined ? undefined : await Calls.listen(task.webhook, history);
  const watch = new Watch(access, sites.http, history);
  const load = new Load({ cases, staying, tokens, http: sites.http, history });
  try {
    await watch.opened(10_000);
    say(`${DEVICES} devices report for ${drill.loadS} s, load average ${before.toFixed(1)}`);
    const running = load.run(loadFromMs, loadToMs);
    await breakThings(o, history, sites, loadFromMs);
    await running;
    const after = loadavg()[0] ?? 0;
    history.run = { ...history.run, loadAverage: [before, after] };
    say(`load ended, ${load.waiting} reports wait, load average ${after.toFixed(1)}`);
    await until(() => !load.isBusy, DRAIN_MS);
    const drainedMs = nowMs();
    await until(() => convergedAfter(history, drainedMs), CONVERGE_MS);
    say('reading back what both sites hold');
    await readBack(sites, history, nowMs() + READ_BACK_MS);
    return { history, refused: load.refused };
  } finally {
    load.stop();
    await watch.stop();
    await calls?.close();
  }
}

/** Two of each home, two of each free to move. */
const STAYING = 8;

const withLadder = ({ order }: BenchCase, { stagedAfterS = [] }: Drill): NewCase => ({
  ...order,
  escalation: { breach: [...stagedAfterS] },
});

async function breakThings(o: DrillOptions, history: History, sites: Sites, loadFromMs: number): Promise<void> {
  for (const { atS, role, action } of o.drill.steps(o.task.seed, o.task.disks)) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, loadFromMs + atS * 1000 - nowMs())));
    const atMs = nowMs();
    const said = action.do === 'poison' ? { ...action, ...(await runningEpoch(sites, action.site)) } : action;
    o.say(`${Math.round((atMs - loadFromMs) / 1000)} s: ${role} ${JSON.stringify(said)}`);
    const message = await o.act(said);
    const fault: FaultRecord = { kind: 'fault', role, action: said, atMs, doneMs: nowMs(), message };
    history.faults.push(fault);
    o.say(message === '' ? `done after ${Math.round(fault.doneMs - atMs)} ms` : `failed: ${message}`);
  }
}

interface Epochs {
  readonly epochs: readonly {
    readonly site: string;
    readonly epoch: string;
    readonly running: boolean;
    readonly partition?: number;
  }[];
}

/** Of the last partition. */
async function runningEpoch(
  sites: Sites,
  site: SiteId,
): Promise<{ readonly epoch: string; readonly partition: number }> {
  const { epochs } = await sites.read<Epochs>(site, '/v1/cluster');
  const { epoch = '', partition = 0 } = epochs.findLast((one) => one.site === site && one.running) ?? {};
  return { epoch, partition };
}

/** How many the log of the sites has, by their own word. */
async function partitionsOf(sites: Sites): Promise<number> {
  const { epochs } = await sites.read<Epochs>('noirmont', '/v1/cluster');
  return new Set(epochs.map(({ partition = 0 }) => partition)).size;
}

/** Both sites showed one digest of a second that lies after `afterMs`. */
function convergedAfter(history: History, afterMs: number): boolean {
  const at = { noirmont: new Set<number>(), delemont: new Set<number>() };
  for (const { site, digest } of history.looks)
    if (digest !== null && digest.second * 1000 > afterMs) at[site].add(digest.second);
  const isCommon = [...at.noirmont].some((second) => at.delemont.has(second));
  return isCommon && (judgeDigests(history).convergedAtMs !== null || history.faults.length === 0);
}

async function until(isDone: () => boolean, limitMs: number): Promise<void> {
  const untilMs = nowMs() + limitMs;
  while (!isDone() && nowMs() < untilMs) await new Promise((resolve) => setTimeout(resolve, 200));
}
