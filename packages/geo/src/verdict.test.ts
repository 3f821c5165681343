import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { place } from '../testing/place.ts';
import { randomPolygon } from '../testing/random-zones.ts';
import { inside } from './inside.ts';
import { signedDistanceM } from './signed-distance.ts';
import { verdict } from './verdict.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const square = place({
  type: 'Polygon',
  coordinates: [
    [
      [7, 47],
      [7.01, 47],
      [7.01, 47.01],
      [7, 47.01],
      [7, 47],
    ],
  ],
});

test('a point on the edge with no accuracy recorded is inside', () => {
  expect(verdict(square.table, square.slot, 70_050_000, 470_000_000, 0)).toBe(1);
  expect(verdict(square.table, square.slot, 70_000_000, 470_000_000, 0)).toBe(1);
  expect(verdict(square.table, square.slot, 70_050_000, 469_999_999, 0)).toBe(2);
});

test('a fix nearer to the edge than its accuracy is undetermined, on either side', () => {
  // 100 units of 1e-7 degree of latitude are 1.11 m.
  const at = (up: number, accuracyM: number): number =>
    verdict(square.table, square.slot, 70_050_000, 470_000_000 + up, accuracyM);
  expect(at(1000, 10)).toBe(1);
  expect(at(1000, 12)).toBe(0);
  expect(at(-1000, 12)).toBe(0);
  expect(at(-1000, 10)).toBe(2);
  expect(at(0, 0.5)).toBe(0);
});

test('a buffer moves the edge outwards, a negative one inwards', () => {
  const at = (up: number, accuracyM: number, growM: number): number =>
    verdict(square.table, square.slot, 70_050_000, 470_000_000 + up, accuracyM, growM);
  expect(at(-1000, 0, 12)).toBe(1);
  expect(at(-1000, 0, 11)).toBe(2);
  expect(at(-1000, 5, 20)).toBe(1);
  expect(at(-1000, 5, 14)).toBe(0);
  expect(at(1000, 20, 12)).toBe(1);
  expect(at(1000, 0, -11)).toBe(1);
  expect(at(1000, 0, -12)).toBe(2);
  expect(at(1000, 5, -12)).toBe(0);
  expect(at(-1000, 20, -12)).toBe(2);
});

test('the verdict is what the signed distance says, for every kind of zone, accuracy and buffer (60,000 fixes)', () => {
  const dice = new Dice(21);
  const counts = [0, 0, 0];
  for (let round = 0; round < 600; round++) {
    const size = dice.pick([2e3, 2e4, 2e5]);
    const [x, y] = [dice.int(-1.7e9, 1.7e9), dice.int(-8.9e8, 8.9e8)];
    const zone = dice.pick([
      () => randomPolygon(dice, x, y, size).written,
      () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: size * 0.011 }),
      () => ({
        type: 'corridor',
        line: [
          [x / 1e7, y / 1e7],
          [(x + size) / 1e7, (y + size / 2) / 1e7],
        ],
        widthM: size * 0.004,
      }),
    ])();
    const { table, slot } = place(zone);
    for (let i = 0; i < 100; i++) {
      const px = Math.round(x + dice.between(-2, 2) * size);
      const py = Math.max(-9e8, Math.min(9e8, Math.round(y + dice.between(-1.5, 1.5) * size)));
      const accuracyM = dice.pick([0, 3, 10, 50, 400, 30_000]);
      const growM = dice.pick([0, 0, 25, 300, -25, -300]);
      const d = signedDistanceM(table, slot, px, py);
      const side = inside(table, slot, px, py);
      const grown = d + growM;
      const isOut = growM === 0 ? !side : grown < 0;
      const expected = !isOut && grown >= accuracyM ? 1 : isOut && -grown >= accuracyM ? 2 : 0;
      const got = verdict(table, slot, px, py, accuracyM, growM);
      expect(got, `${JSON.stringify(zone)} ${px} ${py} accuracy ${accuracyM} grow ${growM} d ${d}`).toBe(expected);
      counts[got] = (counts[got] ?? 0) + 1;
    }
  }
  for (const count of counts) expect(count).toBeGreaterThan(5_000);
});

test('an accuracy that is no number decides nothing', () => {
  expect(verdict(square.table, square.slot, 70_050_000, 470_050_000, Number.NaN)).toBe(0);
});
