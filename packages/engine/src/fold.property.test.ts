// Laws of the fold over generated days: orders with everything in them, reports in any order, looks at any moment.
import { type CaseRuleSwitch, type RecordedRule, ReportBatchReader, encodeReportBatch } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine, type EngineOptions } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import {
  Court,
  MEASURE,
  MINUTE,
  type Said,
  at,
  circle,
  exclusion,
  inclusion,
  north,
  recordedCase,
  report,
} from './testing/court.ts';
import type { Clock, Place, SwitchOfRule } from './types.ts';

const RUNS = { numRuns: 100 };
/** Room for a busy machine; nothing is measured. */
const TIMEOUT_MS = 120_000;
const START = at('08:00');

const schedule = fc.constantFrom<Partial<RecordedRule>>(
  {},
  { active: [[at('08:20'), at('08:50')]] },
  {
    active: [
      [at('08:05'), at('08:15')],
      [at('08:30'), at('08:31')],
      [at('09:00'), at('10:00')],
    ],
  },
);
const seconds = fc.constantFrom(0, 60_000, 300_000);
const placeRule = fc.record({
  schedule,
  graceMs: seconds,
  dwellMs: seconds,
  bufferMm: fc.constantFrom(0, 300_000),
  isExclusion: fc.boolean(),
});
const rules = fc.array(placeRule, { minLength: 1, maxLength: 3 }).map((list) => [
  ...list.map((r, i): RecordedRule => {
    const more = { ruleId: `place-${i}`, graceMs: r.graceMs, dwellMs: r.dwellMs, bufferMm: r.bufferMm, ...r.schedule };
    return r.isExclusion ? exclusion(more) : inclusion({ ...more, zone: circle(300) });
  }),
  { ruleId: 'silence', kind: 'silence', maxGapMs: 7 * MINUTE } as const,
  {
    ruleId: 'apart',
    kind: 'proximity',
    partnerDeviceId: 'phone',
    warnMm: 700_000,
    alarmMm: 240_000,
    maxAgeMs: 10 * MINUTE,
  } as const,
  { ruleId: 'speed', kind: 'implausible', maxSpeedMmps: 5000 } as const,
  { ruleId: 'motion', kind: 'motion_without_fix', maxMs: 2 * MINUTE } as const,
  { ruleId: 'tamper', kind: 'tamper' } as const,
  { ruleId: 'battery', kind: 'battery', minPct: 20 } as const,
  {
    ruleId: 'free',
    kind: 'free_time',
    zone: circle(300),
    budgetMs: 25 * MINUTE,
    warnLeftMs: 10 * MINUTE,
    // Two weeks that end within the day, so that both what is used up and what begins anew is drawn.
    weeks: [at('00:00'), at('08:50'), at('2d 00:00'), at('9d 00:00')],
    active: [[at('08:00'), at('1d 12:00')]],
  } as const,
]);

const said = fc.record({
  minute: fc.integer({ min: 0, max: 120 }),
  metres: fc.constantFrom(0, 0, 190, 210, 320, 450, -450, 1000, 1000),
  deviceId: fc.constantFrom('wearer', 'wearer', 'phone'),
  accuracyM: fc.constantFrom(0, 0, 0, 30, 500),
  hasFix: fc.constantFrom(true, true, true, false),
  batteryPct: fc.constantFrom(undefined, 10, 50),
  events: fc.constantFrom([], [], [], ['strap_open'], ['strap_closed'], ['jamming']),
});
const day = fc.array(said, { minLength: 1, maxLength: 25 }).map((list) =>
  list.map(
    (s, i): Said => ({
      deviceId: s.deviceId,
      at: START + s.minute * MINUTE,
      seq: i,
      ...(s.hasFix ? north(s.metres) : {}),
      accuracyM: s.accuracyM,
      ...(s.batteryPct === undefined ? {} : { batteryPct: s.batteryPct }),
      events: s.events as NonNullable<Said['events']>,
    }),
  ),
);

const placeEpisodes = (court: Court): string[] =>
  court.episodes().filter((text) => /^(exclusion|inclusion|pre_alert|proximity|crossed|free_time) /.test(text));

