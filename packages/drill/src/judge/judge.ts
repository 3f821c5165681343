// The verdict over a recorded history: each promise of section 8 of the design that a drill can see from outside, with a witness.
import { SITES, type SiteId } from '@vigie/model';
import type { Drill, Effect } from '../drills.ts';
import type { History } from '../history.ts';
import { judgeBreaches } from './breaches.ts';
import { type CallsJudged, judgeCalls } from './calls.ts';
import { apartOf, outagesOf } from './outages.ts';
import { judgeReports, time } from './reports.ts';
import type { DrillResult, Verdict } from './result.ts';
import { gapOf, judgeDigests } from './sites.ts';

export const LIMITS = {
  loadSMin: 60,
  reportsPerSMin: 300,
  fleetGapMs: 1_000,
  alarmP99Ms: 1_000,
  alarmMaxMs: 3_000,
  convergedMs: 10_000,
  /** A site that was killed or stopped is silent for at least this long. */
  silentMs: 5_000,
} as const;

const WITNESSES_MAX = 5;

/** What a drill states for itself. */
type Own = Pick<Partial<Drill>, 'method' | 'convergedMsMax'>;

export function judge(history: History, effect: Effect, refused: readonly string[] = [], own: Own = {}): DrillResult {
  const convergedMsMax = own.convergedMsMax ?? LIMITS.convergedMs;
  const { run, faults } = history;
  const reports = judgeReports(history);
  const breaches = judgeBreaches(history);
  const calls = judgeCalls(history);
  const digests = judgeDigests(history);
  const loadS = (run.loadToMs - run.loadFromMs) / 1000;
  const gaps = { noirmont: gapOf(history, 'noirmont'), delemont: gapOf(history, 'delemont'), fleet: gapOf(history) };
  const reportsPerS = Math.round(history.reports.length / loadS);
  const { convergedAtMs, healedAtMs } = digests;
  const convergedAfterHealMs =
    convergedAtMs === null || healedAtMs === null ? null : Math.round(convergedAtMs - healedAtMs);
  const digestsEqual = digests.differing.length === 0 && convergedAtMs !== null;
  const verdicts: Verdict[] = [
    none('no acknowledged report is lost', reports.lost),
    none('no report is applied twice', reports.doubled),
    none('every report is taken in the end', reports.untaken),
    none('no report is refused', refused),
    none('every breach is an incident at both sites', breaches.missed),
    none('no incident without a breach, one id for each', breaches.extra),
    none('every alarm is published', breaches.unannounced),
    within('no alarm is published twice while joined', breaches.dispatch.twiceWhileJoined, 0, breaches.announcedTwice),
    ...(run.calls ? told(calls, run.staged !== undefined) : []),
    within(`alarm delay p99 under ${LIMITS.alarmP99Ms} ms`, breaches.delays.p99, LIMITS.alarmP99Ms),
    within(`alarm delay at most ${LIMITS.alarmMaxMs} ms`, breaches.delays.max, LIMITS.alarmMaxMs),
    within(`no device is without an answer for ${LIMITS.fleetGapMs} ms`, gaps.fleet, LIMITS.fleetGapMs),
    none('the digests of both sites are equal', digests.differing),
    within(`converged within ${convergedMsMax} ms after the heal`, convergedAfterHealMs, convergedMsMax),
    shown(history, effect),
    {
      invariant: `${LIMITS.reportsPerSMin} reports/s for ${LIMITS.loadSMin} s`,
      ok: reportsPerS >= LIMITS.reportsPerSMin && loadS >= LIMITS.loadSMin,
      witness: `${reportsPerS} reports/s for ${Math.round(loadS)} s`,
    },
  ];
  return {
    drill: run.drill,
    ok: verdicts.every(({ ok }) => ok) && breaches.injected > 0,
    faultAt: faults[0] === undefined ? null : time(faults[0].atMs),
    acked: reports.acked,
    lost: reports.lost.length,
    doubled: reports.doubled.length,
    injected: breaches.injected,
    detected: breaches.injected - breaches.missed.length,
    missed: breaches.missed.length,
    alarmDelayMs: breaches.delays,
    strandedDelayMs: breaches.stranded,
    ackGapMs: gaps,
    dispatch: run.calls ? calls.dispatch : breaches.dispatch,
    digestsEqual,
    convergedAfterHealMs,
    verdicts: [
      ...verdicts,
      ...(run.calls ? [] : [DISPATCH_NOTE]),
      ...(own.method === undefined ? [] : [methodNote(own.method)]),
    ],
    runtime: run.runtime,
    partitions: run.partitions ?? 1,
    reportsPerS,
    loadS: Math.round(loadS),
    loadAverage: run.loadAverage,
    seed: run.seed,
  };
}

const DISPATCH_NOTE: Verdict = {
  invariant: 'dispatch is judged by published events',
  ok: true,
  witness:
    'the version the sites began with calls nobody; `dispatch` counts the ids of `early` events that the streams of both sites gave',
};

