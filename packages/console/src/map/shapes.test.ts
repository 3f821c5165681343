import { expect, test } from 'vitest';
import { marksOf, OLD_AFTER_MS } from './marks.ts';
import { boundsOf, circleRing, zoneGeometry } from './shapes.ts';

test('a circle is closed and as wide as its radius says', () => {
  const ring = circleRing(7.34, 47.36, 500);
  expect(ring[0]).toEqual(ring.at(-1));
  const lats = ring.map(([, lat]) => lat);
  expect((Math.max(...lats) - Math.min(...lats)) * 111_320).toBeCloseTo(1_000, 0);
});

test('a corridor has a stretch between its points and a disc at each, and a doubled point adds nothing', () => {
  const corridor = zoneGeometry({
    type: 'corridor',
    line: [
      [7, 47],
      [7.01, 47],
      [7.01, 47],
    ],
    widthM: 100,
  });
  expect(corridor.type === 'MultiPolygon' && corridor.coordinates).toHaveLength(4);
});

test('bounds cover every coordinate; of nothing there are none', () => {
  expect(
    boundsOf([{ type: 'Point', coordinates: [7, 47] }, zoneGeometry({ type: 'circle', center: [8, 46], radiusM: 1 })]),
  ).toEqual([7, expect.closeTo(46, 3), expect.closeTo(8, 3), 47]);
  expect(boundsOf([])).toBeNull();
});

test('a position carries its accuracy and age; one older than the limit is greyed, and an alarm stays an alarm', () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  const position = (caseId: string, ageMs: number) => ({
    deviceId: caseId,
    caseId,
    role: 'wearer' as const,
    at: new Date(nowMs - ageMs).toISOString(),
    receivedAt: new Date(nowMs - ageMs).toISOString(),
    lat: 47,
    lon: 7,
    accuracyM: 25,
    site: 'noirmont' as const,
  });
  const positions = [
    position('a', 1_000),
    position('b', OLD_AFTER_MS + 1),
    position('c', 1_000),
    position('d', OLD_AFTER_MS + 1),
  ];
  const { features } = marksOf(positions, new Set(['c', 'd']), nowMs, () => 'soon');
  expect(features.map(({ properties }) => properties.icon)).toEqual([
    'wearer-now',
    'wearer-old',
    'wearer-alarm',
    'wearer-alarm-old',
  ]);
  expect(features[0]?.properties.label).toBe('a\nsoon · ± 25 m');
});
