// The laws of the fold, over random histories: whatever came first and however often it was looked at, live is the fold of what was
// received and settled the fold of what is settled, each in merged order; and nothing is evaluated twice that need not be.
import fc from 'fast-check';
import { Engine, RULES_VERSION } from '@vigie/engine';
import { type RecordedRule, SITES, type Seen, type SiteId, seqOf } from '@vigie/model';
import { expect, test } from 'vitest';
import { digestOf } from './digest-tree.ts';
import { INSIDE, OUTSIDE, ZONE, caseDraft, caseRuleDraft, reportsDraft } from './testing/court.ts';
import { PlainFold, ScriptedOrigins } from './testing/scripted-origins.ts';
import { OneFold } from './testing/one-fold.ts';
import { decodeSnapshot } from './snapshot.ts';
import { SnapshotTaking } from './take-snapshot.ts';
import { TestKeys } from './testing/two-sites.ts';

const CASES = 3;
const START_US = 1_800_000_000_000_000;
const START_MS = START_US / 1000;
const keys = new TestKeys();

/** Timers of every sort, short enough to fire in a history of half a minute: grace, silence, edges of a curfew. */
const RULES: readonly RecordedRule[] = [
  { ruleId: 'stay-away', kind: 'exclusion', zone: ZONE, graceMs: 1_500 },
  {
    ruleId: 'curfew',
    kind: 'inclusion',
    zone: ZONE,
    graceMs: 700,
    active: Array.from({ length: 10 }, (_, i) => [START_MS + i * 8_000, START_MS + i * 8_000 + 3_000] as const),
  },
  { ruleId: 'silent', kind: 'silence', maxGapMs: 3_000 },
  { ruleId: 'charge', kind: 'battery', minPct: 20 },
  { ruleId: 'strap', kind: 'tamper' },
  {
    ruleId: 'free',
    kind: 'free_time',
    zone: ZONE,
    budgetMs: 4_000,
    warnLeftMs: 2_000,
    weeks: Array.from({ length: 8 }, (_, i) => START_MS + (i - 1) * 15_000),
  },
];
/** Switched off and on, for everybody or in one case. */
const SWITCHED = ['exclusion', 'silence', 'battery', 'free_time'] as const;
const SWITCHED_IN_CASE = ['stay-away', 'silent', 'charge', 'free', 'strap'] as const;

interface Happening {
  readonly site: SiteId;
  readonly stepUs: number;
  readonly what:
    | 'heartbeat'
    | 'inside'
    | 'outside'
    | 'late'
    | 'low'
    | 'strap'
    | 'again'
    | 'restart'
    | 'ask'
    | 'approve'
    | 'ask in case'
    | 'approve in case';
  readonly n: number;
  readonly lag: number;
}
const happening: fc.Arbitrary<Happening> = fc.record({
  site: fc.constantFrom(...SITES),
  stepUs: fc.constantFrom(0, 0, 100_000, 300_000, 700_000, 900_000, 2_500_000),
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constant('heartbeat' as const) },
    { weight: 6, arbitrary: fc.constantFrom('inside', 'outside', 'late', 'low', 'strap', 'again' as const) },
    { weight: 5, arbitrary: fc.constantFrom('ask', 'approve', 'ask in case', 'approve in case') },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  ),
  n: fc.integer({ min: 1, max: CASES }),
  lag: fc.integer({ min: 0, max: 4 }),
});

