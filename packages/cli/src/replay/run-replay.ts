// `vigie replay`: folds a recorded log again and says whether what was recorded comes out.
import { parseRfc3339, partitionOfCase } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { KNOWN_AT_MEANS, knownAt } from './known-at.ts';
import { dataDirOf } from '../up/run-up.ts';
import { type RecordedLog, openRecordedLog, sitesIn } from './recorded-log.ts';
import { openSiteLog, siteAccess } from './site-log.ts';
import { type Selection, type Told, sayCases, sayWhatIf, tell } from './report.ts';
import { type Source, replaySite } from './replay-site.ts';
import { whatIf } from './what-if.ts';
import { readZones } from './zones-file.ts';

export interface ReplayOptions {
  readonly site?: string;
  readonly log?: string;
  readonly data?: string;
  readonly case?: string;
  readonly from?: string;
  readonly to?: string;
  readonly knownAt?: string;
  readonly trueAt?: string;
  readonly zones?: string;
  readonly json?: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** 0: what was recorded comes out; 1: it does not. What keeps it from running is thrown as CouldNotRun. */
export async function runReplay(o: ReplayOptions): Promise<number> {
  const times = {
    from: time('--from', o.from),
    to: time('--to', o.to),
    knownAt: time('--known-at', o.knownAt),
    trueAt: time('--true-at', o.trueAt),
  };
  const opened = logsOf(o);
  if (o.zones !== undefined && o.case === undefined)
    throw new CouldNotRun('--zones needs --case: whose rules have them?');
  const zones = o.zones === undefined ? undefined : readZones(o.zones);
  const selection: Selection = { caseId: o.case, fromMs: times.from, toMs: times.to, trueAtMs: times.trueAt };
  const print = o.json === true ? say : (line: string): void => void process.stdout.write(`${line}\n`);
  const untilUs = times.knownAt === undefined ? undefined : times.knownAt * 1000;
  if (untilUs !== undefined) print(KNOWN_AT_MEANS);

  const told: Told[] = [];
  for await (const log of opened) {
    const site = nameOf(log);
    say(`reading the log of ${site}`);
    try {
      const result = await replaySite(log, untilUs);
      const view = result.replay.cases.find(({ recorded }) => recorded.caseId === o.case);
      if (o.case !== undefined && view === undefined)
        throw new CouldNotRun(
          `the log of ${site} has no case ${o.case}${untilUs === undefined ? '' : ' at that time'}`,
        );
      const one: Told = { site, ...result };
      sayCases(one, selection, print);
      if (zones === undefined || view === undefined) told.push(one);
      else {
        const reads = await readsOf(log, untilUs);
        const difference = await whatIf(log, { measure: view.measure, recorded: view.recorded, zones, ...reads });
        sayWhatIf(difference, print);
        told.push({ ...one, hypothetical: difference });
      }
    } finally {
      await log.close();
    }
  }
  const summary = tell(told, selection);
  if (o.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (summary.ok)
    print(`equals what was recorded: ${summary.compared} digests, ${summary.confirmed} confirmed incidents`);
  else print(`DIFFERS from what was recorded. First: ${summary.firstDifference}`);
  return summary.ok ? 0 : 1;
}

const nameOf = ({ site, partition, partitions }: RecordedLog): string =>
  partitions === 1 ? site : `${site}, partition ${partition}`;

/** One after the other: a log is opened when the one before was closed. */
function logsOf(o: ReplayOptions): AsyncIterable<RecordedLog> {
  if ((o.site === undefined) === (o.log === undefined))
    throw new CouldNotRun(
      'one of --site URL (a running site) and --log DIR (a data folder of a stopped ./vigie up, or a copy of one) is needed',
    );
  return o.site === undefined ? recorded(o.log ?? '', o.case) : running(o.site, dataDirOf(o.data), o.case);
}
async function* recorded(dataDir: string, caseId: string | undefined): AsyncGenerator<RecordedLog> {
  for (const site of sitesIn(dataDir))
    yield* eachPartition((partition) => openRecordedLog(dataDir, site, partition), caseId);
}
async function* running(url: string, dataDir: string, caseId: string | undefined): AsyncGenerator<RecordedLog> {
  yield* eachPartition((partition) => openSiteLog(url, siteAccess(dataDir), partition), caseId);
}
/** All, or the one in which the case lies. */
async function* eachPartition(
  open: (partition: number) => Promise<RecordedLog>,
  caseId: string | undefined,
): AsyncGenerator<RecordedLog> {
  const first = await open(0);
  const { partitions } = first;
  const wanted = caseId === undefined ? undefined : partitionOfCase(caseId, partitions);
  if (wanted === undefined || wanted === 0) yield first;
  else await first.close();
  for (let partition = 1; partition < partitions; partition++)
    if (wanted === undefined || wanted === partition) yield await open(partition);
}

async function readsOf(log: Source, untilUs: number | undefined) {
  return untilUs === undefined ? {} : { reads: await knownAt(log.messages(), log.site, untilUs) };
}

/** Milliseconds. */
function time(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseRfc3339(text);
  if (ms === undefined) throw new CouldNotRun(`${option} must be an RFC 3339 date-time, like 2026-11-22T08:30:00Z`);
  return ms;
}
