import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { place } from '../testing/place.ts';
import { randomPolygon } from '../testing/random-zones.ts';
import { crosses } from './crosses.ts';
import { cutToEdges } from './edge-free-box.ts';
import { cutToSameSide, widestBox } from './same-side.ts';
import { signedDistanceM } from './signed-distance.ts';
import { verdict } from './verdict.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

test('nobody changes sides of a zone, or of its ring, or crosses it, inside the box around a fix (2,000 boxes)', () => {
  const dice = new Dice(41);
  const box = new Int32Array(4);
  let looked = 0;
  let wide = 0;
  for (let round = 0; round < 500; round++) {
    const size = dice.pick([2e3, 2e4, 2e5]);
    const [x, y] = [dice.int(-1.7e9, 1.7e9), dice.int(-7e8, 7e8)];
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
    const text = JSON.stringify(zone);
    for (let i = 0; i < 4; i++) {
      const px = Math.round(x + dice.between(-2, 2) * size);
      const py = Math.round(y + dice.between(-1.5, 1.5) * size);
      const ringM = dice.pick([0, 0, 150, -40]);
      expect(widestBox(px, py, box)).toBe(true);
      cutToSameSide(table, slot, px, py, ringM, box);
      const [west = 0, south = 0, east = 0, north = 0] = box;
      expect(west <= px && px <= east && south <= py && py <= north).toBe(true);
      if (east - west > 100) wide++;
      const side = verdict(table, slot, px, py, 0);
      const isBeyondRing = signedDistanceM(table, slot, px, py) >= -ringM;
      for (let k = 0; k < 60; k++) {
        const [qx, qy] =
          k < 4
            ? [k % 2 === 0 ? west : east, k < 2 ? south : north]
            : [dice.int(west, east), dice.pick([dice.int(south, north), south, north])];
        const isCrossed = side === 2 && crosses(table, slot, px, py, qx, qy);
        const isBeyond = ringM === 0 ? isBeyondRing : signedDistanceM(table, slot, qx, qy) >= -ringM;
        expect(
          [verdict(table, slot, qx, qy, 0), isCrossed, isBeyond],
          `${text} ${px} ${py} ring ${ringM}: ${qx} ${qy}`,
        ).toEqual([side, false, isBeyondRing]);
        looked++;
      }
    }
  }
  expect(looked).toBe(120_000);
  expect(wide).toBeGreaterThan(1_500);
});

test('nobody changes sides of a zone, or of its ring, or crosses it, in the box around a way past its edges (8,000 ways)', () => {
  const dice = new Dice(43);
  const box = new Int32Array(4);
  let made = 0;
  let beside = 0;
  for (let round = 0; round < 1_000; round++) {
    const size = dice.pick([2e3, 2e4, 2e5]);
    const [x, y] = [dice.int(-1.7e9, 1.7e9), dice.int(-7e8, 7e8)];
    const zone = dice.pick([
      () => randomPolygon(dice, x, y, size).written,
      () => randomPolygon(dice, x, y, size).written,
      () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: size * 0.011 }),
    ])();
    const { table, slot } = place(zone);
    const text = JSON.stringify(zone);
    for (let i = 0; i < 8; i++) {
      const px = Math.round(x + dice.between(-1.2, 1.2) * size);
      const py = Math.round(y + dice.between(-1.2, 1.2) * size);
      const ox = Math.round(px + dice.between(-0.1, 0.1) * size);
      const oy = Math.round(py + dice.between(-0.1, 0.1) * size);
      const ringM = dice.pick([0, 0, size * 0.0005, -size * 0.0005]);
      expect(widestBox(px, py, box)).toBe(true);
      if (!cutToEdges(table, slot, ox, oy, px, py, ringM, box)) continue;
      made++;
      const [west = 0, south = 0, east = 0, north = 0] = box;
      expect(west <= Math.min(px, ox) && Math.max(px, ox) <= east).toBe(true);
      expect(south <= Math.min(py, oy) && Math.max(py, oy) <= north).toBe(true);
      const side = verdict(table, slot, px, py, 0);
      if (side === 1) beside++;
      const isBeyondRing = signedDistanceM(table, slot, px, py) >= -ringM;
      for (let k = 0; k < 40; k++) {
        const [qx, qy] =
          k === 0
            ? [ox, oy]
            : k < 5
              ? [k % 2 === 0 ? west : east, k < 3 ? south : north]
              : [dice.pick([dice.int(west, east), west, east]), dice.pick([dice.int(south, north), south, north])];
        const isCrossed = side === 2 && crosses(table, slot, px, py, qx, qy);
        const isBeyond = ringM === 0 ? isBeyondRing : signedDistanceM(table, slot, qx, qy) >= -ringM;
        expect(
          [verdict(table, slot, qx, qy, 0), isCrossed, isBeyond],
          `${text} ${px} ${py} from ${ox} ${oy} ring ${ringM}: ${qx} ${qy}`,
        ).toEqual([side, false, isBeyondRing]);
      }
    }
  }
  expect(made).toBeGreaterThan(4_000);
  expect(beside).toBeGreaterThan(500);
});

test('near a pole or the turn of longitudes there is no box, and beside a zone that reaches over it only the point', () => {
  const box = new Int32Array(4);
  expect(widestBox(0, 850_000_000, box)).toBe(false);
  expect(widestBox(-1_795_000_000, 0, box)).toBe(false);
  const { table, slot } = place({ type: 'circle', center: [179.9, 0], radiusM: 50_000 });
  expect(widestBox(-1_780_000_000, 0, box)).toBe(true);
  cutToSameSide(table, slot, -1_780_000_000, 0, 0, box);
  expect(Array.from(box)).toEqual([-1_780_000_000, 0, -1_780_000_000, 0]);
});
