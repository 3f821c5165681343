// The check: real reports in at two running sites, the same incidents out at both, judged by the oracle. It knows the sites only
// by their HTTP interfaces.
import { SITES, type SiteId, otherSite } from '@vigie/model';
import type { SentReport } from '../client/device-client.ts';
import { type SiteAccess, Sites } from '../client/sites.ts';
import { feed } from '../feed/feed.ts';
import { fleet } from '../fleet/fleet.ts';
import { type Expected, type OracleCase, expectedOf } from '../oracle/oracle.ts';
import { Player, nowMs } from '../play/player.ts';
import type { Source } from '../types.ts';
import { type Comparison, compare } from './compare.ts';
import { Arrivals, SettlingSamples, type ShownAtSite, digestsAfter, incidentsAt } from './observe.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export interface CheckOptions {
  readonly access: SiteAccess;
  readonly seed?: number;
  /** Folder of track files; undefined = the simulated fleet. */
  readonly feedDir?: string;
  /** Sending is compressed this much; undefined = so that nine tracks in ten are sent within the time for sending. */
  readonly speed?: number;
  readonly persons?: number;
  /** All of it, in seconds; default 120, with a feed 300. */
  readonly budgetS?: number;
  readonly say: (line: string) => void;
  /** Called once while reports are under way, when half of the time for sending is over (for system tests that break things). */
  readonly onHalfSent?: () => void | Promise<void>;
  /** Called at the end, while both sites run, with what every device sent and was told (for system tests that look closer). */
  readonly onJudged?: (histories: readonly DeviceHistory[]) => Promise<void>;
}
export interface DeviceHistory {
  readonly caseId: string;
  readonly reports: readonly SentReport[];
}

/** The object that `./vigie up --check --json` prints, key by key. */
export interface CheckResult {
  readonly ok: boolean;
  readonly reports: {
    readonly sent: number;
    readonly acknowledged: number;
    readonly both: number;
    readonly site: number;
    readonly devicesPerSite: Readonly<Record<SiteId, number>>;
  };
  readonly incidents: {
    readonly expected: number;
    readonly missing: number;
    readonly extra: number;
    readonly noirmont: number;
    readonly delemont: number;
    readonly equal: boolean;
  };
  readonly digestsEqual: boolean;
  readonly settledBehindMs: Percentiles;
  readonly reportToIncidentMs: Percentiles;
  readonly elapsedS: number;
}

/** What `ok` asks for, beside equality. */
const EXPECTED_MIN = 20;
const REPORTS_MIN = 1_000;

const FLEET_PERSONS = 60;
const FLEET_DURATION_MS = 8 * 3_600_000;
/** A Wednesday morning, half past five in Switzerland: most of a working day follows, whatever the time now. */
const FLEET_LIFE_START_MS = Date.UTC(2026, 10, 25, 4, 30);
/** Shares of the budget: sending, then everything must have settled and been projected. */
const SEND_SHARE_FLEET = 0.35;
const SEND_SHARE_FEED = 0.4;
const WITNESSES_MAX = 10;

export async function runCheck(o: CheckOptions): Promise<CheckResult> {
  const startedMs = nowMs();
  const budgetMs = (o.budgetS ?? (o.feedDir === undefined ? 120 : 300)) * 1000;
  const deadlineMs = startedMs + budgetMs;
  const sendMs = budgetMs * (o.feedDir === undefined ? SEND_SHARE_FLEET : SEND_SHARE_FEED);
  const source = sourceOf(o);
  const speed = o.speed ?? speedOf(source, sendMs * 0.8);
  o.say(`seed ${o.seed ?? 1}, ${source.cases.length} cases, sending ${speed.toFixed(1)} times faster than it happened`);

  const sites = new Sites(o.access);
  const arrivals = new Arrivals(sites);
  let samples: SettlingSamples | undefined;
  let player: Player | undefined;
  try {
    player = await seat(sites, source, speed, o.say);
    await arrivals.opened(10_000);
    o.say(`${player.devices} devices are known at both sites after ${seconds(nowMs() - startedMs)} s`);
    samples = new SettlingSamples(sites);
    await send(player, Math.min(nowMs() + sendMs, deadlineMs - budgetMs * 0.3), o.onHalfSent);
    const sentMs = nowMs();
    await emptied(player, deadlineMs - budgetMs * 0.15);
    if (player.unfinished > 0) o.say(`${player.unfinished} devices had more to send, which is left out`);
    o.say(`${player.sent} reports sent, ${player.waiting} waiting, ${player.retries} tries repeated`);
    const digestsEqual = await digestsAfter(sites, sentMs + 1_000, deadlineMs - budgetMs * 0.05);
    samples.stop();
    const { outcome, shown } = await judge(sites, source, player, deadlineMs);
    const result = resultOf(player, outcome, shown, {
      arrivals,
      digestsEqual: digestsEqual === true,
      settledBehindMs: percentilesOf(samples.values),
      elapsedS: (nowMs() - startedMs) / 1000,
    });
    explain(outcome, shown, digestsEqual, o.say);
    await o.onJudged?.(player.histories());
    return result;
  } finally {
    samples?.stop();
    arrivals.stop();
    await player?.stop();
    sites.close();
  }
}

