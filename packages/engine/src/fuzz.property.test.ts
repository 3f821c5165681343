// Whatever the log holds, the fold neither throws nor loses its bytes.
import { type Json, type RecordedRule, ReportBatchReader, SHIPPED_ESCALATION, canonicalJson } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Engine } from './engine.ts';
import { BOUNDS_SINCE, RULES_VERSION } from './limits.ts';
import { sentence } from './reason/index.ts';
import {
  Court,
  MEASURE,
  WITHIN,
  at,
  circle,
  exclusion,
  inclusion,
  order,
  recordedCase,
  square,
  withLadder,
} from './testing/court.ts';
import type { OpenedItem } from './types.ts';

const RUNS = { numRuns: 500 };
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>,
  // What looks like what belongs there, and is at the edges of numbers, names and times.
  fc.constantFrom<unknown>(
    0,
    -0,
    -1,
    0.5,
    2_147_483_648,
    8_640_000_000_000_001,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    1e300,
    '',
    'wearer',
    'phone',
    'stay-away',
    'tamper',
    'free_time',
    'Nowhere/None',
    '__proto__',
    'constructor',
    'x'.repeat(300),
    [],
    {},
    null,
    [[at('08:00'), at('09:00')]],
    [
      [at('08:00'), at('10:00')],
      [at('09:00'), at('11:00')],
    ],
  ),
);

/** A good object with some of its fields, at any depth, replaced by anything. */
function damaged<T>(good: T): fc.Arbitrary<unknown> {
  const paths: (readonly string[])[] = [];
  const walk = (value: unknown, path: readonly string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value === 'object' && value !== null && path.length < 6)
      for (const [key, inner] of Object.entries(value).slice(0, 12)) walk(inner, [...path, key]);
  };
  walk(good, []);
  return fc.array(fc.tuple(fc.constantFrom(...paths), anything), { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = JSON.parse(JSON.stringify(good)) as Record<string, unknown>;
    for (const [path, value] of changes) {
      let at: unknown = copy;
      for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[key];
      if (typeof at === 'object' && at !== null) (at as Record<string, unknown>)[path.at(-1) as string] = value;
    }
    // The log holds JSON: no holes in lists, no -0.
    return JSON.parse(JSON.stringify(copy)) as Json;
  });
}

/** A good object, with each of its numbers left alone, or made a little or much more or less. */
function shifted(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === 'number')
    return fc
      .oneof(
        { weight: 40, arbitrary: fc.constant(value) },
        { weight: 1, arbitrary: fc.constantFrom(value - 1, value + 1, value * 2, value * 1000, value * 1e6, -value) },
      )
      .map((one) => Math.round(one));
  if (Array.isArray(value)) return fc.tuple(...value.map(shifted));
  if (typeof value !== 'object' || value === null) return fc.constant(value);
  return fc.record(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shifted(inner)])));
}

const shown = (engine: Engine): string => canonicalJson((engine.view(MEASURE) ?? null) as unknown as Json);

/** Every kind of rule with every field that it may have. */
const everyRule: readonly RecordedRule[] = [
  exclusion({
    bufferMm: 100,
    graceMs: 1000,
    dwellMs: 2000,
    active: [[at('08:00'), at('12:00')]],
    tzdata: '2026a',
    holidays: '1',
  }),
  inclusion({ beacons: ['b'], bufferMm: 0 }),
  inclusion({ ruleId: 'square', zone: square(300) }),
  { ruleId: 'near', kind: 'proximity', partnerDeviceId: 'phone', warnMm: 900_000, alarmMm: 500_000, maxAgeMs: 600_000 },
  { ruleId: 's', kind: 'silence', maxGapMs: 1000 },
  { ruleId: 'b', kind: 'battery', minPct: 20 },
  { ruleId: 't', kind: 'tamper' },
  { ruleId: 'j', kind: 'jamming', graceMs: 60_000 },
  { ruleId: 'm', kind: 'motion_without_fix', maxMs: 60_000 },
  { ruleId: 'i', kind: 'implausible', maxSpeedMmps: 70_000 },
  {
    ruleId: 'f',
    kind: 'free_time',
    zone: circle(),
    budgetMs: 3_600_000,
    warnLeftMs: 600_000,
    graceMs: 0,
    weeks: [at('-6d 00:00'), at('1d 00:00'), at('8d 00:00')],
    active: [[at('-6d 00:00'), at('1d 00:00')]],
  },
  { ruleId: 'shared', kind: 'exclusion', sharedZoneId: 'school' },
];
const goodCase = recordedCase(everyRule, {
  ...withLadder(everyRule),
  aheadMs: 60_000,
  person: { name: 'A' },
  canton: 'JU',
});
const goodOrder = { ...order(everyRule, 1), escalation: SHIPPED_ESCALATION };
const goodSwitch = { step: 'ask', ruleId: 'curfew', off: true, untilMs: at('20:00'), by: 'a', note: 'n' };
const goodApproval = { step: 'approve', ask: 'entry-2', by: 'b' };
const goodReceipt = {
  incidentId: 'x',
  step: 'early',
  receiver: 'desk',
  channel: 'webhook',
  turn: 1,
  outcome: 'delivered',
  tries: 1,
};
const goodStep = {
  incidentId: 'x',
  step: 'acknowledge',
  by: 'me',
  idempotency: { client: 'c', key: 'k', bodyHash: 'h' },
};
const goodEvent = {
  incidentId: 'x',
  step: 'early',
  type: 'early',
  ruleId: 'stay-away',
  kind: 'exclusion',
  openedAtMs: at('10:00'),
  lane: 'live',
  reason: {
    rule: 'stay-away',
    kind: 'exclusion',
    version: 1,
    code: 'inside_exclusion',
    fixes: [{ deviceId: 'wearer', atMs: 1 }],
    values: {},
  },
};

