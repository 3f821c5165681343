import { expect, test } from 'vitest';
import { Random } from './random.ts';

test('dice of one seed always fall the same; the first numbers are frozen', () => {
  const dice = new Random('seed 1');
  expect([dice.uint32(), dice.uint32(), dice.uint32()]).toMatchInlineSnapshot(`
    [
      552280840,
      3696793967,
      1251091014,
    ]
  `);
  expect(new Random('seed 1').fork('a').unit()).toBe(new Random('seed 1').fork('a').unit());
});
test('draws are even', () => {
  const dice = new Random('even');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 100_000; i++) {
    const face = dice.below(10);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  let sum = 0;
  let squares = 0;
  const normals = new Random('normal');
  for (let i = 0; i < 50_000; i++) {
    const value = normals.normal();
    sum += value;
    squares += value * value;
  }
  expect(Math.abs(sum / 50_000)).toBeLessThan(0.02);
  expect(Math.abs(squares / 50_000 - 1)).toBeLessThan(0.03);
});
