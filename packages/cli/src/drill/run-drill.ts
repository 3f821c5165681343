// `./vigie drill NAME`: both sites, fresh and on free ports, and beside them the process that injects and judges.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  type Asked,
  type Answered,
  type Drill,
  DRILLS,
  DRILL_MAIN,
  type DrillResult,
  type DrillTask,
  type Ended,
} from '@vigie/drill';
import { PARTITIONS_MAX, SITES, isPartitionCount } from '@vigie/model';
import { type Launch, guard } from '../process/child.ts';
import { containerLaunch } from '../process/container-child.ts';
import { freePorts } from '../process/free-ports.ts';
import { CouldNotRun } from '../process/could-not-run.ts';
import { repositoryRoot } from '../process/repository-root.ts';
import { type Cluster, startCluster } from '../up/cluster.ts';
import { claimFolder } from '../up/data-folder.ts';
import { PROGRAMS, sitePaths } from '../up/layout.ts';
import { Breaker } from './breaker.ts';
import { unpackOlder } from './older-version.ts';
import { SiteDisks } from './site-disks.ts';

export type DrillRunOptions = {
  readonly name: string | undefined;
  readonly json: boolean;
  readonly seed: number;
  readonly syncInterval?: string | undefined;
  /** Undefined: containers where an engine answers. */
  readonly runtime?: Runtime | undefined;
  /** Of the sites' log. */
  readonly partitions?: number | undefined;
};
type Runtime = DrillTask['runtime'];

const say = (line: string): void => void process.stderr.write(`drill: ${line}\n`);

/** 0 = every promise held, 1 = one fell short; throws CouldNotRun. */
export async function runDrill(o: DrillRunOptions): Promise<number> {
  const drill = DRILLS.find(({ name }) => name === o.name);
  if (drill === undefined)
    throw new CouldNotRun(
      `${o.name === undefined ? 'drill needs a name' : `there is no drill '${o.name}'`}; there are ${DRILLS.map(({ name }) => name).join(', ')}`,
    );
  const { partitions = 1 } = o;
  if (!isPartitionCount(partitions))
    throw new CouldNotRun(`--partitions is a whole number from 1 to ${PARTITIONS_MAX}, not ${String(partitions)}`);
  if (drill.fromOlder === true && partitions > 1)
    throw new CouldNotRun(`${drill.name} begins with an older version, whose log has one partition`);
  // An exit takes the children and the disks along; a signal alone would leave the disks mounted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(2));
  const folder = newFolder(drill.name);
  // An older version calls nobody, and must not have to: what it does not know of stays out of its log until both are upgraded.
  const [port = 0] = await freePorts(1);
  const webhook =
    drill.fromOlder === true ? undefined : { port, secret: `whsec_${randomBytes(24).toString('base64')}` };
  const ended = await onSites(drill, { ...o, webhook }, folder, (cluster, breaker, disks, runtime) =>
    judged(breaker, {
      name: drill.name,
      access: cluster.writeAccess({}),
      folder,
      seed: o.seed,
      disks,
      ...(webhook === undefined ? {} : { webhook }),
      runtime,
    }),
  );
  if (ended.ended === 'failed') throw new CouldNotRun(`${drill.name} was not judged: ${ended.why}`);
  say(`history, timeline and page: ${folder}`);
  const result = ended.result as DrillResult;
  process.stdout.write(`${o.json ? JSON.stringify(result) : summary(result)}\n`);
  return ended.ok ? 0 : 1;
}

