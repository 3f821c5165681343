import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { SERIES_REACH_E7, distanceFromM, distanceM } from './distance.ts';
import { SCALE_SLOTS, writeRecordedScale } from './ellipsoid.ts';
import { geodesicM } from './geodesic.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

test('the series is good to 3e-7 of the geodesic as far as it is used, at every latitude', () => {
  const dice = new Dice(91);
  let worst = 0;
  for (let i = 0; i < 4000; i++) {
    const [x, y] = [dice.int(-1.8e9, 1.8e9), dice.int(-8.9e8, 8.9e8)];
    const reach = SERIES_REACH_E7 * dice.pick([0.001, 0.1, 1]);
    const to = [
      x + dice.between(-reach, reach),
      Math.max(-9e8, Math.min(9e8, y + dice.between(-reach, reach))),
    ] as const;
    const expected = geodesicM(x, y, ...to);
    if (expected > 0.01) worst = Math.max(worst, Math.abs(distanceM(x, y, ...to) - expected) / expected);
  }
  expect(worst).toBeLessThan(3e-7);
  // And not by a hair: the worst is there to be seen.
  expect(worst).toBeGreaterThan(1e-8);
});

test('from a recorded scale it is good to 1e-6 within 50 km', () => {
  const dice = new Dice(92);
  const scale = new Float64Array(SCALE_SLOTS);
  for (let i = 0; i < 3000; i++) {
    const [x, y] = [dice.int(-1.8e9, 1.8e9), dice.int(-7.5e8, 7.5e8)];
    writeRecordedScale(y, scale);
    const to = [x + dice.int(-4_000_000, 4_000_000), y + dice.int(-4_000_000, 4_000_000)] as const;
    const expected = geodesicM(x, y, ...to);
    expect(Math.abs(distanceFromM(x, y, ...to, scale) - expected)).toBeLessThan(0.001 + expected * 1e-6);
  }
});

test('distance is nothing to oneself, the same both ways, and goes the short way over the antimeridian', () => {
  expect(distanceM(70_000_000, 470_000_000, 70_000_000, 470_000_000)).toBe(0);
  expect(distanceM(1_799_999_000, 0, -1_799_999_000, 0)).toBeCloseTo(2000 * 0.011132, 3);
  const dice = new Dice(93);
  for (let i = 0; i < 1000; i++) {
    const [x1, y1] = [dice.int(-1.8e9, 1.8e9), dice.int(-9e8, 9e8)];
    const [x2, y2] = [x1 + dice.int(-2e7, 2e7), Math.max(-9e8, Math.min(9e8, y1 + dice.int(-2e7, 2e7)))];
    expect(Math.abs(distanceM(x1, y1, x2, y2) - distanceM(x2, y2, x1, y1))).toBeLessThan(1e-6);
  }
});