/** What both sites wrote, in the order of its times. */
function write(happenings: readonly Happening[]): ScriptedOrigins {
  const origins = new ScriptedOrigins();
  let t = START_US;
  let seq = 0;
  let epochs = 1;
  const written = new Map<number, number>();
  let asked = 0;
  const askedOf = new Map<number, string>();
  // Free time and switches need the newest rules.
  origins.write('noirmont', t, { kind: 'engine_version', items: [], data: { version: RULES_VERSION } }, null);
  for (let n = 1; n <= CASES; n++)
    origins.write(n === 1 ? 'noirmont' : 'delemont', t + n, caseDraft(keys, n, RULES), null);
  t += 10;
  for (const { site, stepUs, what, n, lag } of happenings) {
    t += stepUs;
    const atMs = Math.floor(t / 1000);
    const end = origins.end(site === 'noirmont' ? 'delemont' : 'noirmont');
    const seen: Seen = end === null || end.seq <= lag ? null : { epoch: end.epoch, seq: seqOf(end.seq - lag) };
    const say = (said: Parameters<typeof reportsDraft>[1][number][1]) =>
      origins.write(site, t, reportsDraft(keys, [[n, said]]), seen);
    switch (what) {
      case 'heartbeat':
        origins.write(site, t, { kind: 'heartbeat', items: [] }, seen);
        break;
      case 'inside':
      case 'outside':
        written.set(n, ++seq);
        say([{ atMs, seq, ...(what === 'inside' ? INSIDE : OUTSIDE) }]);
        break;
      case 'late':
        say([{ atMs: atMs - 7_000, seq: ++seq, ...INSIDE }]);
        break;
      case 'low':
        say([{ atMs, seq: ++seq, batteryPct: 5 }]);
        break;
      case 'strap':
        say([{ atMs, seq: ++seq, events: ['strap_open'] }]);
        break;
      case 'again':
        say([{ atMs, seq: written.get(n) ?? ++seq, ...OUTSIDE }]);
        break;
      case 'restart':
        t += 1_000;
        origins.restart(
          site,
          `${++epochs}-r`,
          t,
          site === 'noirmont' ? origins.end('noirmont') : origins.end('delemont'),
        );
        break;
      case 'ask':
      case 'approve': {
        const isAsk = what === 'ask';
        const rule = SWITCHED[(n + lag) % SWITCHED.length] as (typeof SWITCHED)[number];
        const data = isAsk
          ? { step: 'ask', rule, off: lag % 2 === 0, by: 'a', note: 'n' }
          : { step: 'approve', ask: askedOf.get(0) ?? '', by: 'b' };
        const entryId = `switch-${++asked}`;
        if (isAsk) askedOf.set(0, entryId);
        origins.write(site, t, { kind: 'rule_switched', items: [], data, entryId }, seen);
        break;
      }
      case 'ask in case':
      case 'approve in case': {
        const isAsk = what === 'ask in case';
        const ruleId = SWITCHED_IN_CASE[lag] as string;
        const said = { step: 'ask', ruleId, by: 'a', note: 'n' } as const;
        const entryId = `switch-${++asked}`;
        const change = !isAsk
          ? ({ step: 'approve', ask: askedOf.get(n) ?? '-', by: 'b' } as const)
          : stepUs % 200_000 === 100_000
            ? ({ ...said, off: false } as const)
            : ({ ...said, off: true, untilMs: atMs + 1_000 * (n + lag) } as const);
        if (isAsk) askedOf.set(n, entryId);
        origins.write(site, t, caseRuleDraft(keys, n, change, entryId), seen);
        break;
      }
      default:
        what satisfies never;
    }
  }
  for (let i = 0; i < 6; i++)
    for (const site of SITES) {
      t += 400_000;
      origins.write(
        site,
        t,
        { kind: 'heartbeat', items: [] },
        origins.end(site === 'noirmont' ? 'delemont' : 'noirmont'),
      );
    }
  return origins;
}

/** Gives both origins, each in its order, alternating as `picks` says; `turns` says how many messages come between two turns. */
function deliver(
  one: OneFold,
  origins: ScriptedOrigins,
  picks: readonly boolean[],
  turns: readonly number[],
  check: () => void,
  defer: readonly boolean[] = [],
): void {
  const at = { noirmont: 0, delemont: 0 };
  let sinceTurn = 0;
  for (let i = 0; ; i++) {
    const wanted: SiteId = picks.length > 0 && picks[i % picks.length] === true ? 'noirmont' : 'delemont';
    const other: SiteId = wanted === 'noirmont' ? 'delemont' : 'noirmont';
    const site = at[wanted] < origins.messages[wanted].length ? wanted : other;
    const message = origins.messages[site][at[site]++];
    if (message === undefined) break;
    one.take(message);
    if (++sinceTurn <= (turns[i % turns.length] ?? 0)) continue;
    sinceTurn = 0;
    // A turn that defers leaves cases as they are: what is settled is right all the same.
    const defers = defer[i % defer.length] === true;
    one.fold.turn(undefined, defers);
    if (!defers) check();
  }
  while (!one.fold.turn(1));
  check();
}