/** Both sites, fresh and on free ports, for as long as `act` takes; their logs stay in `folder`. */
async function onSites<T>(
  drill: Drill,
  o: DrillRunOptions & { readonly webhook: DrillTask['webhook'] },
  folder: string,
  act: (cluster: Cluster, breaker: Breaker, disks: boolean, runtime: Runtime) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-drill-'));
  say(`starting both sites in ${dataDir}`);
  let disks: SiteDisks | undefined;
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    claimFolder(dataDir, true);
    disks = await SiteDisks.make(dataDir, drill.disks, say);
    process.once('exit', forget); // after the disks' own end: they are unmounted by then
    const launch = await launchOf(o.runtime, dataDir);
    const older = drill.fromOlder === true ? await unpackOlder(dataDir) : undefined;
    const cluster = await startCluster({
      dataDir,
      port: 0,
      lines: drill.lines,
      syncInterval: o.syncInterval,
      ...(o.partitions === undefined ? {} : { partitions: o.partitions }),
      launch,
      webhooks:
        o.webhook === undefined
          ? []
          : [{ id: 'judge', url: `http://127.0.0.1:${o.webhook.port}/`, secret: o.webhook.secret }],
      ...(older === undefined ? {} : { siteMain: older.main }),
      say,
      onLost: (site, program, pid, exit) =>
        say(`${site} lost its ${program} (process ${pid}, ${exit.signal ?? exit.code})`),
    });
    const breaker = new Breaker(cluster, disks);
    try {
      return await act(cluster, breaker, disks.exist, launch === undefined ? 'processes' : 'containers');
    } finally {
      breaker.release();
      await cluster.stop();
      keepLogs(cluster, folder);
    }
  } finally {
    disks?.remove();
    process.off('exit', forget);
    forget();
  }
}

/** Undefined: as processes. */
async function launchOf(asked: Runtime | undefined, dataDir: string): Promise<Launch | undefined> {
  if (asked === 'processes') return undefined;
  const launch = await containerLaunch(dataDir);
  if (typeof launch === 'function') return launch;
  if (asked === 'containers')
    throw new CouldNotRun(`${launch.why}; VIGIE_DRILL_IMAGE names another image, --runtime processes needs none`);
  say(`with processes: ${launch.why}`);
  return undefined;
}

/** The judge is a process of its own: it cannot see more than it is told. */
function judged(breaker: Breaker, task: DrillTask): Promise<Ended> {
  const whole = [...guard(), process.execPath, DRILL_MAIN, JSON.stringify(task)];
  return new Promise((resolve, reject) => {
    let last: Ended = { ended: 'failed', why: 'the judge ended before its verdict' };
    const child = spawn(whole[0] ?? process.execPath, whole.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.once('error', reject);
    child.once('close', () => resolve(last));
    child.on('message', (message: Asked | Ended) => {
      if ('ended' in message) last = message;
      else
        void answer(breaker, message).then((said) => {
          if (child.connected) child.send(said);
        });
    });
  });
}

async function answer(breaker: Breaker, { id, action }: Asked): Promise<Answered> {
  try {
    await breaker.act(action);
    return { id, ok: true, message: '' };
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** .cache/drills/<name>-<time>, and `latest` beside it. */
function newFolder(name: string): string {
  const all = join(repositoryRoot(), '.cache', 'drills');
  const folder = join(all, `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`);
  mkdirSync(folder, { recursive: true });
  rmSync(join(all, 'latest'), { force: true });
  symlinkSync(basename(folder), join(all, 'latest'));
  return folder;
}

function keepLogs(cluster: Cluster, folder: string): void {
  for (const site of SITES)
    for (const program of PROGRAMS) {
      const log = sitePaths(cluster.dataDir, site).log(program);
      if (existsSync(log)) copyFileSync(log, join(folder, `${site}-${program}.log`));
    }
}

function summary(result: DrillResult): string {
  const { acked, alarmDelayMs, ackGapMs, dispatch } = result;
  return [
    `${result.drill}: ${result.ok ? 'holds' : 'FELL SHORT'}${result.partitions === 1 ? '' : `, ${result.partitions} partitions`}`,
    `reports    ${acked.total} acknowledged (${acked.both} at both sites, ${acked.site} at one), ${result.lost} lost, ${result.doubled} doubled`,
    `breaches   ${result.injected} injected, ${result.detected} detected, ${result.missed} missed`,
    `delays     alarm p50 ${alarmDelayMs.p50} ms, p99 ${alarmDelayMs.p99} ms, max ${alarmDelayMs.max} ms; longest time without an answer ${ackGapMs.fleet} ms`,
    `alarms     ${dispatch.once} once, ${dispatch.twice} twice, ${dispatch.never} never`,
    `digests    ${result.digestsEqual ? 'equal' : 'NOT equal'}, ${result.convergedAfterHealMs ?? 'never'} ms after the heal`,
    ...result.verdicts.filter(({ ok }) => !ok).map(({ invariant, witness }) => `fell short: ${invariant}: ${witness}`),
    `load average ${result.loadAverage.map((value) => value.toFixed(1)).join(' to ')}`,
  ].join('\n');
}
