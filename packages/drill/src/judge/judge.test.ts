// No drill that cannot fail: a sound history is broken in one way each, and the judge says exactly that.
import { expect, test } from 'vitest';
import type { Effect } from '../drills.ts';
import { type History, historyLines, readHistory } from '../history.ts';
import { HEALED_S, soundHistory } from '../testing/sound-history.ts';
import { judge } from './judge.ts';
import type { Action } from '../actions.ts';
import type { DrillResult } from './result.ts';

const SILENT: Effect = { shows: 'silent', site: 'noirmont' };

/** The invariants that fell short, with their witness. */
const fallen = ({ verdicts }: DrillResult): Record<string, string | undefined> =>
  Object.fromEntries(verdicts.filter(({ ok }) => !ok).map(({ invariant, witness }) => [invariant, witness]));

function broken(by: (history: History) => void): DrillResult {
  const history = soundHistory();
  by(history);
  return judge(history, SILENT);
}
const last = <T>(list: readonly T[]): T => {
  const value = list.at(-1);
  if (value === undefined) throw new Error('the list is not empty');
  return value;
};

test('a history in which every promise holds is judged to hold, figure by figure', () => {
  const result = judge(soundHistory(), SILENT);
  expect(fallen(result)).toEqual({});
  expect(result).toMatchObject({
    drill: 'kill-noirmont',
    ok: true,
    faultAt: '2026-11-25T08:00:20.000Z',
    acked: { total: 18_000, both: 15_000, site: 3_000 },
    lost: 0,
    doubled: 0,
    injected: 60,
    detected: 60,
    missed: 0,
    alarmDelayMs: { p50: 25, p99: 25, max: 25 },
    // Devices 20, 24, ... 36 could talk to nobody else.
    strandedDelayMs: { count: 5, max: 70 },
    ackGapMs: { noirmont: 20_072, fleet: 72 },
    dispatch: { once: 60, twice: 0, never: 0, twiceWhileJoined: 0 },
    digestsEqual: true,
    convergedAfterHealMs: 2_500,
    runtime: 'processes',
    partitions: 1,
  });
});

test('a history written as lines and read again is judged the same', () => {
  const history = soundHistory();
  const again = readHistory([...historyLines(history)].join('\n'));
  expect(judge(again, SILENT)).toEqual(judge(history, SILENT));
});

test('one acknowledged report missing at one site is one lost, with its device, place in the sequence and site', () => {
  const result = broken((history) => {
    const track = history.tracks.findIndex(({ site, device }) => site === 'delemont' && device === 'device-7');
    const whole = history.tracks[track];
    if (whole !== undefined) history.tracks[track] = { ...whole, points: whole.points.toSpliced(33, 1) };
  });
  expect(result).toMatchObject({ ok: false, lost: 1, doubled: 0, missed: 0 });
  const { 'no acknowledged report is lost': witness, ...others } = fallen(result);
  expect(others).toEqual({});
  expect(witness).toMatch(/^device-7 33, fix time \S+, answered both by delemont: not at delemont$/);
});

test('a report that nobody acknowledged is not lost, but it is not taken either', () => {
  const result = broken((history) => {
    const report = last(history.reports);
    Object.assign(report, { ackMs: null, via: null, durable: null });
    history.tracks = history.tracks.map((track) =>
      track.device === report.device ? { ...track, points: track.points.filter(([at]) => at !== report.at) } : track,
    );
  });
  expect(result).toMatchObject({ ok: false, lost: 0 });
  expect(Object.keys(fallen(result))).toEqual(['every report is taken in the end']);
});

test('one report that a site shows twice is one doubled', () => {
  const result = broken((history) => {
    const track = last(history.tracks);
    history.tracks[history.tracks.length - 1] = { ...track, points: [...track.points, last(track.points)] };
  });
  expect(result).toMatchObject({ ok: false, lost: 0, doubled: 1 });
  const { 'no report is applied twice': witness, ...others } = fallen(result);
  expect(others).toEqual({});
  expect(witness).toMatch(/^delemont device-59: .* is there 2 times, measured 1 times$/);
});

test('one breach without an incident at one site is one missed', () => {
  const result = broken((history) => {
    history.incidents = history.incidents.filter(({ site, caseId }) => site !== 'noirmont' || caseId !== 'device-12');
  });
  expect(result).toMatchObject({ ok: false, missed: 1, detected: 59 });
  const { 'every breach is an incident at both sites': witness, ...others } = fallen(result);
  expect(others).toEqual({});
  expect(witness).toMatch(/^device-12 at .*: no incident at noirmont$/);
});