function sourceOf(o: CheckOptions): Source {
  const seed = o.seed ?? 1;
  const startMs = Date.now();
  if (o.feedDir !== undefined) {
    const source = feed({ dir: o.feedDir, seed, startMs });
    for (const { file, line, reason } of source.bad) o.say(`${file}:${line} ${reason}; left out`);
    return source;
  }
  return fleet({
    seed,
    persons: o.persons ?? FLEET_PERSONS,
    startMs,
    durationMs: FLEET_DURATION_MS,
    accelerated: true,
    curfew: false,
    temper: 'eventful',
    lifeStartMs: FLEET_LIFE_START_MS,
  });
}

/** At this speed nine in ten of the cases are sent within the time; a long rest is cut off, and the oracle is told of what was sent. */
function speedOf(source: Source, sendMs: number): number {
  const durations = 'tracks' in source ? trackDurations(source.tracks as readonly TrackTimes[]) : [];
  const whole = (source.endMs ?? source.startMs) - source.startMs;
  const typical = durations[Math.floor(durations.length * 0.9)] ?? whole;
  return Math.max(1, typical / sendMs);
}
interface TrackTimes {
  readonly fixes: readonly { readonly atMs: number }[];
}
const trackDurations = (tracks: readonly TrackTimes[]): readonly number[] =>
  tracks.map(({ fixes }) => (fixes.at(-1)?.atMs ?? 0) - (fixes[0]?.atMs ?? 0)).toSorted((a, b) => a - b);

const REFUSALS_SAID_MAX = 10;

async function seat(sites: Sites, source: Source, speed: number, say: (line: string) => void): Promise<Player> {
  const tokens = await sites.createCases(source.cases);
  await sites.whenDevicesKnown(tokens, 20_000);
  let refusals = 0;
  const onRefused = (why: string): void => {
    if (++refusals <= REFUSALS_SAID_MAX) say(`refused: ${why}`);
  };
  return new Player({ sites, source, tokens, speed, keepHistory: true, onRefused });
}

/** All devices but one in fifty have sent everything: a few tracks of a week do not hold up the rest. */
const isEnough = (player: Player): boolean => player.unfinished <= Math.floor(player.devices / 50);

async function send(player: Player, untilMs: number, onHalf: CheckOptions['onHalfSent']): Promise<void> {
  const startedMs = nowMs();
  player.start();
  await until(() => isEnough(player), startedMs + (untilMs - startedMs) / 2);
  const half = Promise.resolve(onHalf?.());
  await until(() => isEnough(player), untilMs);
  player.pause();
  await half;
}

const emptied = (player: Player, untilMs: number): Promise<void> => until(() => player.waiting === 0, untilMs);

async function until(isDone: () => boolean, untilMs: number): Promise<void> {
  while (!isDone() && nowMs() < untilMs) await new Promise((resolve) => setTimeout(resolve, 50));
}

interface Judged {
  readonly outcome: Comparison;
  readonly shown: Readonly<Record<SiteId, ShownAtSite>>;
}

