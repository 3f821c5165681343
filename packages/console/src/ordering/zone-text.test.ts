import { expect, test } from 'vitest';
import { readPoint, readZone, ringOf, textOf } from './zone-text.ts';

const square = [
  [7, 47],
  [7.01, 47],
  [7.01, 47.01],
  [7, 47.01],
];

test('points are read one per line, however they are parted, and the line of a bad one is named', () => {
  expect(readZone('7, 47\n7.01;47\r\n7.01 47.01 430', 'area')).toEqual({
    kind: 'points',
    points: [
      [7, 47],
      [7.01, 47],
      [7.01, 47.01],
    ],
  });
  expect(readZone('7, 47\nhere\n7.01, 47.01', 'area')).toEqual({ kind: 'bad', why: 'line', line: 2 });
  expect(readZone('7, 47\n7, 97', 'area')).toEqual({ kind: 'bad', why: 'line', line: 2 });
  expect(readZone('  \n ', 'area')).toEqual({ kind: 'empty' });
});

test('the form closes the ring; a closed one stays as it is', () => {
  expect(ringOf(square)).toHaveLength(5);
  expect(ringOf([...square, [7, 47]])).toHaveLength(5);
  expect(ringOf([])).toEqual([]);
});

test('GeoJSON is taken as a geometry, a feature or a collection; several areas are one zone', () => {
  const polygon = { type: 'Polygon', coordinates: [ringOf(square)] };
  const feature = { type: 'Feature', properties: {}, geometry: polygon };
  const collection = { type: 'FeatureCollection', features: [feature, feature] };
  expect(readZone(JSON.stringify(polygon), 'area')).toEqual({ kind: 'zone', zone: polygon });
  expect(readZone(JSON.stringify(feature), 'area')).toEqual({ kind: 'zone', zone: polygon });
  expect(readZone(JSON.stringify(collection), 'area')).toMatchObject({
    kind: 'zone',
    zone: { type: 'MultiPolygon', coordinates: [polygon.coordinates, polygon.coordinates] },
  });
  const way = { type: 'LineString', coordinates: square };
  expect(readZone(JSON.stringify(way), 'corridor')).toEqual({ kind: 'points', points: square });
});

test.for([
  ['{"type":', 'json'],
  ['{}', 'geometry'],
  ['{"type":"Point","coordinates":[7,47]}', 'geometry'],
  ['{"type":"FeatureCollection","features":[]}', 'geometry'],
  ['{"type":"Polygon"}', 'geometry'],
] as const)('%s is no area', ([text, why]) => {
  expect(readZone(text, 'area')).toEqual({ kind: 'bad', why });
});

test('a zone of one ring is written as its points, any other as GeoJSON, and reads back the same', () => {
  const one = { type: 'Polygon', coordinates: [ringOf(square)] } as const;
  expect(textOf(one).split('\n')).toHaveLength(4);
  const back = readZone(textOf(one), 'area');
  expect(back.kind === 'points' && ringOf(back.points)).toEqual(one.coordinates[0]);
  const holed = { type: 'Polygon', coordinates: [ringOf(square), ringOf(square)] } as const;
  expect(readZone(textOf(holed), 'area')).toEqual({ kind: 'zone', zone: holed });
});

test('a point is one line and no more', () => {
  expect(readPoint(' 7.3447, 47.3655 ')).toEqual([7.3447, 47.3655]);
  expect(readPoint('7.3447')).toBeNull();
  expect(readPoint('7, 47\n8, 47')).toBeNull();
});