test('a withdrawn incident is none', () => {
  const result = broken((history) => {
    history.incidents = history.incidents.map((one) =>
      one.caseId === 'device-3' ? { ...one, certainty: 'withdrawn' } : one,
    );
  });
  expect(result).toMatchObject({ ok: false, missed: 1 });
});

test('an incident without a breach, a second one for a breach, and another id at the other site are named', () => {
  const result = broken((history) => {
    const one = last(history.incidents);
    history.incidents.push({ ...one, openedAt: one.openedAt + 1 }, { ...one, caseId: 'device-5', openedAt: 0 });
    history.incidents = history.incidents.map((shown) =>
      shown.site === 'delemont' && shown.caseId === 'device-8' ? { ...shown, incidentId: 'other' } : shown,
    );
  });
  expect(fallen(result)['no incident without a breach, one id for each']).toMatch(
    /^device-8 \d+: other ids at the sites, incident-8 and other; device-59 \d+: an incident without a breach; device-5 0: /,
  );
});

test('an alarm that no stream gave is never published, one with two ids while joined is published twice', () => {
  const result = broken((history) => {
    history.run = { ...history.run, calls: false };
    const kept = history.events.filter(({ caseId }) => caseId !== 'device-1');
    history.events.splice(0, history.events.length, ...kept);
    const again = history.events.find(({ caseId }) => caseId === 'device-50');
    if (again !== undefined) history.events.push({ ...again, id: 'incident-50/early.2' });
  });
  expect(result).toMatchObject({ ok: false, dispatch: { once: 58, twice: 1, never: 1, twiceWhileJoined: 1 } });
  expect(Object.keys(fallen(result))).toEqual(['every alarm is published', 'no alarm is published twice while joined']);
});

test('an alarm published twice while the sites are apart is twice, and no fault', () => {
  const result = broken((history) => {
    history.run = { ...history.run, calls: false };
    const again = history.events.find(({ caseId }) => caseId === 'device-25');
    if (again !== undefined) history.events.push({ ...again, id: 'incident-25/early.2' });
  });
  expect(result).toMatchObject({ ok: true, dispatch: { twice: 1, twiceWhileJoined: 0 } });
});

const callsOf = (history: History, device: string) => history.calls.filter(({ caseId }) => caseId === device);

test('one alarm of which no webhook came is never told', () => {
  const result = broken((history) => {
    history.calls.splice(history.calls.indexOf(callsOf(history, 'device-3')[0] as never), 1);
  });
  expect(result).toMatchObject({ ok: false, dispatch: { once: 59, twice: 0, never: 1, twiceWhileJoined: 0 } });
  expect(fallen(result)).toEqual({ 'every alarm is told by webhook': 'device-3 at 2026-11-25T08:00:02.448Z' });
});

test('one alarm told twice while joined is that, whoever told it; told twice while apart it is no fault', () => {
  const twice = (device: string): DrillResult =>
    broken((history) => {
      const [call] = callsOf(history, device);
      if (call !== undefined) history.calls.push({ ...call, atMs: call.atMs + 4_000, from: '/sites/delemont' });
    });
  const joined = twice('device-50');
  expect(joined).toMatchObject({ ok: false, dispatch: { once: 59, twice: 1, never: 0, twiceWhileJoined: 1 } });
  expect(fallen(joined)['no alarm is told twice while joined']).toMatch(
    /device-50 at \S+: by \/sites\/noirmont and \/sites\/delemont$/,
  );
  expect(twice('device-25')).toMatchObject({ ok: true, dispatch: { twice: 1, twiceWhileJoined: 0 } });
});

test('[L7] told twice in the second in which a cut is not yet known is told apart; the same without a cut is while joined', () => {
  const told = (isCut: boolean): DrillResult =>
    broken((history) => {
      const [call] = callsOf(history, 'device-50');
      if (call === undefined) return;
      history.calls.push({ ...call, atMs: call.atMs + 300, from: '/sites/delemont' });
      const fault = (role: 'break' | 'heal', action: Action, atMs: number) =>
        history.faults.push({ kind: 'fault', role, action, atMs, doneMs: atMs + 10, message: '' });
      if (!isCut) return;
      fault('break', { do: 'cut', from: 'both' }, call.atMs - 100);
      fault('heal', { do: 'mend' }, call.atMs + 500);
    });
  expect(told(true).dispatch).toMatchObject({ twice: 1, twiceWhileJoined: 0 });
  expect(told(false).dispatch).toMatchObject({ twice: 1, twiceWhileJoined: 1 });
});