/** A batch with a good header, and bytes that nobody wrote. */
const batch = fc.uint8Array({ minLength: 48, maxLength: 400 }).map((noise) => {
  const bytes = new Uint8Array(10 + noise.length);
  bytes[0] = 1;
  bytes[1] = 6;
  new DataView(bytes.buffer).setUint16(2, Math.floor(noise.length / 48));
  bytes.set(new TextEncoder().encode('wearer'), 4);
  bytes.set(noise, 10);
  const view = new DataView(bytes.buffer);
  for (let p = 10; p + 48 <= bytes.length; p += 48) {
    if (view.getUint8(p) % 8 !== 0) view.setFloat64(p, at('08:30') + view.getInt16(p + 1) * 1000);
    if (view.getUint8(p + 8) % 4 !== 0) view.setInt32(p + 8, 472_562_000 + view.getInt16(p + 9));
    if (view.getUint8(p + 12) % 4 !== 0) view.setInt32(p + 12, 69_965_000 + view.getInt16(p + 13));
    if (view.getUint8(p + 24) % 2 !== 0) view.setFloat64(p + 24, view.getUint8(p + 25) % 16);
    if (view.getUint8(p + 43) % 4 !== 0) view.setUint8(p + 43, view.getUint8(p + 43) % 2);
  }
  return new ReportBatchReader().reset(bytes);
});

const item: fc.Arbitrary<OpenedItem> = fc.oneof(
  damaged(goodCase).map((recorded) => ({ kind: 'case', measure: MEASURE, recorded }) as unknown as OpenedItem),
  damaged(goodOrder).map((o) => ({ kind: 'order', measure: MEASURE, order: o, by: 'x' }) as unknown as OpenedItem),
  fc
    .constantFrom(goodOrder, order([exclusion()], 1), order([], 1))
    .map((o) => ({ kind: 'order', measure: MEASURE, order: o, by: 'x' }) as unknown as OpenedItem),
  fc
    .oneof(damaged(goodSwitch), damaged(goodApproval), fc.constantFrom(goodSwitch, goodApproval))
    .map((change) => ({ kind: 'case_rule', measure: MEASURE, change }) as unknown as OpenedItem),
  damaged(goodReceipt).map((attempt) => ({ kind: 'attempt', measure: MEASURE, attempt }) as unknown as OpenedItem),
  damaged(goodReceipt).map((receipt) => ({ kind: 'receipt', measure: MEASURE, receipt }) as unknown as OpenedItem),
  fc.constant({ kind: 'stop', measure: MEASURE, by: 'x', reason: 'y' } as OpenedItem),
  damaged(goodStep).map((step) => ({ kind: 'step', measure: MEASURE, step }) as unknown as OpenedItem),
  damaged(goodEvent).map((event) => ({ kind: 'event', measure: MEASURE, event }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'step', measure: MEASURE, step: value }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'event', measure: MEASURE, event: value }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'order', measure: MEASURE, order: value }) as unknown as OpenedItem),
  batch.map((b) => ({ kind: 'reports', measure: MEASURE, batch: b }) as OpenedItem),
);

const version = fc.constantFrom(RULES_VERSION, RULES_VERSION, 5, 4, 3, 2, 1);

test('[LT9] nothing in the log makes the fold throw, and what it then holds can be saved, loaded and shown', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.boolean(), version, (items, withCase, rules) => {
      const court = new Court();
      court.rules = rules;
      if (withCase) court.given([exclusion(), inclusion()]).hears({ at: '08:00', ...WITHIN });
      court.nowMs = at('09:00');
      for (const one of items) court.apply(one, court.nowMs + 60_000);
      court.time('3d 00:00');
      const again = Engine.restore(court.engine.snapshot());
      // As canonical text: JSON knows no -0 and no __proto__ of its own.
      expect(shown(again)).toBe(shown(court.engine));
      expect(again.digest()).toBe(court.engine.digest());
      for (const { reason, openedAtMs, closedAtMs } of court.incidents()) {
        if (rules < BOUNDS_SINCE) continue;
        for (const language of ['fr', 'de', 'it', 'en'] as const)
          expect(sentence(reason, language)).not.toMatch(/undefined|NaN/);
        new Date(closedAtMs ?? openedAtMs).toISOString();
      }
    }),
    RUNS,
  );
}, 120_000);