/** What the receiver of webhooks says. */
const told = (calls: CallsJudged, isStaged: boolean): readonly Verdict[] => [
  none('every alarm is told by webhook', calls.untold),
  within('no alarm is told twice while joined', calls.dispatch.twiceWhileJoined, 0, calls.toldTwice),
  none('every webhook is signed', calls.unsigned),
  ...(isStaged ? [none('every level of an escalation is told once, on time', calls.ladder)] : []),
];

const methodNote = (method: string): Verdict => ({ invariant: 'how it was broken', ok: true, witness: method });

function none(invariant: string, witnesses: readonly string[]): Verdict {
  if (witnesses.length === 0) return { invariant, ok: true };
  const more = witnesses.length > WITNESSES_MAX ? ` (and ${witnesses.length - WITNESSES_MAX} more)` : '';
  return { invariant, ok: false, witness: `${witnesses.slice(0, WITNESSES_MAX).join('; ')}${more}` };
}

/** Nothing measured is no proof of anything. */
function within(invariant: string, value: number | null, limit: number, witnesses: readonly string[] = []): Verdict {
  if (value !== null && value <= limit) return { invariant, ok: true };
  const said = value === null ? 'was not reached' : `${value}`;
  return { invariant, ok: false, witness: [said, ...witnesses.slice(0, WITNESSES_MAX)].join('; ') };
}

/** Said by the site itself while it was broken, and no longer at the end. */
function said({ looks, faults }: History, site: SiteId, incident: string): Verdict {
  const invariant = 'what was broken shows';
  const own = looks.filter((look) => look.site === site && look.joined !== null);
  const first = faults[0]?.atMs ?? 0;
  if (own.some(({ atMs, incidents }) => atMs < first && incidents.includes(incident)))
    return { invariant, ok: false, witness: `${site} said ${incident} before anything was broken` };
  if (!own.some(({ incidents }) => incidents.includes(incident)))
    return { invariant, ok: false, witness: `${site} never said ${incident}` };
  return own.at(-1)?.incidents.includes(incident) === true
    ? { invariant, ok: false, witness: `${site} still said ${incident} at the end` }
    : { invariant, ok: true };
}

function upgraded({ looks, faults }: History): Verdict {
  const invariant = 'what was broken shows';
  const said = looks.filter(({ joined }) => joined !== null);
  const first = faults[0]?.atMs ?? 0;
  const before = new Set(said.filter(({ atMs }) => atMs < first).map(({ logFormat }) => logFormat));
  const after = new Set(SITES.map((site) => said.findLast((look) => look.site === site)?.logFormat ?? null));
  const [now = null] = after;
  const witness = `log format ${[...before].join(', ') || 'none'} before, ${[...after].join(', ')} after`;
  return { invariant, ok: before.size === 1 && after.size === 1 && now !== null && !before.has(now), witness };
}

/** It said so, its settled seconds went on meanwhile, and at the end it is not alone any more. */
function settledAlone({ looks }: History, site: SiteId): Verdict {
  const invariant = 'what was broken shows';
  const own = looks.filter((look) => look.site === site && look.joined !== null);
  const seconds = own.flatMap(({ alone, digest }) => (alone && digest !== null ? [digest.second] : []));
  if (seconds.length === 0) return { invariant, ok: false, witness: `${site} was never alone` };
  const wentOnMs = (Math.max(...seconds) - Math.min(...seconds)) * 1000;
  if (wentOnMs < LIMITS.silentMs)
    return { invariant, ok: false, witness: `${site} settled ${wentOnMs} ms of log time while it was alone` };
  return own.at(-1)?.alone === true
    ? { invariant, ok: false, witness: `${site} was still alone at the end` }
    : { invariant, ok: true };
}

/** A drill whose fault did not show was not run. */
function shown(history: History, effect: Effect): Verdict {
  const invariant = 'what was broken shows';
  const failed = history.faults.find(({ message }) => message !== '');
  if (failed !== undefined)
    return { invariant, ok: false, witness: `${JSON.stringify(failed.action)}: ${failed.message}` };
  if (history.faults.length === 0) return { invariant, ok: false, witness: 'nothing was broken' };
  if (effect.shows === 'nothing') return { invariant, ok: true };
  if (effect.shows === 'incident') return said(history, effect.site, effect.incident);
  if (effect.shows === 'upgraded') return upgraded(history);
  if (effect.shows === 'alone') return settledAlone(history, effect.site);
  if (effect.shows === 'apart') {
    const isApart = apartOf(history).some(
      ({ fromMs, toMs }) => Math.min(toMs, history.run.loadToMs) - fromMs >= LIMITS.silentMs,
    );
    return isApart ? { invariant, ok: true } : { invariant, ok: false, witness: 'the sites were never apart' };
  }
  const periods = outagesOf(history, effect.site);
  const answered = history.answers.filter(
    // What was on its way when the process stopped may still arrive.
    ({ site, atMs }) =>
      site === effect.site && periods.some(({ fromMs, toMs }) => atMs > fromMs + 250 && atMs < toMs - LIMITS.silentMs),
  );
  const isSilent = periods.length > 0 && answered.length === 0 && (gapOf(history, effect.site) ?? 0) >= LIMITS.silentMs;
  return isSilent
    ? { invariant, ok: true }
    : { invariant, ok: false, witness: `${effect.site} gave ${answered.length} answers while it was down` };
}
