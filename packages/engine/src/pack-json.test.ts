import { type Json, canonicalJson, utf8Decode } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packJson } from './pack-json.ts';
import { unpackJson, unpackJsonWithout } from './unpack-json.ts';
import { unpackText } from './unpack-text.ts';

const degrees = fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }).map((e7) => e7 / 1e7);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }).map((n) => n * 60_000),
  fc.integer({ min: -12, max: 12 }).map((n) => n / 1e7),
  fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }).map((n) => n * 1000),
  degrees,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('rules', 'zone', 'Polygon', '__proto__', 'b'),
  fc.string({ unit: fc.constantFrom('0', '1', '7', '9', 'a', 'c', 'f'), minLength: 6, maxLength: 20 }),
);
/** A ring as somebody wrote it, closed, and as it is recorded. */
const ring = fc.array(fc.tuple(degrees, degrees), { minLength: 3, maxLength: 12 }).map((points) => ({
  coordinates: [[...points, points[0]]],
  partsE7: [[points.flat().map((value) => Math.round(value * 1e7))]],
}));
/** Spells of a schedule: some days of a week, again and again, an hour earlier or later from some week on, one left out. */
const schedule = fc
  .record({
    from: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map((n) => n * 1000),
    spells: fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 4 }),
    weeks: fc.integer({ min: 1, max: 12 }),
    summerFrom: fc.nat({ max: 12 }),
    without: fc.nat({ max: 48 }),
  })
  .map(({ from, spells, weeks, summerFrom, without: left }) =>
    Array.from({ length: weeks * spells.length }, (_, i) => {
      const week = Math.floor(i / spells.length);
      const [day, hours] = spells[i % spells.length] as [number, number];
      const start = from + week * 604_800_000 + day * 86_400_000 - (week >= summerFrom ? 3_600_000 : 0);
      return [start, start + hours * 3_600_000];
    }).filter((_, i) => i !== left),
  );
/** A circle of so many corners, or what is left of one. */
const turning = fc
  .record({
    corners: fc.integer({ min: 3, max: 70 }),
    size: fc.integer({ min: 1, max: 2 ** 40 }),
    rough: fc.nat({ max: 9 }),
  })
  .map(({ corners, size, rough }) =>
    Array.from({ length: corners }, (_, i) => {
      const r = size * (1 + ((i * 7_919) % 10) * rough * 0.01);
      const angle = (2 * Math.PI * i) / corners;
      return [Math.round(r * Math.cos(angle)), Math.round(r * Math.sin(angle))];
    }).flat(),
  );
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom(null, true, false),
    ring as fc.Arbitrary<Json>,
    schedule as fc.Arbitrary<Json>,
    turning as fc.Arbitrary<Json>,
    fc.array(number, { maxLength: 20 }),
    fc.array(fc.tuple(number, number), { maxLength: 20 }),
    fc.array(fc.tuple(degrees, degrees), { maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6 }),
  ),
})).value;

test('what was packed unpacks to the same canonical text', () => {
  fc.assert(
    fc.property(value, (given) => {
      const packed = packJson(given);
      expect(canonicalJson(unpackJson(packed))).toBe(canonicalJson(given));
      expect(utf8Decode(unpackText(packed))).toBe(canonicalJson(given));
    }),
    { numRuns: 3_000 },
  );
});

test('what is left out is passed over, whatever it holds, and lists that were first written there are still found', () => {
  fc.assert(
    fc.property(value, value, (given, left) => {
      const packed = packJson({ a: [{ b: left, c: given }], b: given, z: left });
      expect(canonicalJson(unpackJsonWithout(packed, { a: new Set(['b']) }))).toBe(
        canonicalJson({ a: without([{ c: given }]), b: given, z: left }),
      );
    }),
    { numRuns: 1_000 },
  );
});
function without(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(without);
  if (json === null || typeof json !== 'object') return json;
  const entries = Object.entries(json).filter(([key]) => key !== 'b');
  return Object.fromEntries(entries.map(([key, one]) => [key, without(one as Json)]));
}

test('equal lists are written once, and a recorded ring as the written one without its end', () => {
  const points = Array.from({ length: 40 }, (_, i): [number, number] => [7 + i / 1e4, 47 + ((i * i) % 97) / 1e5]);
  const written = [...points, points[0]] as Json;
  const recorded = points.flat().map((degree) => Math.round(degree * 1e7));
  const alone = packJson([written]).length;
  expect(packJson([written, written]).length).toBeLessThan(alone + 5);
  expect(packJson([written, recorded]).length).toBeLessThan(alone + 5);
  expect(alone).toBeLessThan(canonicalJson(written).length / 4);
});

test('lists that differ by 2^32 alone are two lists', () => {
  const list = [1, 2, 3, 4, 5, 6];
  const given = [list, list.map((n) => n + 2 ** 32)];
  expect(unpackJson(packJson(given))).toEqual(given);
});

test('text keeps what JSON escapes, and numbers as JSON writes them', () => {
  const given = {
    'a"b': 'line\nend\u0001',
    'c\\d': ['\\', '\u001f', '\u007f', '"'],
    n: [1e-7, -9e-7, 1e-6, 0.5, -46.1234567],
    t: [1e9, 999_999_999, -1e12, 2 ** 51],
  };
  expect(utf8Decode(unpackText(packJson(given)))).toBe(canonicalJson(given));
});

test('a schedule of half a year takes the bytes of its first week, and a ring fewer than its differences', () => {
  const week = 604_800_000;
  const spells = Array.from({ length: 52 }, (_, i) => {
    const from = 1_790_000_000_000 + Math.floor(i / 2) * week + (i % 2) * 259_200_000 - (i > 30 ? 3_600_000 : 0);
    return [from, from + 172_800_000];
  });
  expect(packJson(spells).length).toBeLessThan(50);
  const ring = Array.from({ length: 32 }, (_, i) => [
    Math.round(80_000_000 + 60_000 * Math.cos((i * Math.PI) / 16)),
    Math.round(470_000_000 + 40_000 * Math.sin((i * Math.PI) / 16)),
  ]);
  expect(packJson(ring).length).toBeLessThan(32 * 2 * 1.9);
});
