// 40 recorded tracks against zones, judged beforehand by PostGIS and GEOS.
import { expect, test } from 'vitest';
import { compileZone } from './compile-zone.ts';
import { inside } from './inside.ts';
import { signedDistanceM } from './signed-distance.ts';
import { dataFolder, filesOf, readJson } from './test-support/shared-data.ts';
import { verdict } from './verdict.ts';
import { ZoneTable } from './zone-table.ts';

interface Truth {
  readonly zones: readonly { id: string; type: string; center?: number[]; radius_m?: number; geometry?: unknown }[];
  readonly fixes: readonly [time: string, lat: number, lon: number, accuracy: number | null][];
  readonly inside: Readonly<Record<string, readonly [from: number, to: number][]>>;
  readonly edge_m: Readonly<Record<string, readonly number[]>>;
  readonly ambiguous: readonly [zone: string, fix: number][];
}

const folder = dataFolder('geofence-truth');

test.skipIf(folder === undefined)(
  '[truth] every fix of every recorded track is on the right side, at the right distance',
  () => {
    let pairs = 0;
    let worstM = 0;
    const wrong: string[] = [];
    for (const file of filesOf(folder as URL)) {
      const truth = readJson(folder as URL, file) as Truth;
      const ambiguous = new Set(truth.ambiguous.map(([zone, fix]) => `${zone} ${fix}`));
      for (const written of truth.zones) {
        const input =
          written.type === 'circle'
            ? { type: 'circle', center: written.center, radiusM: written.radius_m }
            : written.geometry;
        const compiled = compileZone(input);
        if (!compiled.ok) {
          wrong.push(`${file} ${written.id} refused: ${JSON.stringify(compiled.errors)}`);
          continue;
        }
        const table = new ZoneTable();
        const slot = table.reserve(1);
        table.set(slot, compiled.zone, 0);
        const ranges = truth.inside[written.id] ?? [];
        for (const [i, [, lat, lon, accuracy]] of truth.fixes.entries()) {
          const lonE7 = Math.round(lon * 1e7);
          const latE7 = Math.round(lat * 1e7);
          const isIn = ranges.some(([from, to]) => i >= from && i <= to);
          const edgeM = truth.edge_m[written.id]?.[i] as number;
          const d = signedDistanceM(table, slot, lonE7, latE7);
          const off = Math.abs(Math.abs(d) - edgeM);
          if (edgeM < 1000) worstM = Math.max(worstM, off);
          if (off > Math.max(0.1, edgeM * 0.001)) wrong.push(`${file} ${written.id} fix ${i}: ${d} for ${edgeM}`);
          if (ambiguous.has(`${written.id} ${i}`)) continue;
          if (inside(table, slot, lonE7, latE7) !== isIn) wrong.push(`${file} ${written.id} fix ${i}: side`);
          if (d >= 0 !== isIn) wrong.push(`${file} ${written.id} fix ${i}: sign of ${d}`);
          const a = accuracy ?? 0;
          const expected = isIn && Math.abs(d) >= a ? 1 : !isIn && Math.abs(d) >= a ? 2 : 0;
          if (verdict(table, slot, lonE7, latE7, a) !== expected) wrong.push(`${file} ${written.id} fix ${i}: verdict`);
          pairs++;
        }
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(pairs).toBeGreaterThan(70_000);
    expect(worstM).toBeLessThan(0.02);
  },
);