const histories = fc.array(happening, { minLength: 5, maxLength: 60 });
const picks = fc.array(fc.boolean(), { minLength: 5, maxLength: 60 });
/** One origin whole before the other: what a heal brings. */
const apart = fc.oneof(fc.constantFrom([true], [false]), picks);
const defers = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
const turns = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 10 });

/** A law over histories in which nothing happens says nothing. */
let raised = 0;
let reported = 0;
let switchedOff = 0;
function count(engine: Engine): void {
  for (const measure of engine.measures()) {
    const view = engine.view(measure);
    raised += view?.incidents.length ?? 0;
    reported += view?.devices[0]?.reports ?? 0;
    switchedOff += view?.incidents.filter(({ switched }) => switched !== undefined).length ?? 0;
  }
}
/** True if enough happened since it was last asked. */
function muchHappened(): boolean {
  const much = raised > 50 && reported > 100 && switchedOff > 0;
  raised = 0;
  reported = 0;
  switchedOff = 0;
  return much;
}

test('[L9] live is the fold of everything received, in merged order, at every vector', () => {
  fc.assert(
    fc.property(
      histories,
      picks,
      turns,
      defers,
      fc.constantFrom(...SITES),
      (happenings, picked, turned, defer, self) => {
        const one = new OneFold(self);
        const check = (): void => {
          const plain = new PlainFold(keys).run(one.placed());
          expect(digestOf(one.engine)).toBe(plain.digest());
        };
        deliver(one, write(happenings), picked, turned, check, defer);
        count(one.engine);
      },
    ),
    { numRuns: 100 },
  );
  expect(muchHappened()).toBe(true);
}, 60_000);

test('[L8] settled state is the same at both sites, at every second and at the end, whatever came first', () => {
  fc.assert(
    fc.property(histories, picks, picks, turns, turns, defers, (happenings, a, b, turnsA, turnsB, defer) => {
      const origins = write(happenings);
      const noirmont = new OneFold('noirmont');
      const delemont = new OneFold('delemont');
      deliver(noirmont, origins, a, turnsA, () => {}, defer);
      deliver(delemont, origins, b, turnsB, () => {});
      const place = [noirmont, delemont].map((one) => one.fold.settled.place).sort((x, y) => x.t - y.t)[0];
      expect(place?.t ?? 0).toBeGreaterThan(START_US);
      for (const [second, value] of noirmont.digests) {
        const plain = new PlainFold(keys).run(noirmont.settled.filter((entry) => entry.t < second * 1e6));
        expect(value).toBe(plain.digestAt({ t: second * 1e6 - 1, site: 'delemont' }));
      }
      count(noirmont.engine);
      const both = [...noirmont.digests.keys()].filter((second) => delemont.digests.has(second));
      expect(both.map((second) => delemont.digests.get(second))).toEqual(both.map((s) => noirmont.digests.get(s)));
      for (const one of [noirmont, delemont]) {
        const plain = new PlainFold(keys).run(one.settled);
        expect(one.fold.settled.digestAt(one.fold.settled.place)).toBe(plain.digest());
      }
    }),
    { numRuns: 100 },
  );
  expect(muchHappened()).toBe(true);
}, 60_000);

test('[L8] [L9] what waits to settle may lie on the disk alone: settled, digests and, once it has caught up, live are what they are without a bound', () => {
  let reloads = 0;
  let ended = 0;
  fc.assert(
    fc.property(
      histories,
      apart,
      turns,
      defers,
      fc.integer({ min: 3_000, max: 30_000 }),
      fc.constantFrom(...SITES),
      (happenings, picked, turned, defer, heldBytesMax, self) => {
        const origins = write(happenings);
        const one = new OneFold(self, heldBytesMax);
        const unbounded = new OneFold(self);
        deliver(unbounded, origins, picked, turned, () => {});
        let held = 0;
        deliver(one, origins, picked, turned, () => (held = Math.max(held, one.merge.heldBytes)), defer);
        do while (!one.fold.turn(1));
        while (one.readAgain(origins));
        const names = (of: OneFold) => of.settled.map(({ t, site, epoch, seq }) => [t, site, epoch, seq]);
        expect(names(one)).toEqual(names(unbounded));
        for (const [second, value] of one.digests) {
          const plain = new PlainFold(keys).run(one.settled.filter((entry) => entry.t < second * 1e6));
          expect(value).toBe(plain.digestAt({ t: second * 1e6 - 1, site: 'delemont' }));
        }
        reloads += one.reloads;
        count(one.engine);
        if (one.fold.isSpilled) return;
        expect(one.fold.settled.waitingCount).toBe(0);
        expect(one.fold.settled.digestAt(one.fold.settled.place)).toBe(new PlainFold(keys).run(one.settled).digest());
        expect(digestOf(one.engine)).toBe(digestOf(unbounded.engine));
        ended += one.spills;
      },
    ),
    { numRuns: Number(process.env['SPILL_RUNS'] ?? 100) },
  );
  expect(reloads).toBeGreaterThan(100);
  expect(ended).toBeGreaterThan(10);
  expect(muchHappened()).toBe(true);
}, 120_000);