// Written as one would ask for it, with nothing of the engine's: what an order may hold that is believed.
const whole = z.number().int();
const moment = whole.min(-8_640_000_000_000_000).max(8_640_000_000_000_000);
const upTo = (max: number) => whole.min(0).max(max).optional();
const name = z.string().min(1).max(200);
const spans = z
  .array(z.tuple([moment, moment]))
  .refine((list) => list.every(([from, to], i) => from < to && (i === 0 || from >= (list[i - 1]?.[1] ?? 0))));
const e7 = whole.min(-1_800_000_000).max(1_800_000_000);
const pairs = (least: number) =>
  z
    .array(e7)
    .min(2 * least)
    .refine((list) => list.length % 2 === 0);
const shape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('circle'), centerE7: pairs(1), radiusMm: whole.min(1) }),
  z.object({ type: z.literal('corridor'), lineE7: pairs(2), widthMm: whole.min(1) }),
  z.object({ type: z.literal('polygon'), partsE7: z.array(z.array(pairs(3)).min(1)).min(1) }),
]);
const DAYS_30 = 30 * 86_400_000;
const believable = z
  .object({
    ruleId: name,
    kind: z.enum([
      'exclusion',
      'inclusion',
      'proximity',
      'silence',
      'battery',
      'tamper',
      'jamming',
      'motion_without_fix',
      'implausible',
      'free_time',
    ]),
    zone: shape.optional(),
    bufferMm: upTo(1e8),
    graceMs: upTo(DAYS_30),
    dwellMs: upTo(DAYS_30),
    warnMm: upTo(1e9),
    alarmMm: upTo(1e9),
    maxAgeMs: upTo(DAYS_30),
    maxGapMs: upTo(DAYS_30),
    maxMs: upTo(DAYS_30),
    maxSpeedMmps: upTo(1e9),
    budgetMs: upTo(7 * 86_400_000),
    warnLeftMs: upTo(7 * 86_400_000),
    minPct: z.number().min(0).max(100).optional(),
    partnerDeviceId: z.literal('phone').optional(),
    beacons: z.array(name).optional(),
    active: spans.optional(),
    weeks: z
      .array(moment)
      .refine((list) => list.every((ms, i) => i === 0 || ms > (list[i - 1] ?? 0)))
      .optional(),
    sharedZoneId: z.literal('school').optional(),
    tzdata: name.optional(),
    holidays: name.optional(),
  })
  .refine((r) => r.alarmMm === undefined || r.warnMm === undefined || r.alarmMm <= r.warnMm)
  .refine((r) => r.budgetMs === undefined || r.warnLeftMs === undefined || r.warnLeftMs <= r.budgetMs)
  .refine(
    (r) =>
      !['exclusion', 'inclusion', 'free_time'].includes(r.kind) || r.zone !== undefined || r.sharedZoneId !== undefined,
  )
  .refine(
    (r) => r.kind !== 'proximity' || (r.alarmMm !== undefined && r.warnMm !== undefined && r.maxAgeMs !== undefined),
  )
  .refine((r) => r.kind !== 'silence' || r.maxGapMs !== undefined)
  .refine((r) => r.kind !== 'battery' || r.minPct !== undefined)
  .refine(
    (r) => r.kind !== 'free_time' || (r.budgetMs !== undefined && r.warnLeftMs !== undefined && r.weeks !== undefined),
  );
const believableOrder = z.object({
  validFromMs: moment,
  validToMs: moment,
  rules: z
    .array(believable)
    .max(100)
    .refine((list) => new Set(list.map(({ ruleId }) => ruleId)).size === list.length),
});

test('[OR6] an order that could not have been recorded is never in force: refused, said in an incident, and nothing else changes', () => {
  let refused = 0;
  let applied = 0;
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(damaged(goodOrder), shifted(goodOrder)), (bad) => {
      const court = new Court().zone('school', circle(100), '07:00').given([exclusion()]);
      const before = court.engine.view(MEASURE);
      const item = { kind: 'order', measure: MEASURE, order: bad, by: 'x' } as unknown as OpenedItem;
      const outcome = court.apply(item, at('08:00'));
      const told = court.incidents().filter(({ kind }) => kind === 'invalid_order');
      const isRefused = outcome.kind === 'refused' && outcome.reason === 'malformed';
      seen.add(outcome.kind === 'refused' ? outcome.reason : outcome.kind);
      if (isRefused) refused++;
      if (outcome.kind === 'applied') applied++;
      // Refused and said, and all is as it was; or believed, and nobody would object.
      const after = court.engine.view(MEASURE);
      expect({
        told: told.length,
        unlike: outcome.kind === 'applied' ? believableOrder.safeParse(bad).error?.message : undefined,
        order: isRefused ? [after?.revision, after?.recorded] : [],
      }).toEqual({
        told: isRefused ? 1 : 0,
        unlike: undefined,
        order: isRefused ? [before?.revision, before?.recorded] : [],
      });
    }),
    { numRuns: 3_000 },
  );
  // It is no test if nearly all go one way.
  expect(refused).toBeGreaterThan(300);
  expect(applied).toBeGreaterThan(300);
  for (const what of seen) expect(['applied', 'malformed', 'revision_stale']).toContain(what);
}, 120_000);