/** Sent in this order after the day, some in one upload, at one site or the other. */
function sent(
  order: readonly Said[],
  givenRules: readonly RecordedRule[],
  sizes: readonly number[],
  startMs: number,
): Court {
  const court = new Court().given(givenRules);
  let t = startMs;
  for (let i = 0, k = 0; i < order.length; k++) {
    const size = sizes[k % sizes.length] as number;
    let n = 1;
    while (n < size && order[i + n]?.deviceId === order[i]?.deviceId) n++;
    const upload = order.slice(i, i + n);
    t = Math.max(t + 1000, startMs === 0 ? Math.max(...upload.map((s) => s.at as number)) : 0);
    court.uploads(upload, t, k % 2 === 0 ? 'noirmont' : 'delemont');
    i += n;
  }
  return court.time('2d 00:00');
}

test(
  '[LT5] any order of arrival, in uploads of any size, via either site, ends with the same standing episodes',
  () => {
    fc.assert(
      fc.property(
        rules,
        day,
        fc.infiniteStream(fc.nat()),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        (given, reports, dice, sizes) => {
          const sorted = [...reports].sort((a, b) => (a.at as number) - (b.at as number));
          const inOrder = sent(sorted, given, [1], 0);
          const keyed = reports.map((r) => [dice.next().value, r] as const);
          const shuffled = keyed.sort((a, b) => a[0] - b[0]).map(([, r]) => r);
          const again = sent([...shuffled, ...shuffled.slice(0, 3)], given, sizes, at('1d 00:00'));
          expect(placeEpisodes(again)).toEqual(placeEpisodes(inOrder));
        },
      ),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

/** What is switched before the reports of an act: a kind for everybody, or a rule of the case. */
type Turn =
  | { readonly kind: SwitchOfRule['rule']; readonly off: boolean }
  | { readonly ruleId: string; readonly off: boolean; readonly minutes: number };
const turn: fc.Arbitrary<Turn | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('exclusion', 'silence', 'pre_alert', 'free_time'),
      off: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ruleId: fc.constantFrom('place-0', 'place-1', 'silence', 'free', 'battery', 'motion'),
      off: fc.constantFrom(true, true, false),
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
  },
);

/** The clock at a time of a play, with what has been switched for everybody before it. */
function clockAt(ms: number, list: readonly Act[]): Clock {
  const all: SwitchOfRule[] = [];
  for (const { t, turn: one } of list)
    if (one !== undefined && 'kind' in one && t < ms)
      all.push({ rule: one.kind, off: one.off, t: t * 1000, entryId: `all-${t}`, by: ['a', 'b'], note: 'n' });
  if (all.length === 0) return steadyClock(ms);
  const latest = (rule: unknown, t: number) => all.findLast((one) => one.rule === rule && one.t <= t);
  const next = (rule: unknown, off: boolean, t: number) =>
    all.find((one) => one.rule === rule && one.off === off && one.t >= t);
  return { ...steadyClock(ms), switched: { latest, next } };
}
/** As whoever reads the log does: cases are looked at again once somebody may have switched a rule. */
function looked(engine: Engine, ms: number, list: readonly Act[]): Clock {
  const clock = clockAt(ms, list);
  engine.lookAgain(clock.switched);
  return clock;
}

/** A case of a wearer alone: of one that protects a person, exclusion zones are not switched off. */
const ALONE = { devices: [{ deviceId: 'wearer', role: 'wearer', tokenHash: '00' }] } as const;

interface Act {
  readonly turn: Turn | undefined;
  readonly item: { readonly said: readonly Said[] };
  readonly t: number;
  readonly site: 'noirmont' | 'delemont';
}
const acts = fc
  .array(
    fc.record({
      reports: fc.array(said, { minLength: 1, maxLength: 4 }),
      afterS: fc.integer({ min: 0, max: 900 }),
      site: fc.constantFrom('noirmont', 'delemont'),
      turn,
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => {
    let t = START;
    let seq = 0;
    return list.map((a): Act => {
      t += a.afterS * 1000;
      return {
        t,
        turn: a.turn,
        site: a.site as Act['site'],
        item: {
          said: a.reports.map((s) => ({
            deviceId: a.reports[0]?.deviceId ?? 'wearer',
            at: Math.min(START + s.minute * MINUTE, t),
            seq: seq++,
            ...(s.hasFix ? north(s.metres) : {}),
            accuracyM: s.accuracyM,
            ...(s.batteryPct === undefined ? {} : { batteryPct: s.batteryPct }),
            events: s.events as NonNullable<Said['events']>,
          })),
        },
      };
    });
  });

/** What of an act is not reports: asked by one and approved by another. */
function change(engine: Engine, act: Act, i: number, clock: Clock): void {
  const { turn: one, site } = act;
  if (one === undefined || 'kind' in one) return;
  const { ruleId, off, minutes } = one;
  const ask: CaseRuleSwitch = off
    ? { step: 'ask', ruleId, off, untilMs: act.t + minutes * MINUTE, by: 'a', note: 'n' }
    : { step: 'ask', ruleId, off, by: 'a', note: 'n' };
  for (const [k, said] of [ask, { step: 'approve', ask: `turn-${i}-0`, by: 'b' } as const].entries()) {
    const place: Place = { site, epoch: '1-aaaa', seq: 1 as never, index: k, entryId: `turn-${i}-${k}` };
    engine.apply({ kind: 'case_rule', measure: MEASURE, change: said }, place, clock);
  }
}

function play(
  given: readonly RecordedRule[],
  list: readonly Act[],
  between: (engine: Engine, t: number, next: number) => Engine,
  options: EngineOptions = {},
): Engine {
  const court = new Court(options).given(given, list.length % 2 === 0 ? ALONE : {});
  let engine = court.engine;
  for (const [i, act] of list.entries()) {
    const clock = looked(engine, act.t, list);
    change(engine, act, i, clock);
    const place: Place = { ...court.place(act.site), entryId: `act-${i}` };
    const bytes = encodeReportBatch(act.item.said[0]?.deviceId ?? '', act.item.said.map(report));
    engine.apply({ kind: 'reports', measure: MEASURE, batch: new ReportBatchReader().reset(bytes) }, place, clock);
    engine = between(engine, act.t, list[i + 1]?.t ?? act.t + 3_600_000);
  }
  engine.advance(looked(engine, at('1d 00:00'), list));
  return engine;
}

test(
  '[LT6] looking at timers at every moment or only when something comes gives the same state',
  () => {
    let switched = 0;
    let spent = 0;
    fc.assert(
      fc.property(rules, acts, fc.integer({ min: 1, max: 400 }), (given, list, stepS) => {
        const seldom = play(given, list, (engine) => engine);
        const often = play(given, list, (engine, from, to) => {
          for (let t = from; t < to; t += stepS * 1000) {
            engine.advance(looked(engine, t, list));
            engine.view(MEASURE);
            if (t % 7 === 0) engine.digest();
          }
          return engine;
        });
        expect(often.view(MEASURE)).toEqual(seldom.view(MEASURE));
        expect(often.digest()).toBe(seldom.digest());
        switched += seldom.view(MEASURE)?.incidents.filter((one) => one.switched !== undefined).length ?? 0;
        spent += seldom.view(MEASURE)?.incidents.filter(({ kind }) => kind === 'free_time').length ?? 0;
      }),
      RUNS,
    );
    // A law over switches and hours that never come about says nothing.
    expect(switched).toBeGreaterThan(10);
    expect(spent).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

test(
  '[LT7] saving, loading and folding the rest is the same as folding everything',
  () => {
    fc.assert(
      fc.property(rules, acts, fc.infiniteStream(fc.nat({ max: 5 })), (given, list, dice) => {
        const straight = play(given, list, (engine) => engine);
        const interrupted = play(given, list, (engine) => {
          switch (dice.next().value) {
            case 0:
              return Engine.restore(engine.snapshot());
            case 1: {
              engine.loadCase(MEASURE, engine.saveCase(MEASURE) as Uint8Array);
              return engine;
            }
            case 2: {
              const other = new Engine();
              other.loadCase(MEASURE, engine.saveCase(MEASURE) as Uint8Array);
              return other;
            }
            case 3: {
              engine.loadCase(MEASURE, engine.packCase(MEASURE) as Uint8Array);
              return engine;
            }
            case 4: {
              const other = new Engine();
              other.layCase(MEASURE, engine.packCase(MEASURE) as Uint8Array);
              return other;
            }
            default:
              return engine;
          }
        });
        expect(interrupted.view(MEASURE)).toEqual(straight.view(MEASURE));
        expect(interrupted.digest()).toBe(straight.digest());
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  '[LT7] a case that sleeps whenever nothing comes to it is the same case at every moment as one that is awake',
  () => {
    const OTHERS = ['a', 'b'];
    let slept = 0;
    fc.assert(
      fc.property(rules, acts, fc.array(fc.nat({ max: 9 }), { minLength: 12, maxLength: 12 }), (given, list, dice) => {
        const seen: [string | undefined, Uint8Array | undefined, string, number][][] = [[], []];
        for (const [i, awakeMax] of [1, 100].entries()) {
          const steps = dice.values();
          const other = (engine: Engine, t: number): void => {
            for (const measure of OTHERS) {
              const said = encodeReportBatch('phone', [
                report({ deviceId: 'phone', at: t, seq: t - START, ...north(0) }),
              ]);
              const batch = new ReportBatchReader().reset(said);
              const place: Place = {
                site: 'noirmont',
                epoch: '1-bbbb',
                seq: 1 as never,
                index: 0,
                entryId: `other-${t}`,
              };
              if (!engine.has(measure))
                engine.apply({ kind: 'case', measure, recorded: recordedCase(given) }, place, steadyClock(t));
              engine.apply({ kind: 'reports', measure, batch }, place, steadyClock(t));
              engine.takeMoved();
            }
          };
          play(
            given,
            list,
            (engine, t, next) => {
              engine.takeMoved();
              const what = steps.next().value as number;
              if (what < 6) other(engine, t);
              if (engine.awakeCount < engine.size) slept++;
              if (what === 0) engine.dropCase('a');
              if (what % 3 === 1) engine.advance(looked(engine, (t + next) / 2, list));
              seen[i]?.push([
                what % 2 === 0 ? engine.caseDigest(MEASURE) : undefined,
                what === 3 ? engine.saveCase(MEASURE) : undefined,
                what === 5 ? engine.digest() : '',
                engine.size,
              ]);
              return engine;
            },
            { awakeMax },
          );
        }
        expect(seen[0]).toEqual(seen[1]);
      }),
      RUNS,
    );
    expect(slept).toBeGreaterThan(RUNS.numRuns);
  },
  TIMEOUT_MS,
);

test(
  '[LT8] a case folded again from its base ends as the same case',
  () => {
    fc.assert(
      fc.property(rules, acts, fc.nat({ max: 10 }), (given, list, cut) => {
        const straight = play(given, list, (engine) => engine);
        let base: Uint8Array | undefined;
        const k = cut % list.length;
        let i = 0;
        const engine = play(given, list, (e) => {
          if (i++ === k) base = e.saveCase(MEASURE);
          return e;
        });
        engine.loadCase(MEASURE, base as Uint8Array);
        for (const [j, act] of list.entries()) {
          if (j <= k) continue;
          const bytes = encodeReportBatch(act.item.said[0]?.deviceId ?? '', act.item.said.map(report));
          const place: Place = { site: act.site, epoch: '1-aaaa', seq: 1 as never, index: 0, entryId: `act-${j}` };
          const clock = looked(engine, act.t, list);
          change(engine, act, j, clock);
          engine.apply(
            { kind: 'reports', measure: MEASURE, batch: new ReportBatchReader().reset(bytes) },
            place,
            clock,
          );
        }
        engine.advanceCase(MEASURE, looked(engine, at('1d 00:00'), list));
        expect(engine.digest()).toBe(straight.digest());
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  '[LT10] what leaves the late window is closed as it was: ten days of reports, each up to 71 hours late',
  () => {
    const days = fc.array(fc.tuple(said, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 71 * 60 })), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rules, days, (given, list) => {
        const sentAt = list.map(([s, dayNumber, delayMin], i) => {
          const when = START + dayNumber * 86_400_000 + s.minute * MINUTE;
          const one: Said = {
            deviceId: s.deviceId,
            at: when,
            seq: i,
            ...(s.hasFix ? north(s.metres) : {}),
            accuracyM: s.accuracyM,
          };
          return { one, when, received: when + delayMin * MINUTE };
        });
        const long = given.map((rule) =>
          rule.active === undefined
            ? rule
            : {
                ...rule,
                active: Array.from({ length: 12 }, (_, k) =>
                  (rule.active ?? []).map(([a, b]) => [a + k * 86_400_000, b + k * 86_400_000] as const),
                ).flat(),
              },
        );
        const inOrder = new Court().given(long);
        for (const s of [...sentAt].sort((a, b) => a.when - b.when)) inOrder.uploads([s.one], s.when);
        const late = new Court().given(long);
        for (const s of [...sentAt].sort((a, b) => a.received - b.received)) late.uploads([s.one], s.received);
        expect(placeEpisodes(late.time('20d 00:00'))).toEqual(placeEpisodes(inOrder.time('20d 00:00')));
      }),
      { numRuns: 200 },
    );
  },
  TIMEOUT_MS,
);
