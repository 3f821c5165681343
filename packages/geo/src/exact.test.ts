import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { segmentsTouch, signOfDifference } from './exact.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const bigSign = (a: number, b: number, c: number, d: number): number => {
  const det = BigInt(a) * BigInt(b) - BigInt(c) * BigInt(d);
  return det > 0n ? 1 : det < 0n ? -1 : 0;
};

/** x with a * x = 1 (mod m), for coprime a and m. */
function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [a % m, m, 1n, 0n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return r0 === 1n ? ((s0 % m) + m) % m : 0n;
}

test('the side test is exact over the whole globe, where plain products are not (20,000 products up to 1e19 that differ by one)', () => {
  const dice = new Dice(7);
  let plainWrong = 0;
  for (let i = 0; i < 20_000; i++) {
    const size = dice.pick([1e4, 1e7, 1e8, 1e9, 3.6e9]);
    const b = dice.int(size / 2, size);
    const c = dice.int(size / 2, size);
    const a = Number(inverse(BigInt(b), BigInt(c)));
    const d = Number((BigInt(a) * BigInt(b) - 1n) / BigInt(c));
    if (a === 0) continue;
    // a*b - c*d = 1; its mirror images are -1, and a product less itself is 0.
    for (const [p, q, r, s] of [
      [a, b, c, d],
      [c, d, a, b],
      [-a, b, -c, d],
      [a, b, b, a],
    ] as const) {
      const sign = bigSign(p, q, r, s);
      expect(Math.sign(signOfDifference(p, q, r, s)) === sign, `${p} ${q} ${r} ${s}`).toBe(true);
      if (Math.sign(p * q - r * s) !== sign) plainWrong++;
    }
  }
  expect(plainWrong).toBeGreaterThan(1000);
});

test('the side test is exact for products that differ by one (Fibonacci neighbours)', () => {
  let [p, q, r] = [1, 1, 2];
  while (r < 3.6e9) {
    expect(Math.abs(Math.sign(signOfDifference(q, q, p, r)))).toBe(1);
    expect(Math.sign(signOfDifference(q, q, p, r))).toBe(bigSign(q, q, p, r));
    [p, q, r] = [q, r, q + r];
  }
});

test('segments touch at ends, in the middle, along each other, and not beside', () => {
  expect(segmentsTouch(0, 0, 10, 10, 0, 10, 10, 0)).toBe(true);
  expect(segmentsTouch(0, 0, 10, 0, 10, 0, 20, 5)).toBe(true);
  expect(segmentsTouch(0, 0, 10, 0, 5, 0, 5, 9)).toBe(true);
  expect(segmentsTouch(0, 0, 10, 0, 4, 0, 40, 0)).toBe(true);
  expect(segmentsTouch(0, 0, 10, 0, 11, 0, 40, 0)).toBe(false);
  expect(segmentsTouch(0, 0, 10, 0, 0, 1, 10, 1)).toBe(false);
  expect(
    segmentsTouch(0, 0, 3_600_000_000, 1_800_000_000, 1_800_000_000, 900_000_001, 1_800_000_001, 900_000_002),
  ).toBe(false);
  expect(segmentsTouch(5, 5, 5, 5, 0, 0, 10, 10)).toBe(true);
});
