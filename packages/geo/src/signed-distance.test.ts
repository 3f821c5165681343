import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { place } from '../testing/place.ts';
import { type Position, randomPolygon } from '../testing/random-zones.ts';
import { slowEdgeM } from '../testing/second-opinion.ts';
import { geodesicM } from './geodesic.ts';
import { inside } from './inside.ts';
import { signedDistanceM } from './signed-distance.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** How far a distance is outside its tolerance, negative if within. */
const excess = (got: number, expected: number, relative: number): number =>
  Math.abs(got - expected) - (0.001 + Math.abs(expected) * relative);

test('distance to a polygon is right to 1e-4 up to 50 km, from the equator to 75 degrees, inside and out', () => {
  const dice = new Dice(11);
  for (let round = 0; round < 40; round++) {
    const lat = dice.int(-7.5e8, 7.5e8);
    const lon = dice.int(-1.6e9, 1.6e9);
    const size = dice.pick([2e4, 2e5, 2e6]);
    const drawn = randomPolygon(dice, lon, lat, size);
    const { table, slot } = place(drawn.written);
    for (let i = 0; i < 3; i++) {
      const reach = dice.pick([1, 3]) * size;
      const point: Position = [
        Math.round(lon + dice.between(-reach, reach)),
        Math.round(lat + dice.between(-reach, reach)),
      ];
      const d = signedDistanceM(table, slot, point[0], point[1]);
      expect(d >= 0).toBe(inside(table, slot, point[0], point[1]));
      expect(excess(Math.abs(d), slowEdgeM(drawn.parts.flat(), point), 1e-4)).toBeLessThan(0);
    }
  }
});

test('distance to a polygon is right to 1e-3 from anywhere on the globe', () => {
  const dice = new Dice(12);
  for (let round = 0; round < 40; round++) {
    const drawn = randomPolygon(dice, dice.int(-1.6e9, 1.6e9), dice.int(-7e8, 7e8), dice.pick([2e4, 2e6, 2e7]));
    const { table, slot } = place(drawn.written);
    const point: Position = [dice.int(-1.8e9, 1.8e9), dice.int(-9e8, 9e8)];
    expect(
      excess(Math.abs(signedDistanceM(table, slot, ...point)), slowEdgeM(drawn.parts.flat(), point), 1e-3),
    ).toBeLessThan(0);
  }
});

test('distance to a country-wide polygon is right to 1e-4 in its middle', () => {
  const box = {
    type: 'Polygon',
    coordinates: [
      [
        [5.9, 45.8],
        [10.5, 45.8],
        [10.5, 47.8],
        [5.9, 47.8],
        [5.9, 45.8],
      ],
    ],
  };
  const { table, slot } = place(box);
  const ring = box.coordinates.map((r) => r.map(([x, y]): Position => [(x as number) * 1e7, (y as number) * 1e7]));
  for (const [lon, lat] of [
    [8.2, 46.8],
    [6, 47],
    [9.9, 46.2],
    [8, 47.7],
    [5.8, 46.5],
  ] as const)
    expect(
      excess(
        Math.abs(signedDistanceM(table, slot, lon * 1e7, lat * 1e7)),
        slowEdgeM(ring, [lon * 1e7, lat * 1e7]),
        1e-4,
      ),
    ).toBeLessThan(0);
});

test('a circle is a geodesic circle: right to 1 mm for radii up to 10 km, at any latitude', () => {
  const dice = new Dice(13);
  for (let round = 0; round < 500; round++) {
    const lon = dice.between(-180, 180);
    const lat = dice.between(-88, 88);
    const radiusM = Math.round(dice.pick([30, 500, 2000, 10_000]) * dice.between(0.5, 1));
    const { table, slot } = place({ type: 'circle', center: [lon, lat], radiusM });
    const [x, y] = [Math.round(lon * 1e7), Math.round(lat * 1e7)];
    const angle = dice.between(0, 2 * Math.PI);
    const r = (radiusM / 0.011132) * dice.between(0.9, 1.1);
    const px = Math.round(x + (r * Math.sin(angle)) / Math.cos((lat * Math.PI) / 180));
    const py = Math.round(Math.min(y + r * Math.cos(angle), 9e8));
    const expected = radiusM - geodesicM(x, y, px, py);
    expect(excess(signedDistanceM(table, slot, px, py), expected, 0)).toBeLessThan(0);
    expect(Math.abs(expected) < 0.001 || inside(table, slot, px, py) === expected > 0).toBe(true);
  }
});

test('a circle on the antimeridian and one around a pole hold points on every side', () => {
  const fiji = place({ type: 'circle', center: [179.99, -17], radiusM: 5000 });
  expect(inside(fiji.table, fiji.slot, -1_799_900_000, -170_000_000)).toBe(true);
  expect(inside(fiji.table, fiji.slot, 1_799_700_000, -170_000_000)).toBe(true);
  expect(inside(fiji.table, fiji.slot, -1_799_000_000, -170_000_000)).toBe(false);
  const pole = place({ type: 'circle', center: [12, 89.99], radiusM: 5000 });
  for (const lon of [0, 9e8, 1.8e9, -9e8]) expect(inside(pole.table, pole.slot, lon, 899_900_000)).toBe(true);
  expect(inside(pole.table, pole.slot, -1_680_000_000, 899_000_000)).toBe(false);
});

test('a corridor has round ends and joints, and half its width on each side', () => {
  const line: Position[] = [
    [7, 47],
    [7.02, 47.01],
    [7.05, 47],
  ];
  const { table, slot } = place({ type: 'corridor', line, widthM: 100 });
  const ring = line.map(([x, y]): Position => [Math.round(x * 1e7), Math.round(y * 1e7)]);
  const dice = new Dice(14);
  for (let i = 0; i < 100; i++) {
    const point: Position = [dice.int(69_980_000, 70_520_000), dice.int(469_980_000, 470_120_000)];
    const expected = 50 - slowEdgeM([ring], point);
    expect(excess(signedDistanceM(table, slot, ...point), expected, 1e-4)).toBeLessThan(0);
    expect(inside(table, slot, ...point)).toBe(expected >= 0);
  }
  expect(inside(table, slot, 70_000_000, 470_000_000)).toBe(true);
});
