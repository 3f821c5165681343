// `bench restart`: a site process that ends and begins anew, with a snapshot of everybody and a tail of reports after it. Ready is when it
// has applied everything that lies in the log, keys and snapshot read from disk included.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readBare } from '@vigie/log/bench';
import { type BenchReadingOptions, type Ground, onWrittenLog } from './on-written-log.ts';
import { runReader } from './run-reader.ts';

const GOAL_READY_MS = 15_000;

/** @param o.reports after the last snapshot */
export const benchRestart = (o: BenchReadingOptions) => onWrittenLog(o.persons, (ground) => restart(o, ground));

async function restart(o: BenchReadingOptions, { servers, log, reader, written }: Ground) {
  // Everybody has reported; reports a minute apart.
  const pace = { perUpload: o.perUpload, perSecond: Math.max(1, o.persons / 60) };
  await log.uploads({ ...pace, reports: o.persons * o.perUpload });
  o.say(`${o.persons} cases with ${log.reports} reports are written, ${Math.round(log.bytes / 1e6)} MB`);
  const first = await runReader({ ...reader, untilUs: log.settlesUs, snapshot: true });
  const snapshotDir = join(reader.dir, 'snapshots');
  const snapshotBytes = readdirSync(snapshotDir).reduce((sum, file) => sum + statSync(join(snapshotDir, file)).size, 0);
  o.say(`snapshot of ${Math.round(snapshotBytes / 1e6)} MB in ${Math.round(first.snapshot?.ms ?? 0)} ms`);
  const before = log.streams();
  await log.uploads({ ...pace, reports: o.reports });
  await written();
  o.say(`${o.reports} reports are written after it`);

  const runs: Awaited<ReturnType<typeof runReader>>[] = [];
  for (let round = 0; round < o.rounds; round++) {
    const run = await runReader({ ...reader, untilUs: log.settlesUs, snapshot: false });
    runs.push(run);
    o.say(
      `round ${round + 1}: snapshot loaded after ${Math.round(run.openedMs)} ms, ready after ${Math.round(run.caughtUpMs)} ms`,
    );
  }
  const bare = await readBare({ site: 'noirmont', servers: servers.urls.noirmont }, log.streams());
  const sorted = [...runs].sort((a, b) => a.caughtUpMs - b.caughtUpMs);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error('no round was run');
  const faults = [first, ...runs].flatMap((run) => run.faults);
  const tailUploads = Math.ceil(o.reports / o.perUpload);
  const readyMs = Math.round(median.caughtUpMs);
  return {
    bench: 'restart',
    /** False: faults, another state at each start, cases missing, or more was folded than what follows the snapshot. */
    ok:
      faults.length === 0 &&
      new Set(runs.map((run) => run.digest)).size === 1 &&
      median.cases === o.persons &&
      runs.every((run) => run.evaluations <= tailUploads * 1.1),
    readyMs,
    partsMs: {
      keys: Math.round(median.keysMs),
      log: Math.round(median.logMs - median.keysMs),
      snapshot: Math.round(median.openedMs - median.logMs),
      tail: Math.round(median.caughtUpMs - median.openedMs),
    },
    goals: { readyMs: { goal: GOAL_READY_MS, measured: readyMs, meets: readyMs < GOAL_READY_MS } },
    /** Reading the whole log once, and nothing else. */
    bareReadingMs: Math.round(bare.ms),
    fromStartMs: Math.round(first.caughtUpMs),
    snapshot: {
      bytes: snapshotBytes,
      bytesPerPerson: Math.round(snapshotBytes / o.persons),
      tookMs: Math.round(first.snapshot?.ms ?? 0),
      /** Nothing else ran meanwhile. */
      longestTurnMs: Math.round(first.snapshot?.longestTurnMs ?? 0),
    },
    tail: {
      reports: o.reports,
      uploads: tailUploads,
      entries: log.streams().reduce((sum, { lastSeq }, i) => sum + lastSeq - (before[i]?.lastSeq ?? 0), 0),
    },
    rssBytesMax: median.rssBytesMax,
    cpuS: Number(median.cpuS.toFixed(2)),
    faults: faults.slice(0, 5),
    rounds: runs.map((run) => Math.round(run.caughtUpMs)),
    options: { persons: o.persons, reports: o.reports, perUpload: o.perUpload, rounds: o.rounds },
  };
}
