import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { arctangent2, cosine, cosineE7, sine, sineE7 } from './series.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

test('own sine, cosine and arctangent agree with the library to 1e-15', () => {
  const dice = new Dice(3);
  for (let i = 0; i < 50_000; i++) {
    const x = dice.between(-7, 7);
    expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(1e-15);
    expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-15);
    const y = dice.between(-1, 1);
    expect(Math.abs(arctangent2(y, x) - Math.atan2(y, x))).toBeLessThan(2e-15);
    const e7 = dice.int(-1.8e9, 1.8e9);
    expect(Math.abs(sineE7(e7) - Math.sin((e7 * Math.PI) / 1.8e9))).toBeLessThan(1e-15);
    expect(Math.abs(cosineE7(e7) - Math.cos((e7 * Math.PI) / 1.8e9))).toBeLessThan(1e-15);
  }
});

test('right angles are exact', () => {
  expect(sineE7(0)).toBe(0);
  expect(sineE7(9e8)).toBe(1);
  expect(sineE7(-9e8)).toBe(-1);
  expect(cosineE7(9e8)).toBe(0);
  expect(cosineE7(1.8e9)).toBe(-1);
  expect(arctangent2(-0, -1)).toBe(-Math.PI);
  expect(arctangent2(1, 0)).toBe(Math.PI / 2);
});
