// Whatever the log holds, the fold neither throws nor loses its bytes.
import { type Json, ReportBatchReader, canonicalJson } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import { Court, MEASURE, WITHIN, at, exclusion, inclusion, order, recordedCase } from './testing/court.ts';
import type { OpenedItem } from './types.ts';

const RUNS = { numRuns: 500 };
const anything = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>;

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
    return copy as Json;
  });
}

const shown = (engine: Engine): string => canonicalJson((engine.view(MEASURE) ?? null) as unknown as Json);

const goodCase = recordedCase([
  exclusion({ bufferMm: 100 }),
  inclusion({ beacons: ['b'] }),
  { ruleId: 's', kind: 'silence', maxGapMs: 1000 },
]);
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
  damaged(order([exclusion()], 1)).map(
    (o) => ({ kind: 'order', measure: MEASURE, order: o, by: 'x' }) as unknown as OpenedItem,
  ),
  damaged(goodStep).map((step) => ({ kind: 'step', measure: MEASURE, step }) as unknown as OpenedItem),
  damaged(goodEvent).map((event) => ({ kind: 'event', measure: MEASURE, event }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'step', measure: MEASURE, step: value }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'event', measure: MEASURE, event: value }) as unknown as OpenedItem),
  anything.map((value) => ({ kind: 'order', measure: MEASURE, order: value }) as unknown as OpenedItem),
  batch.map((b) => ({ kind: 'reports', measure: MEASURE, batch: b }) as OpenedItem),
);

test('[LT9] nothing in the log makes the fold throw, and what it then holds can be saved, loaded and shown', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.boolean(), (items, withCase) => {
      const court = withCase
        ? new Court().given([exclusion(), inclusion()]).hears({ at: '08:00', ...WITHIN })
        : new Court();
      let t = at('09:00');
      for (const one of items) court.engine.apply(one, court.place(), steadyClock((t += 60_000)));
      court.engine.advance(steadyClock(at('3d 00:00')));
      const again = Engine.restore(court.engine.snapshot());
      // As canonical text: JSON knows no -0 and no __proto__ of its own.
      expect(shown(again)).toBe(shown(court.engine));
      expect(again.digest()).toBe(court.engine.digest());
    }),
    RUNS,
  );
}, 120_000);
