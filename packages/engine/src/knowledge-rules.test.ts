import { type RecordedRule, ReportBatchReader, encodeReportBatch, logTimeUs } from '@vigie/model';
import { expect, test } from 'vitest';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, Court, MEASURE, WITHIN, at, between, exclusion, order, report } from './testing/court.ts';
import type { Clock } from './types.ts';

const silence = { ruleId: 'be-heard', kind: 'silence', maxGapMs: 1_800_000 } as const;
const tamper = { ruleId: 'strap', kind: 'tamper' } as const;
const battery = { ruleId: 'charge', kind: 'battery', minPct: 20 } as const;

const wearerOnly = { devices: [{ deviceId: 'wearer', role: 'wearer', tokenHash: '00' }] } as const;

test('[SI1] silence opens when the limit has passed since the last receipt, and ends with the next report', () => {
  const court = new Court().given([silence], wearerOnly);
  court.hears({ at: '08:00', ...WITHIN }).time('08:29');
  expect(court.episodes()).toEqual(['silence be-heard 00:30:00-08:00:00']);
  court.time('08:31');
  expect(court.episodes()).toEqual(['silence be-heard 00:30:00-08:00:00', 'silence be-heard 08:30:00-']);
  court.hears({ at: '09:00', ...WITHIN });
  expect(court.episodes()).toEqual(['silence be-heard 00:30:00-08:00:00', 'silence be-heard 08:30:00-09:00:00']);
  expect(court.incidents().map((i) => i.lane)).toEqual(['live', 'live']);
});

test('[SI2] silence goes by receipt: a buffered report ends it, and what it tells of the silent time explains it', () => {
  const court = new Court().given([silence], wearerOnly);
  court.hears({ at: '00:10', ...WITHIN }).time('01:00');
  court.uploads(
    [
      { at: '00:20', ...WITHIN },
      { at: '00:50', ...WITHIN },
    ],
    '01:30',
  );
  expect(court.incidents()).toMatchObject([
    { kind: 'silence', certainty: 'explained', openedAtMs: at('00:40'), closedAtMs: at('01:30') },
  ]);
});

test('[SI3] silence is watched only while its rule is active, and begins at the activation if it already lasts', () => {
  const court = new Court().given([{ ...silence, active: [between('20:00', '1d 06:00')] }], wearerOnly);
  court.hears({ at: '10:00', ...WITHIN }).time('19:00');
  expect(court.episodes()).toEqual([]);
  court.time('21:00');
  expect(court.episodes()).toEqual(['silence be-heard 20:00:00-']);
});

/** Observed only in the minutes given, from midnight on; `t` runs on regardless. */
function brokenClock(
  ms: number,
  gaps: readonly (readonly [number, number])[],
  restarts: readonly number[] = [],
): Clock {
  const obsAt = (t: number): number =>
    t - gaps.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(t, to) - from), 0);
  return {
    t: logTimeUs(ms * 1000),
    obs: () => obsAt(ms) * 1000,
    obsRestart: () => Math.max(0, ...restarts.filter((r) => r <= ms).map((r) => obsAt(r) * 1000)),
    obsRestartAfter: (_site, obs) =>
      restarts
        .filter((r) => r <= ms)
        .map((r) => obsAt(r) * 1000)
        .find((r) => r > obs) ?? 0,
    timeOfObs: (_site, obs) => {
      let t = obs / 1000;
      for (const [from, to] of gaps) if (t > from) t += to - from;
      return logTimeUs(t * 1000);
    },
  };
}

