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
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom(null, true, false),
    ring as fc.Arbitrary<Json>,
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
