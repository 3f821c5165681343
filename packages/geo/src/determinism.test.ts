// The same bits on every machine. The digests were taken on Node 24.21.0 (V8 13.6), x64; another runtime or a changed formula shows here.
// A change on purpose is a new rule version of the engine: recorded decisions must replay as they were.
import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { place } from '../testing/place.ts';
import { randomPolygon } from '../testing/random-zones.ts';
import { compileZone } from './compile-zone.ts';
import { distanceM } from './distance.ts';
import { geodesicM } from './geodesic.ts';
import { signedDistanceM } from './signed-distance.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** Hash of the exact bits of numbers. */
const digest = (numbers: readonly number[]): string =>
  createHash('sha256')
    .update(new Uint8Array(Float64Array.from(numbers).buffer))
    .digest('hex')
    .slice(0, 16);

test('distances have the recorded bits', () => {
  const dice = new Dice(71);
  const near: number[] = [];
  const far: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const [x, y] = [dice.int(-1.8e9, 1.8e9), dice.int(-9e8, 9e8)];
    near.push(distanceM(x, y, x + dice.int(-1e6, 1e6), Math.max(-9e8, Math.min(9e8, y + dice.int(-1e6, 1e6)))));
    if (i % 10 === 0) far.push(geodesicM(x, y, dice.int(-1.8e9, 1.8e9), dice.int(-9e8, 9e8)));
  }
  expect([digest(near), digest(far)]).toEqual(['ad18d69310a6683e', '719d2ddc5b852a59']);
});

test('recorded zones and signed distances have the recorded bits', () => {
  const dice = new Dice(72);
  const signed: number[] = [];
  const recorded = createHash('sha256');
  for (let i = 0; i < 300; i++) {
    const [x, y] = [dice.int(-1_700_000_000, 1_700_000_000), dice.int(-800_000_000, 800_000_000)];
    // Vertices of random polygons come from the library's sine; only their whole numbers are used, and those are in the digest.
    const zone = dice.pick([
      () => randomPolygon(dice, x, y, 100_000).written,
      () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: dice.int(50, 30_000) }),
      () => ({
        type: 'corridor',
        line: [
          [x / 1e7, y / 1e7],
          [x / 1e7 + 0.05, y / 1e7 + 0.02],
        ],
        widthM: dice.int(20, 500),
      }),
    ])();
    const compiled = compileZone(zone);
    recorded.update(JSON.stringify(compiled));
    const { table, slot } = place(zone);
    for (let j = 0; j < 10; j++)
      signed.push(signedDistanceM(table, slot, x + dice.int(-300_000, 300_000), y + dice.int(-300_000, 300_000)));
  }
  expect([recorded.digest('hex').slice(0, 16), digest(signed)]).toEqual(['e78755806732e19e', '868ead869aa45d69']);
});
