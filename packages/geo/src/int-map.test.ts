import { expect, test } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { IntMap } from './int-map.ts';

test('it behaves as a Map through 100,000 changes with many collisions', () => {
  const dice = new Dice(81);
  const ints = new IntMap();
  const model = new Map<number, number>();
  for (let step = 0; step < 100_000; step++) {
    // Growing to 2,000 keys, then shrinking, so that gaps are closed in long runs.
    const key = dice.int(0, 2_000) * (step % 2 === 0 ? 1 : 16_384);
    if (dice.next() < (step < 60_000 ? 0.6 : 0.3)) {
      ints.set(key, step);
      model.set(key, step);
    } else {
      ints.delete(key);
      model.delete(key);
    }
    const asked = dice.int(0, 2_000) * (dice.next() < 0.5 ? 1 : 16_384);
    expect(ints.get(asked)).toBe(model.get(asked) ?? -1);
  }
  expect(model.size).toBeGreaterThan(500);
  for (const [key, value] of model) expect(ints.get(key)).toBe(value);
});