test('[SI3] a silence that a revision ended with its rule is over, and told anew when a later one brings the rule back', () => {
  const court = new Court()
    .given([silence], wearerOnly)
    .hears({ at: '08:00', ...WITHIN })
    .time('08:40');
  const revise = (rules: readonly RecordedRule[], baseRevision: number, time: string): void => {
    court.apply({ kind: 'order', measure: MEASURE, by: 'JU', order: order(rules, baseRevision) }, at(time));
  };
  revise([battery], 1, '08:50');
  court.time('09:30');
  const ended = ['silence be-heard 00:30:00-08:00:00', 'silence be-heard 08:30:00-08:50:00'];
  expect(court.episodes()).toEqual(ended);
  revise([silence, battery], 2, '09:40');
  court.time('09:45');
  expect(court.episodes()).toEqual([...ended, 'silence be-heard 09:40:00-']);
  court.hears({ at: '10:00', ...WITHIN });
  expect(court.episodes()).toEqual([...ended, 'silence be-heard 09:40:00-10:00:00']);
  expect(new Set(court.incidents().map(({ incidentId }) => incidentId)).size).toBe(3);
});

test('[SI4] the silence clock stands still while the origin is not observed, and opens at the exact time it passed', () => {
  const court = new Court().given([silence], wearerOnly);
  court.hears({ at: '00:00', ...WITHIN });
  const gap = [[at('00:20'), at('05:20')]] as const;
  court.engine.advance(brokenClock(at('05:25'), gap));
  expect(court.episodes()).toEqual([]);
  court.engine.advance(brokenClock(at('09:00'), gap));
  expect(court.episodes()).toEqual(['silence be-heard 05:30:00-']);
  expect(court.incidents()[0]?.raisedAt).toBe(at('05:30') * 1000);
});

test('[SI5] a restart of the origin starts the silence clock anew, also when several lie between two looks', () => {
  const restarts = [at('00:20'), at('02:00')];
  const seldom = new Court().given([silence], wearerOnly).hears({ at: '00:00', ...WITHIN });
  seldom.engine.advance(brokenClock(at('03:00'), [], restarts));
  expect(seldom.episodes()).toEqual(['silence be-heard 00:50:00-']);
  const often = new Court().given([silence], wearerOnly).hears({ at: '00:00', ...WITHIN });
  for (let t = at('00:00'); t <= at('03:00'); t += 60_000) often.engine.advance(brokenClock(t, [], restarts));
  expect(often.engine.caseDigest(MEASURE)).toBe(seldom.engine.caseDigest(MEASURE));
});

test('[SI6] a device is bound to the origin of its latest report', () => {
  const court = new Court().given([silence], wearerOnly);
  court.hears({ at: '00:10', ...WITHIN }, '00:10', 'delemont');
  expect(court.engine.view(MEASURE)?.devices[0]?.boundTo).toBe('delemont');
});

test('[TA1] tampering never ends by itself; repeated signals count inside one incident', () => {
  const court = new Court().given([tamper]);
  court.hears({ at: '10:00', events: ['strap_open'] }).hears({ at: '10:03', events: ['strap_closed'] });
  court
    .hears({ at: '10:04', events: ['strap_open'] })
    .hears({ at: '10:05', events: ['strap_closed'] })
    .time('12:00');
  expect(court.episodes()).toEqual(['tamper strap 10:00:00-']);
  expect(court.incidents()[0]).toMatchObject({ signals: 2, status: 'raised', reason: { code: 'strap_open' } });
});

test('[TA2] tampering is closed by a person only, with a note, and once the device says that it is whole', () => {
  const court = new Court().given([tamper]).hears({ at: '10:00', events: ['strap_open'] });
  const id = court.incidents()[0]?.incidentId as string;
  expect(court.step(id, 'acknowledge', '10:01').kind).toBe('applied');
  const refused = { kind: 'refused', reason: 'step_forbidden', heldBy: 'operator-1' };
  expect(court.step(id, 'resolve', '10:02', { note: 'seen' })).toEqual(refused);
  court.hears({ at: '10:05', events: ['strap_closed'] });
  expect(court.step(id, 'resolve', '10:06')).toEqual(refused);
  expect(court.step(id, 'resolve', '10:07', { note: 'patrol saw an intact strap', code: 'checked' }).kind).toBe(
    'applied',
  );
  expect(court.episodes()).toEqual(['tamper strap 10:00:00-10:07:00']);
  court.hears({ at: '10:10', events: ['strap_open'] });
  expect(court.episodes()).toHaveLength(2);
});