test('a webhook that was not signed is named', () => {
  const result = broken((history) => {
    history.calls[7] = { ...(history.calls[7] as History['calls'][number]), signed: false };
  });
  expect(fallen(result)).toEqual({ 'every webhook is signed': 'incident-7/early of /sites/noirmont' });
});

test('a level of an escalation that never came, came late, early or twice is named with its person', () => {
  const levels = (delaysMs: readonly (number | undefined)[], twice = false): string | undefined =>
    fallen(
      broken((history) => {
        const devices = ['device-50'];
        history.run = { ...history.run, staged: { devices, afterS: [2, 4] } };
        const [alarm] = callsOf(history, 'device-50');
        if (alarm === undefined) return;
        for (const [i, delayMs] of delaysMs.entries()) {
          if (delayMs === undefined) continue;
          const type = 'vigie.incident.escalated';
          const level = { ...alarm, atMs: alarm.atMs + delayMs, id: `incident-50/escalated.${i + 1}`, type };
          history.calls.push(level);
          if (twice && i === 1) history.calls.push({ ...level, atMs: level.atMs + 100 });
        }
      }),
    )['every level of an escalation is told once, on time'];
  expect(levels([2_000, 4_000])).toBeUndefined();
  expect(levels([2_000, undefined])).toBe('device-50, level 2: never');
  expect(levels([2_000, 7_500])).toBe('device-50, level 2: 3500 ms late');
  expect(levels([500, 4_000])).toBe('device-50, level 1: 1500 ms early');
  expect(levels([2_000, 4_000], true)).toBe('device-50, level 2: 2 times');
});

test('one differing digest is not equal, with both values and the second', () => {
  const result = broken((history) => {
    const index = history.looks.findLastIndex(({ site }) => site === 'delemont');
    const look = history.looks[index];
    if (look?.digest) history.looks[index] = { ...look, digest: { ...look.digest, value: 'digest-of-60' } };
  });
  expect(result).toMatchObject({ ok: false, digestsEqual: false });
  expect(fallen(result)).toEqual({
    'the digests of both sites are equal': '2026-11-25T08:00:58.000Z: noirmont digest-of-59, delemont digest-of-60',
  });
});

test('sites that never show a common second after the heal did not converge', () => {
  const result = broken((history) => {
    const kept = history.looks.filter(
      ({ site, atMs }) => site === 'noirmont' || atMs < history.run.loadFromMs + HEALED_S * 1000,
    );
    history.looks.splice(0, history.looks.length, ...kept);
  });
  expect(result).toMatchObject({ ok: false, digestsEqual: false, convergedAfterHealMs: null });
});

test('an alarm that takes too long and a second without answers fall short', () => {
  const result = broken((history) => {
    for (const event of history.events)
      if (event.caseId === 'device-2') Object.assign(event, { atMs: event.atMs + 3_500 });
    const { loadFromMs } = history.run;
    const kept = history.answers.filter(({ atMs }) => atMs < loadFromMs + 50_000 || atMs > loadFromMs + 51_100);
    history.answers.splice(0, history.answers.length, ...kept);
  });
  expect(fallen(result)).toEqual({
    'alarm delay p99 under 1000 ms': '3525',
    'alarm delay at most 3000 ms': '3525',
    'no device is without an answer for 1000 ms': expect.stringMatching(/^1\d\d\d$/),
  });
});

test('a drill in which nothing broke was not run: the site that was killed answers all the time', () => {
  const result = broken((history) => {
    const { loadFromMs } = history.run;
    for (let ms = 0; ms < 60_000; ms += 500)
      history.answers.push({
        kind: 'answer',
        site: 'noirmont',
        sentMs: loadFromMs + ms,
        atMs: loadFromMs + ms,
        reports: 0,
      });
  });
  expect(Object.keys(fallen(result))).toEqual(['what was broken shows']);
});

