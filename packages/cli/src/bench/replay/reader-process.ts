// The process that is measured: a site's reader as the site makes it, on a log that is there already. Told by its parent what to open,
// answers how long each part took. Its own process, so that memory and compiled code are its own.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileSnapshots, MeasureKeys, openJetStreamLog } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { Replica } from '@vigie/replica';

export interface ReadTask {
  readonly site: SiteId;
  readonly url: string;
  /** Holds `keys.jsonl` and the snapshots. */
  readonly dir: string;
  readonly wrappingKeyHex: string;
  /** Settled state has to come to this log time, microseconds. */
  readonly untilUs: number;
  /** A snapshot is written at the end; one that lies there is read. */
  readonly snapshot: boolean;
}

export interface ReadTimes {
  /** Milliseconds since the process was told to begin. */
  readonly keysMs: number;
  readonly logMs: number;
  /** The newest snapshot is loaded and the log is followed. */
  readonly openedMs: number;
  /** Everything that lay in the log is applied: the site says that it is ready. */
  readonly caughtUpMs: number;
  readonly settledMs: number;
  readonly digest: string;
  readonly cases: number;
  readonly evaluations: number;
  readonly snapshot: { readonly ms: number; readonly longestTurnMs: number } | undefined;
  readonly faults: readonly string[];
  readonly rssBytesMax: number;
  readonly cpuS: number;
}

const POLL_MS = 2;
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function read(task: ReadTask): Promise<ReadTimes> {
  const start = performance.now();
  const sinceStart = (): number => performance.now() - start;
  const cpu = process.cpuUsage();
  const faults: string[] = [];
  const wrappingKey = Buffer.from(task.wrappingKeyHex, 'hex');
  const keys = await MeasureKeys.open({ file: join(task.dir, 'keys.jsonl'), wrappingKey });
  const keysMs = sinceStart();
  const log = await openJetStreamLog({
    site: task.site,
    servers: task.url,
    note: (detail) => void faults.push(detail),
  });
  const logMs = sinceStart();
  const snapshotDir = join(task.dir, 'snapshots');
  mkdirSync(snapshotDir, { recursive: true });
  const replica = await Replica.open({
    site: task.site,
    log,
    keys,
    snapshots: new FileSnapshots({ dir: snapshotDir, key: wrappingKey }),
    // What is taken at the end is asked for.
    snapshotEveryMs: Number.MAX_SAFE_INTEGER,
    onFault: (fault) => void faults.push(JSON.stringify(fault)),
  });
  const openedMs = sinceStart();
  while (!replica.caughtUp) await after(POLL_MS);
  const caughtUpMs = sinceStart();
  while (replica.status().settledT < task.untilUs) await after(POLL_MS);
  const settledMs = sinceStart();
  const used = process.cpuUsage(cpu);
  const digest = replica.digestNow();
  const snapshot = task.snapshot ? await takeSnapshot(replica) : undefined;
  const times = {
    keysMs,
    logMs,
    openedMs,
    caughtUpMs,
    settledMs,
    digest,
    cases: replica.status().cases,
    evaluations: replica.evaluations,
    snapshot,
    faults,
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
    cpuS: (used.user + used.system) / 1e6,
  };
  await replica.close();
  await log.close();
  await keys.close();
  return times;
}

/** The longest time in which nothing else could run meanwhile. */
async function takeSnapshot(replica: Replica): Promise<{ ms: number; longestTurnMs: number }> {
  const start = performance.now();
  let last = start;
  let longest = 0;
  const watch = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  while (!(await replica.snapshotNow())) await after(POLL_MS);
  const end = performance.now();
  clearInterval(watch);
  return { ms: end - start, longestTurnMs: Math.max(longest, end - last) };
}

process.once('message', (task: ReadTask) => {
  void read(task).then(
    (times) => process.send?.({ times }, () => process.exit(0)),
    (cause: unknown) =>
      process.send?.({ failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }, () =>
        process.exit(1),
      ),
  );
});