test('[BA1] a low battery opens below the limit and ends five points above it', () => {
  const court = new Court().given([battery]);
  court.hears({ at: '10:00', batteryPct: 20 });
  expect(court.episodes()).toEqual([]);
  for (const [when, batteryPct] of [
    ['10:01', 19],
    ['10:02', 20],
    ['10:03', 18],
    ['10:04', 24],
  ] as const)
    court.hears({ at: when, batteryPct });
  expect(court.episodes()).toEqual(['battery charge 10:01:00-']);
  court.hears({ at: '10:05', batteryPct: 25 });
  expect(court.episodes()).toEqual(['battery charge 10:01:00-10:05:00']);
});

test('[BA2] an old report does not say what the battery is now', () => {
  const court = new Court().given([battery]);
  court.hears({ at: '10:00', batteryPct: 80 }).hears({ at: '09:00', batteryPct: 5 }, '10:01');
  expect(court.episodes()).toEqual([]);
});

test('[JA1] jamming opens after its grace and ends when the device says so', () => {
  const court = new Court().given([{ ruleId: 'jam', kind: 'jamming', graceMs: 60_000 }]);
  court.hears({ at: '10:00', events: ['jamming'] }).time('10:00:30');
  expect(court.episodes()).toEqual([]);
  court.time('10:02').hears({ at: '10:05', events: ['jamming_ended'] });
  expect(court.episodes()).toEqual(['jamming jam 10:01:00-10:05:00']);
});

test('[LT1] the same report applies once, however often and by whichever site it comes', () => {
  const court = new Court().given([exclusion()]);
  for (const site of ['noirmont', 'delemont', 'noirmont'] as const)
    court.hears({ at: '10:00', seq: 7, ...WITHIN }, '10:00', site);
  const unnamed = { at: '10:01', ...BEYOND, seq: undefined as unknown as number };
  court.hears(unnamed).hears(unnamed, '10:02', 'delemont');
  expect(court.engine.view(MEASURE)?.devices[0]?.reports).toBe(2);
  expect(court.engine.hasReport(MEASURE, 'wearer', 1, 7)).toBe(true);
  expect(court.engine.hasReport(MEASURE, 'wearer', 1, 8)).toBe(false);
});

test('[LT2] the same number with other content is applied, kept and flagged', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:00', seq: 7, ...BEYOND }).hears({ at: '10:01', seq: 7, ...WITHIN });
  expect(court.episodes()).toEqual(['check general 10:01:00-', 'exclusion stay-away 10:01:00-']);
  expect(court.incidents().find((i) => i.kind === 'check')?.reason.code).toBe('report_conflict');
  expect(court.engine.view(MEASURE)?.devices[0]?.reports).toBe(2);
});

test('[LT3] a fix time more than 60 s ahead of log time is flagged and judged at log time', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:01', ...BEYOND }, '10:00').hears({ at: '12:00', ...WITHIN }, '10:05');
  expect(court.episodes()).toEqual(['check general 10:05:00-', 'exclusion stay-away 10:05:00-']);
});

test('[LT3] a case of a recorded track takes fix times ahead as they are', () => {
  const court = new Court().given([exclusion()], { aheadMs: 86_400_000 });
  court.hears({ at: '12:00', ...WITHIN }, '10:05').hears({ at: '13:00', ...BEYOND }, '10:06');
  expect(court.episodes()).toEqual(['exclusion stay-away 12:00:00-13:00:00']);
});

test('[LT4] a report older than 72 h is kept as stale, opens one check, and judges nothing', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '-4d 10:00', ...WITHIN, seq: 3 }, '10:00').hears({ at: '-4d 10:00', ...WITHIN, seq: 3 }, '10:05');
  court.hears({ at: '-4d 10:05', ...WITHIN, seq: 4 }, '10:06');
  expect(court.episodes()).toEqual(['stale general 10:00:00-']);
  expect(court.incidents()[0]?.signals).toBe(2);
});