/** Projections follow the log: looks again until both sites show what is expected, or the time is over. */
async function judge(sites: Sites, source: Source, player: Player, deadlineMs: number): Promise<Judged> {
  const expected = expectations(source, player);
  const ours = new Set(source.cases.map(({ caseId }) => caseId));
  for (;;) {
    const [noirmont, delemont] = await Promise.all(
      SITES.map((site) => incidentsAt(sites, site, (caseId) => ours.has(caseId))),
    );
    const shown = { noirmont, delemont } as Record<SiteId, ShownAtSite>;
    const outcomes = SITES.map((site) => compare(expected, shown[site].standing));
    const worst = outcomes.reduce((a, b) => (faultsOf(b) > faultsOf(a) ? b : a));
    const isDone = faultsOf(worst) === 0 && isEqual(shown) && SITES.every((site) => shown[site].provisional === 0);
    if (isDone || nowMs() > deadlineMs) return { outcome: worst, shown };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function expectations(source: Source, player: Player): Expected[] {
  const orders = new Map(source.cases.map((one) => [one.caseId, one as OracleCase]));
  return player.histories().flatMap(({ caseId, reports }) => {
    const order = orders.get(caseId);
    if (order === undefined) return [];
    return expectedOf(
      order,
      reports.filter(isTaken).map(({ planned }) => planned.body),
    );
  });
}

const isTaken = ({ state }: SentReport): boolean => state === 'both' || state === 'site';
const faultsOf = ({ missing, extra }: Comparison): number => missing.length + extra.length;

function isEqual(shown: Readonly<Record<SiteId, ShownAtSite>>): boolean {
  const text = (site: SiteId): string =>
    shown[site].standing
      .map((one) => JSON.stringify(one))
      .sort()
      .join('\n');
  return text('noirmont') === text('delemont');
}

function resultOf(
  player: Player,
  outcome: Comparison,
  shown: Judged['shown'],
  more: {
    readonly arrivals: Arrivals;
    readonly digestsEqual: boolean;
    readonly settledBehindMs: Percentiles;
    readonly elapsedS: number;
  },
): CheckResult {
  const sent = player.histories().flatMap(({ reports }) => reports);
  const count = (test: (report: SentReport) => boolean): number => sent.filter(test).length;
  const reports = {
    sent: sent.length,
    acknowledged: count(isTaken),
    both: count(({ answered }) => answered === 'both'),
    site: count(({ answered }) => answered === 'site'),
    devicesPerSite: player.devicesPerSite(),
  };
  const incidents = {
    expected: outcome.expected.length,
    missing: outcome.missing.length,
    extra: outcome.extra.length,
    noirmont: shown.noirmont.standing.length,
    delemont: shown.delemont.standing.length,
    equal: isEqual(shown),
  };
  return {
    ok:
      incidents.expected >= EXPECTED_MIN &&
      incidents.missing === 0 &&
      incidents.extra === 0 &&
      incidents.equal &&
      reports.both > 0 &&
      reports.sent > REPORTS_MIN &&
      reports.acknowledged === reports.sent &&
      more.digestsEqual,
    reports,
    incidents,
    digestsEqual: more.digestsEqual,
    settledBehindMs: more.settledBehindMs,
    reportToIncidentMs: percentilesOf(latencies(player, outcome, more.arrivals)),
    elapsedS: Math.round(more.elapsedS * 10) / 10,
  };
}

/** From the first attempt to send the report that opened an incident to its event on the stream of the site that did not take it. */
function latencies(player: Player, outcome: Comparison, arrivals: Arrivals): number[] {
  const byFix = new Map<string, SentReport>();
  for (const { caseId, reports } of player.histories())
    for (const report of reports) byFix.set(`${caseId} ${report.planned.atMs}`, report);
  return outcome.expected.flatMap(({ caseId, ruleId, openedAtMs }) => {
    const report = byFix.get(`${caseId} ${openedAtMs}`);
    if (report?.firstAttemptMs === undefined || report.via === undefined) return [];
    const atMs = arrivals.at(otherSite(report.via), caseId, ruleId, openedAtMs);
    return atMs === undefined ? [] : [atMs - report.firstAttemptMs];
  });
}

function explain(
  outcome: Comparison,
  shown: Judged['shown'],
  digestsEqual: boolean | undefined,
  say: (line: string) => void,
): void {
  if (digestsEqual === undefined) say('no digest of one second of log time was seen at both sites in time');
  if (outcome.unjudged > 0) say(`${outcome.unjudged} rules have too many fixes on their border and are not judged`);
  if (outcome.otherReading > 0)
    say(`${outcome.otherReading} rules hold only with a fix on the border read the other way`);
  for (const one of outcome.missing.slice(0, WITNESSES_MAX)) say(`missing: ${JSON.stringify(one)}`);
  for (const one of outcome.extra.slice(0, WITNESSES_MAX)) say(`extra: ${JSON.stringify(one)}`);
  const provisional = shown.noirmont.provisional + shown.delemont.provisional;
  if (provisional > 0) say(`${provisional} incidents are still provisional`);
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
