// `bench replay`: a site's reader from the start of a log to settled state, beside bare reading of the same messages. Real log servers,
// sealed items; the log is written by this run.
import { type BareReading, readBare } from '@vigie/log/bench';
import { type BenchReadingOptions, type Ground, onWrittenLog } from './on-written-log.ts';
import { runReader } from './run-reader.ts';

const REPORTS_PER_SECOND = 2_000;
const GOAL_REPORTS_PER_S = 200_000;
const GOAL_RATIO = 0.5;

export const benchReplay = (o: BenchReadingOptions) => onWrittenLog(o.persons, (ground) => replay(o, ground));

async function replay(o: BenchReadingOptions, { servers, log, reader, written }: Ground) {
  o.say(`${o.persons} cases are written`);
  await log.uploads({ reports: o.reports, perUpload: o.perUpload, perSecond: REPORTS_PER_SECOND });
  await written();
  const streams = log.streams();
  o.say(`${o.reports} reports in ${log.entries} entries are written, ${Math.round(log.bytes / 1e6)} MB`);

  const bare: BareReading[] = [];
  const rounds: { reportsPerS: number; bareReportsPerS: number; ratio: number; caughtUpMs: number }[] = [];
  const digests = new Set<string>();
  const faults: string[] = [];
  let last: Awaited<ReturnType<typeof runReader>> | undefined;
  for (let round = 0; round < o.rounds; round++) {
    const reading = await readBare({ site: 'noirmont', servers: servers.urls.noirmont }, streams);
    bare.push(reading);
    const times = await runReader({ ...reader, untilUs: log.settlesUs, snapshot: false });
    last = times;
    digests.add(times.digest);
    faults.push(...times.faults);
    // From the connection to the log on; keys are read before.
    const reportsPerS = Math.round((o.reports * 1000) / (times.settledMs - times.keysMs));
    const bareReportsPerS = Math.round((o.reports * 1000) / reading.ms);
    rounds.push({
      reportsPerS,
      bareReportsPerS,
      ratio: rounded(reportsPerS / bareReportsPerS),
      caughtUpMs: Math.round(times.caughtUpMs),
    });
    o.say(`round ${round + 1}: ${reportsPerS} reports/s, bare ${bareReportsPerS}`);
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const reportsPerS = median(rounds.map((round) => round.reportsPerS));
  const ratio = median(rounds.map((round) => round.ratio));
  const seconds = o.reports / reportsPerS;
  return {
    bench: 'replay',
    /** False: a replay fell into faults, did not end in one state, or did not read everything. */
    ok:
      digests.size === 1 &&
      faults.length === 0 &&
      bare.every((one) => one.messages === log.entries) &&
      last?.cases === o.persons,
    reportsPerS,
    entriesPerS: Math.round(log.entries / seconds),
    bareReportsPerS: median(rounds.map((round) => round.bareReportsPerS)),
    ratio,
    digests: digests.size,
    bareMessages: bare.map((one) => one.messages),
    cases: last?.cases,
    goals: {
      reportsPerS: { goal: GOAL_REPORTS_PER_S, measured: reportsPerS, meets: reportsPerS >= GOAL_REPORTS_PER_S },
      ratio: { goal: GOAL_RATIO, measured: ratio, meets: ratio >= GOAL_RATIO },
    },
    log: {
      entries: log.entries,
      reports: o.reports,
      itemBytes: log.bytes,
      uploads: Math.ceil(o.reports / o.perUpload),
    },
    evaluations: last?.evaluations,
    rssBytesMax: last?.rssBytesMax,
    cpuS: rounded(last?.cpuS ?? 0),
    faults: faults.slice(0, 5),
    rounds,
    options: { persons: o.persons, reports: o.reports, perUpload: o.perUpload, rounds: o.rounds },
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));
