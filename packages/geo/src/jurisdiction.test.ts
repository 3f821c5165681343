import { booleanPointInPolygon } from '@turf/turf';
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { dataFolder } from '../testing/shared-data.ts';
import { CANTON_LETTERS, swissBoundaries } from '../testing/swiss-boundaries.ts';
import { type BoundaryFeature, BoundaryLayer } from './boundary-layer.ts';
import { Jurisdiction } from './jurisdiction.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const boundaries = swissBoundaries();
const jurisdiction = new Jurisdiction(boundaries.cantons, boundaries.municipalities);

/** Boundaries in whole 1e-7 degrees, as the layer has them, for a comparison without rounding. */
function wholeE7(features: readonly BoundaryFeature[]) {
  return features.map(({ id, geometry }) => {
    const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const coordinates = parts.map((rings) =>
      rings.map((ring) => ring.map(([x, y]) => [Math.round((x as number) * 1e7), Math.round((y as number) * 1e7)])),
    );
    const xs = coordinates.flat(2).map((p) => p[0] as number);
    const ys = coordinates.flat(2).map((p) => p[1] as number);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] as const;
    return { id, box, geometry: { type: 'MultiPolygon' as const, coordinates } };
  });
}

function slowIds(features: ReturnType<typeof wholeE7>, x: number, y: number): string[] {
  return features
    .filter(
      ({ box, geometry }) =>
        x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3] && booleanPointInPolygon([x, y], geometry),
    )
    .map(({ id }) => id);
}

test('canton and municipality agree with turf on 20,000 points, lakes and foreign land included', () => {
  const dice = new Dice(31);
  const cantons = wholeE7(boundaries.cantons);
  const municipalities = wholeE7(boundaries.municipalities);
  expect(cantons.length).toBe(26);
  expect(municipalities.length).toBe(2113);
  let withoutMunicipality = 0;
  for (let i = 0; i < 20_000; i++) {
    const x = dice.int(59_000_000, 105_500_000);
    const y = dice.int(457_500_000, 478_500_000);
    const place = jurisdiction.place(x, y);
    const canton = slowIds(cantons, x, y);
    const municipality = slowIds(municipalities, x, y);
    expect(canton.length === 0 ? place.canton === null : canton.includes(place.canton ?? '')).toBe(true);
    expect(
      municipality.length === 0 ? place.municipality === null : municipality.includes(place.municipality ?? ''),
    ).toBe(true);
    expect(jurisdiction.cantons.ids[jurisdiction.canton(x, y)] ?? null).toBe(place.canton);
    if (place.canton !== null && place.municipality === null) withoutMunicipality++;
  }
  expect(withoutMunicipality).toBeGreaterThan(100);
});

test('vertices of borders, shared by two or three areas, fall to one of them', () => {
  const municipalities = wholeE7(boundaries.municipalities);
  for (const area of municipalities.slice(0, 300)) {
    const [x = 0, y = 0] = area.geometry.coordinates.flat(2)[3] ?? [];
    const index = jurisdiction.municipality(x, y);
    expect(slowIds(municipalities, x, y)).toContain(jurisdiction.municipalities.ids[index]);
  }
});

test('the four towns of the Jura border lie where they should', () => {
  const letters = (lat: number, lon: number): string | undefined =>
    CANTON_LETTERS[Number(jurisdiction.place(Math.round(lon * 1e7), Math.round(lat * 1e7)).canton) - 1];
  expect(letters(47.2247, 6.9575)).toBe('JU');
  expect(letters(47.3649, 7.3445)).toBe('JU');
  expect(letters(46.9481, 7.4474)).toBe('BE');
  expect(letters(47.1035, 6.8328)).toBe('NE');
  expect(jurisdiction.place(0, 0)).toEqual({ canton: null, municipality: null });
});

test('the order in which boundaries are handed in changes nothing', () => {
  const turned = new BoundaryLayer([...boundaries.cantons].reverse());
  const dice = new Dice(32);
  expect(turned.ids).toEqual(jurisdiction.cantons.ids);
  for (let i = 0; i < 5_000; i++) {
    const x = dice.int(59_000_000, 105_500_000);
    const y = dice.int(457_500_000, 478_500_000);
    expect(turned.find(x, y)).toBe(jurisdiction.canton(x, y));
  }
});

const folder = dataFolder('boundaries');

test.skipIf(folder === undefined)(
  '[boundaries] points 250 m or more from a canton border lie in the canton of the survey',
  () => {
    const [, ...lines] = readFileSync(new URL('points-canton.csv', folder), 'utf8').trim().split('\n');
    let compared = 0;
    for (const line of lines) {
      const [lat, lon, canton, , metres] = line.split(',');
      if (Number(metres) < 250) continue;
      const place = jurisdiction.place(Math.round(Number(lon) * 1e7), Math.round(Number(lat) * 1e7));
      const found = place.canton === null ? '' : CANTON_LETTERS[Number(place.canton) - 1];
      expect(`${line}: ${found}`).toBe(`${line}: ${canton}`);
      compared++;
    }
    expect(compared).toBeGreaterThan(400);
  },
);
