import type { TrackView } from '@vigie/api/contract';
import { expect, test } from 'vitest';
import { CLOSE_GAP_S_MAX, WIDE_GAP_S_MIN, gapOf, segmentsOf } from './gap.ts';

const track = (...fixes: readonly (readonly [device: string, seconds: number])[]): TrackView => ({
  type: 'FeatureCollection',
  features: fixes.map(([deviceId, seconds], i) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [7 + i / 1000, 47] },
    properties: {
      deviceId,
      role: 'wearer',
      at: new Date(seconds * 1000).toISOString(),
      receivedAt: new Date(seconds * 1000).toISOString(),
      accuracyM: 10,
    },
  })),
});

test('a gap is close up to its limit, unknown from its limit, sparse between', () => {
  expect([0, CLOSE_GAP_S_MAX, CLOSE_GAP_S_MAX + 1, WIDE_GAP_S_MIN - 1, WIDE_GAP_S_MIN].map(gapOf)).toEqual([
    'close',
    'close',
    'sparse',
    'sparse',
    'unknown',
  ]);
});

test('neighbours of equal gap are one line, and lines of different gap meet at a fix', () => {
  const { features } = segmentsOf(track(['w', 0], ['w', 20], ['w', 40], ['w', 1_000], ['w', 1_020]));
  expect(features.map(({ properties, geometry }) => [properties.gap, geometry.coordinates.length])).toEqual([
    ['close', 3],
    ['unknown', 2],
    ['close', 2],
  ]);
  expect(features[0]?.geometry.coordinates.at(-1)).toEqual(features[1]?.geometry.coordinates[0]);
});

test('two devices are never joined by a line', () => {
  const { features } = segmentsOf(track(['w', 0], ['p', 5], ['w', 20], ['p', 25]));
  expect(features).toHaveLength(2);
  expect(features.every(({ geometry }) => geometry.coordinates.length === 2)).toBe(true);
});

test('a single fix draws no line', () => {
  expect(segmentsOf(track(['w', 0])).features).toEqual([]);
});