test('a fault that could not be done, and sites that never were apart, are no drill', () => {
  const failed = soundHistory();
  const [fault] = failed.faults;
  if (fault !== undefined) failed.faults[0] = { ...fault, message: 'no such process' };
  expect(fallen(judge(failed, SILENT))['what was broken shows']).toMatch(/no such process$/);
  const joined = soundHistory();
  for (const look of joined.looks) Object.assign(look, { joined: true });
  expect(fallen(judge(joined, { shows: 'apart' }))).toEqual({ 'what was broken shows': 'the sites were never apart' });
});

test('less load than promised falls short, and so does a drill without a breach', () => {
  const slow = soundHistory();
  slow.reports.splice(0, 300);
  expect(Object.keys(fallen(judge(slow, SILENT)))).toContain('300 reports/s for 60 s');
  const quiet = soundHistory();
  quiet.breaches.splice(0);
  expect(judge(quiet, SILENT).ok).toBe(false);
});

test('while both sites are down nobody waits: gaps and delays count from the moment both are ready again', () => {
  const history = soundHistory();
  const [fault, heal] = history.faults;
  if (fault === undefined || heal === undefined) throw new Error('a sound history has a fault and a heal');
  history.faults[0] = { ...fault, action: { do: 'power-cut' } };
  history.faults[1] = { ...heal, action: { do: 'start', site: 'both' } };
  const { atMs } = fault;
  const { doneMs } = heal;
  const isDark = (ms: number | null): boolean => ms !== null && ms >= atMs && ms < doneMs;
  const answers = history.answers.filter((answer) => !isDark(answer.atMs));
  history.answers.splice(0, history.answers.length, ...answers, {
    kind: 'answer',
    site: 'delemont',
    sentMs: doneMs,
    atMs: doneMs + 400,
    reports: 1,
  });
  for (const report of history.reports) if (isDark(report.ackMs)) report.ackMs = doneMs + 400;
  for (const event of history.events) if (isDark(event.atMs)) Object.assign(event, { atMs: doneMs + 450 });
  for (const look of history.looks) if (isDark(look.atMs)) Object.assign(look, { joined: null, digest: null });
  const result = judge(history, SILENT, [], { method: 'as this test does' });
  expect(fallen(result)).toEqual({});
  expect(result).toMatchObject({ ok: true, strandedDelayMs: { count: 20, max: 450 }, alarmDelayMs: { max: 25 } });
  expect(result.ackGapMs.fleet).toBeLessThanOrEqual(400);
  expect(result.verdicts.at(-1)).toEqual({ invariant: 'how it was broken', ok: true, witness: 'as this test does' });
});

const INCIDENT: Effect = { shows: 'incident', site: 'noirmont', incident: 'disk-full' };
const UPGRADED: Effect = { shows: 'upgraded' };
/** What the site says of itself in each second. */
function saying(by: (site: string, second: number) => Partial<History['looks'][number]>): History {
  const history = soundHistory();
  history.looks.forEach((look, i) => {
    history.looks[i] = { ...look, joined: true, ...by(look.site, Math.floor(i / 2)) };
  });
  return history;
}

test('an incident that the site never says, says from the start, or says for good, is not what was broken', () => {
  const shows = (from: number, to: number): string | undefined => {
    const history = saying((site, second) => ({
      incidents: site === 'noirmont' && second >= from && second < to ? ['disk-full'] : [],
    }));
    return fallen(judge(history, INCIDENT))['what was broken shows'];
  };
  expect(shows(25, 35)).toBeUndefined();
  expect(shows(99, 99)).toBe('noirmont never said disk-full');
  expect(shows(0, 35)).toBe('noirmont said disk-full before anything was broken');
  expect(shows(25, 99)).toBe('noirmont still said disk-full at the end');
});

test('an upgrade after which a site says the same log format as before, or another than the other site, is none', () => {
  const shows = (format: (site: string, second: number) => string | null): string | undefined =>
    fallen(
      judge(
        saying((site, second) => ({ logFormat: format(site, second) })),
        UPGRADED,
      ),
    )['what was broken shows'];
  expect(shows((_, second) => (second < 30 ? '1.0' : '1.1'))).toBeUndefined();
  expect(shows((_, second) => (second < 30 ? null : '1.1'))).toBeUndefined();
  expect(shows(() => '1.1')).toBe('log format 1.1 before, 1.1 after');
  expect(shows((site, second) => (second < 30 || site === 'delemont' ? '1.0' : '1.1'))).toBe(
    'log format 1.0 before, 1.1, 1.0 after',
  );
});
