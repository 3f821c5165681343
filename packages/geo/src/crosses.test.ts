import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { place } from '../testing/place.ts';
import { randomPolygon } from '../testing/random-zones.ts';
import { crosses } from './crosses.ts';
import { inside } from './inside.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const box = {
  type: 'Polygon',
  coordinates: [
    [
      [7, 47],
      [7.01, 47],
      [7.01, 47.01],
      [7, 47.01],
      [7, 47],
    ],
    [
      [7.004, 47.004],
      [7.004, 47.006],
      [7.006, 47.006],
      [7.006, 47.004],
      [7.004, 47.004],
    ],
  ],
};

test('a movement right through a polygon, along its edge, or to a corner touches it; one beside or in a hole does not', () => {
  const { table, slot } = place(box);
  const moved = (...degrees: [number, number, number, number]): boolean =>
    crosses(table, slot, ...(degrees.map((d) => Math.round(d * 1e7)) as [number, number, number, number]));
  expect(moved(6.9, 47.005, 7.1, 47.005)).toBe(true);
  expect(moved(6.9, 47, 7.1, 47)).toBe(true);
  expect(moved(6.99, 47, 7, 47)).toBe(true);
  expect(moved(6.99, 47.01, 7.01, 46.99)).toBe(true);
  expect(moved(6.98, 47.009, 7.0, 46.989)).toBe(false);
  expect(moved(7.0045, 47.0045, 7.0055, 47.0055)).toBe(false);
  expect(moved(7.005, 47.005, 7.005, 47.02)).toBe(true);
  expect(moved(7.002, 47.002, 7.0021, 47.0021)).toBe(true);
});

test('it agrees with looking at 2,000 points on the way, for every kind of zone', () => {
  const dice = new Dice(51);
  const tally = { touched: 0, missed: 0 };
  for (let round = 0; round < 500; round++) {
    const size = dice.pick([2e4, 2e5]);
    const [x, y] = [dice.int(-1.7e9, 1.7e9), dice.int(-7.5e8, 7.5e8)];
    const zone = dice.pick([
      () => randomPolygon(dice, x, y, size).written,
      () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: size * 0.01 }),
      () => ({
        type: 'corridor',
        line: [
          [x / 1e7, y / 1e7],
          [(x + size) / 1e7, (y + size / 2) / 1e7],
        ],
        widthM: size * 0.003,
      }),
    ])();
    const { table, slot } = place(zone);
    const end = (): [number, number] => [x + dice.int(-3 * size, 3 * size), y + dice.int(-2 * size, 2 * size)];
    const [[px, py], [qx, qy]] = [end(), end()];
    let seen = false;
    for (let i = 0; i <= 2000 && !seen; i++)
      seen = inside(table, slot, Math.round(px + ((qx - px) * i) / 2000), Math.round(py + ((qy - py) * i) / 2000));
    const got = crosses(table, slot, px, py, qx, qy);
    expect(crosses(table, slot, qx, qy, px, py)).toBe(got);
    // Sampling may step over a sliver; what it saw was touched.
    expect(!seen || got).toBe(true);
    tally[got ? 'touched' : 'missed']++;
    tally.missed += got && !seen ? 1000 : 0;
  }
  // At most one sliver in 500, and both answers often.
  expect(tally.missed).toBeLessThan(1_500);
  expect(Math.min(tally.touched, tally.missed)).toBeGreaterThan(100);
});

test('a movement over the antimeridian takes the short way', () => {
  const { table, slot } = place({ type: 'circle', center: [179.9999, 10], radiusM: 2000 });
  expect(crosses(table, slot, 1_799_000_000, 101_000_000, -1_799_000_000, 99_000_000)).toBe(true);
  expect(crosses(table, slot, -1_799_000_000, 99_000_000, 1_799_000_000, 101_000_000)).toBe(true);
  expect(crosses(table, slot, -1_799_800_000, 99_000_000, -1_799_800_000, 101_000_000)).toBe(false);
  const far = place({ type: 'circle', center: [0, 10], radiusM: 2000 });
  expect(crosses(far.table, far.slot, 1_799_000_000, 100_000_000, -1_799_000_000, 100_000_000)).toBe(false);
});
