import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readZones } from './zones-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-zones-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const RING = [
  [7, 47],
  [7.1, 47],
  [7.1, 47.1],
  [7, 47],
];
const feature = (geometry: object, properties: object) => ({ type: 'Feature', geometry, properties });

function read(content: unknown) {
  const file = join(dir, 'zones.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readZones(file);
}

test('GeoJSON features and rules give the same zones', () => {
  const polygon = { type: 'Polygon', coordinates: [RING] };
  const circle = { type: 'circle', center: [7, 47], radiusM: 300 };
  const corridor = { type: 'corridor', line: RING.slice(0, 2), widthM: 40 };
  const features = [
    feature(polygon, { ruleId: 'a' }),
    feature({ type: 'Point', coordinates: [7, 47] }, { ruleId: 'b', radiusM: 300 }),
    feature({ type: 'LineString', coordinates: RING.slice(0, 2) }, { ruleId: 'c', widthM: 40 }),
  ];
  const expected = [
    ['a', polygon],
    ['b', circle],
    ['c', corridor],
  ];
  expect([...read({ type: 'FeatureCollection', features })]).toEqual(expected);
  expect([...read({ rules: expected.map(([ruleId, zone]) => ({ ruleId, zone })) })]).toEqual(expected);
  expect([...read(features[0])]).toEqual([['a', polygon]]);
});

test.for([
  ['not JSON', '{', 'cannot be read'],
  ['nothing', {}, 'not a zone with its rule'],
  ['an empty collection', { type: 'FeatureCollection', features: [] }, 'holds no zones'],
  ['no rule', feature({ type: 'Polygon', coordinates: [RING] }, {}), 'not a zone with its rule'],
  ['a point without radius', feature({ type: 'Point', coordinates: [7, 47] }, { ruleId: 'a' }), 'not a zone'],
  [
    'two zones for one rule',
    { rules: [1, 2].map(() => ({ ruleId: 'a', zone: { type: 'Polygon', coordinates: [RING] } })) },
    'two zones for the rule a',
  ],
] as const)('a zones file with %s is refused with a sentence', ([, content, sentence]) => {
  expect(() => read(content)).toThrow(sentence);
});
