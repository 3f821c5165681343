// Compares the shipped kernels with the second implementation on random pairs of fix and zone, from one seed.
import { compileZone, inside, verdict, ZoneTable } from '../src/index.ts';
import { Dice } from './dice.ts';
import { hardPoint, randomPolygon } from './random-zones.ts';
import { slowInside } from './second-opinion.ts';

const POINTS_PER_ZONE = 50;

export interface Agreement {
  readonly seed: number;
  readonly pairs: number;
  readonly inside: number;
  readonly disagreements: readonly string[];
}

export function agreement(seed: number, pairs: number): Agreement {
  const dice = new Dice(seed);
  const table = new ZoneTable();
  const slot = table.reserve(1);
  const disagreements: string[] = [];
  let done = 0;
  let countInside = 0;
  while (done < pairs) {
    // From gardens of 20 m to countries of several degrees, where products pass 2^53.
    const size = Math.round(dice.pick([2e3, 2e4, 2e5, 2e6, 2e7, 1.2e8]) * dice.between(0.5, 1));
    const drawn = randomPolygon(dice, dice.int(-1.6e9, 0.5e9), dice.int(-6e8, 6e8), size);
    const compiled = compileZone(drawn.written, {
      limits: {
        radiusMMin: 1,
        radiusMMax: 1e6,
        widthMMin: 1,
        widthMMax: 1e5,
        areaM2Min: 0,
        areaM2Max: 1e15,
        verticesMax: 1e4,
        partsMax: 10,
      },
    });
    if (!compiled.ok) {
      disagreements.push(`refused: ${JSON.stringify(compiled.errors)}`);
      done += POINTS_PER_ZONE;
      continue;
    }
    table.set(slot, compiled.zone, 0);
    for (let i = 0; i < POINTS_PER_ZONE; i++, done++) {
      const point = hardPoint(dice, drawn, size);
      const expected = slowInside(drawn, point);
      if (expected) countInside++;
      const got = inside(table, slot, point[0], point[1]);
      const judged = verdict(table, slot, point[0], point[1], 0);
      if (got !== expected || judged !== (expected ? 1 : 2))
        disagreements.push(
          `${JSON.stringify(drawn.written)} at ${point.join(' ')}: turf ${expected}, ours ${got}, verdict ${judged}`,
        );
    }
    table.clear(slot);
  }
  return { seed, pairs: done, inside: countInside, disagreements };
}