test('[SO1] a call for help needs no rule, comes from any device, counts until a person has answered, and then rings anew', () => {
  const court = new Court().given([]);
  court
    .hears({ at: '10:00', deviceId: 'phone', events: ['sos'] })
    .hears({ at: '10:01', deviceId: 'phone', events: ['sos'] });
  court.hears({ at: '10:02', ...WITHIN, events: ['sos'] });
  expect(court.incidents()).toMatchObject([
    { kind: 'sos', ruleId: 'general', openedAtMs: at('10:00'), signals: 2 },
    { kind: 'sos', openedAtMs: at('10:02'), signals: 1 },
  ]);
  const first = court.incidents()[0]?.incidentId as string;
  court.step(first, 'acknowledge', '10:03');
  court.step(first, 'resolve', '10:04', { code: 'contacted' });
  court.hears({ at: '10:05', deviceId: 'phone', events: ['sos'] });
  expect(court.incidents()).toMatchObject([{ status: 'resolved' }, {}, { kind: 'sos', openedAtMs: at('10:05') }]);
});

test('[SO1] an order that is not in force takes no calls', () => {
  const court = new Court().given([], { order: { ...order([]), validFromMs: at('12:00') } });
  court.hears({ at: '10:00', events: ['sos'] });
  expect(court.incidents()).toEqual([]);
  expect(court.hears({ at: '12:00', events: ['sos'] }).incidents()).toHaveLength(1);
});

test('[RV1] a moment is folded by the rules in force then, whenever it is looked at', () => {
  const court = new Court().given([]);
  const calls = (when: string, rulesAt: (t: number) => number): void => {
    const batch = new ReportBatchReader().reset(encodeReportBatch('wearer', [report({ at: when, events: ['sos'] })]));
    const clock: Clock = { ...steadyClock(at(when)), rulesAt };
    court.engine.apply({ kind: 'reports', measure: MEASURE, batch }, court.place(), clock);
  };
  calls('10:00', () => 1);
  expect(court.incidents()).toEqual([]);
  calls('10:05', (t) => (t > at('10:04') * 1000 ? 2 : 1));
  expect(court.incidents()).toMatchObject([{ kind: 'sos', openedAtMs: at('10:05'), reason: { version: 2 } }]);
});

test('[SI7] a path that is not seen is one of four, each with its own kind and sentence: jammed, no position, no connection, silent', () => {
  const rules = [
    silence,
    { ruleId: 'jam', kind: 'jamming' },
    { ruleId: 'moves', kind: 'motion_without_fix', maxMs: 600_000 },
  ] as const;
  const since = ['08:05', '08:10', '08:15', '08:20', '08:25', '08:30', '08:35', '08:40'];
  const played = (play: (court: Court) => void): readonly string[] => {
    const court = new Court()
      .given(rules, wearerOnly)
      .hears({ at: '00:10', ...WITHIN })
      .hears({ at: '08:00', ...WITHIN });
    play(court);
    return court
      .time('08:41')
      .incidents()
      .filter(({ openedAtMs }) => openedAtMs > at('08:00'))
      .map(({ kind, certainty, reason }) => `${kind} ${certainty} ${reason.code}`);
  };
  const jammed = played((court) => {
    for (const when of since) court.hears({ at: when, events: ['jamming'] });
  });
  const noPosition = played((court) => {
    for (const when of since) court.hears({ at: when, events: ['motion'] });
  });
  const noConnection = played((court) => {
    court.time('08:39').uploads(
      since.map((when) => ({ at: when, ...BEYOND })),
      '08:40',
    );
  });
  const silent = played(() => {});
  expect({ jammed, noPosition, noConnection, silent }).toEqual({
    jammed: ['jamming raised jammed'],
    noPosition: ['motion_without_fix raised motion_without_fix'],
    noConnection: ['silence explained silent'],
    silent: ['silence raised silent'],
  });
});