test('[L8] [L9] what is settled while the past is read is what live would have promoted, and live goes on from it at any moment', () => {
  let folded = 0;
  let placed = 0;
  fc.assert(
    fc.property(
      histories,
      apart,
      turns,
      fc.nat(120),
      fc.constantFrom(...SITES),
      (happenings, picked, turned, over, self) => {
        const origins = write(happenings);
        const one = new OneFold(self);
        one.fold.beginPast(1);
        let turn = 0;
        deliver(one, origins, picked, turned, () => {
          if (turn === over) one.fold.endPast();
          if (turn++ <= over) return;
          while (!one.fold.turn());
          expect(digestOf(one.engine)).toBe(new PlainFold(keys).run(one.placed()).digest());
        });
        one.fold.endPast();
        while (!one.fold.turn(1));
        count(one.engine);
        expect(one.fold.hasWork).toBe(false);
        expect(one.settled.length).toBe(one.told);
        expect(digestOf(one.engine)).toBe(new PlainFold(keys).run(one.placed()).digest());
        for (const [second, value] of one.digests) {
          const plain = new PlainFold(keys).run(one.settled.filter((entry) => entry.t < second * 1e6));
          expect(value).toBe(plain.digestAt({ t: second * 1e6 - 1, site: 'delemont' }));
        }
        expect(one.fold.settled.digestAt(one.fold.settled.place)).toBe(new PlainFold(keys).run(one.settled).digest());
        folded += one.fold.context.evaluator.count;
        placed += one.placed().reduce((sum, { entry }) => sum + entry.items.length, 0);
      },
    ),
    { numRuns: 100 },
  );
  expect(muchHappened()).toBe(true);
  // Only where the past ended early was anything folded again.
  expect(folded).toBeLessThan(placed * 2);
}, 60_000);

test('[L8] a snapshot taken in slices, while folding goes on, is settled state at one place', async () => {
  let copied = 0;
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      histories,
      apart,
      turns,
      fc.integer({ min: 2, max: 30 }),
      async (happenings, picked, turned, at) => {
        const one = new OneFold('noirmont');
        let turn = 0;
        let slice = (): void => {};
        let taking: SnapshotTaking | undefined;
        let expected = '';
        deliver(one, write(happenings), picked, turned, () => {
          if (turn++ < at || taking !== undefined) return;
          taking = SnapshotTaking.begin({
            fold: one.fold,
            merge: one.merge,
            received: {},
            rowOf: () => undefined,
            nextSlice: () => new Promise((resolve) => (slice = resolve)),
          });
          if (taking === undefined) return;
          expected = new PlainFold(keys).run(one.settled).digestAt(one.fold.settled.place);
        });
        if (taking === undefined) return;
        // The history went on to its end before the first slice.
        const parts = (async () => {
          const read: Uint8Array[] = [];
          for await (const part of taking.parts()) read.push(part);
          return read;
        })();
        let done = false;
        void parts.then(() => (done = true));
        while (!done) {
          await Promise.resolve();
          slice();
        }
        const decoded = await decodeSnapshot(await parts);
        if (!decoded.ok) throw new Error(decoded.error.detail);
        const loaded = new Engine();
        for (const { measure, bytes } of decoded.value.cases) loaded.loadCase(measure, bytes);
        expect(decoded.value.header.digest).toBe(expected);
        expect(digestOf(loaded)).toBe(expected);
        taken++;
        if (digestOf(one.engine) !== expected) copied++;
        taking.end();
      },
    ),
    { numRuns: 200 },
  );
  expect(taken).toBeGreaterThan(30);
  expect(copied).toBeGreaterThan(20);
}, 60_000);
