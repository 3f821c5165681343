// Distances against GeographicLib and PROJ, planar cases against turf, JTS and GEOS.
import { expect, test, vi } from 'vitest';
import { distanceM } from './distance.ts';
import { geodesicM } from './geodesic.ts';
import { polygonInside } from './polygon.ts';
import type { Position } from '../testing/random-zones.ts';
import { dataFolder, readJson, readNumbers } from '../testing/shared-data.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const folder = dataFolder('geodesy');
const e7 = (degrees: number | undefined): number => (degrees as number) * 1e7;

test.skipIf(folder === undefined)(
  '[geodesy] lines of GeodTest, near-antipodal ones included, are right to 0.1 mm',
  () => {
    const rows = readNumbers(folder as URL, 'geodtest.csv');
    expect(rows.length).toBe(50);
    for (const row of rows) {
      const d = geodesicM(e7(row['lon1']), e7(row['lat1']), e7(row['lon2']), e7(row['lat2']));
      expect(Math.abs(d - (row['s12_m'] as number))).toBeLessThan(1e-4);
    }
  },
);

test.skipIf(folder === undefined)('[geodesy] Swiss point pairs up to 50 km are right to 5 mm by both formulas', () => {
  const rows = readNumbers(folder as URL, 'short-ch.csv');
  expect(rows.length).toBe(1000);
  for (const row of rows) {
    const places = [e7(row['lon1']), e7(row['lat1']), e7(row['lon2']), e7(row['lat2'])] as const;
    expect(Math.abs(geodesicM(...places) - (row['distance_m'] as number))).toBeLessThan(1e-5);
    expect(Math.abs(distanceM(...places) - (row['distance_m'] as number))).toBeLessThan(5e-3);
  }
});

interface PlanarCase {
  readonly source: string;
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: Position[][] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: Position[][][] };
  readonly point: Position;
  readonly where: 'inside' | 'boundary' | 'outside';
}

test.skipIf(folder === undefined)(
  '[geodesy] all planar cases of turf, JTS and GEOS: inside and boundary are in, outside is out',
  () => {
    const { cases } = readJson(folder as URL, 'point-in-polygon.json') as { readonly cases: readonly PlanarCase[] };
    // Some cases reach to 320 in the plane: 1e6 keeps them in 32 bits.
    const whole = ([x, y]: Position): Position => [Math.round(x * 1e6), Math.round(y * 1e6)];
    const tally = { inside: 0, boundary: 0, outside: 0 };
    for (const { geometry, point, where, source } of cases) {
      const all = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
      // One case has an empty part.
      const rings = all.filter((ring) => ring.length > 0);
      const packed = rings.flatMap((ring) => [ring.length - 1, ...ring.slice(0, -1).flatMap(whole)]);
      const got = polygonInside(Int32Array.from(packed), 0, rings.length, ...whole(point));
      expect(`${source} ${point.join()}: ${got}`).toBe(`${source} ${point.join()}: ${where !== 'outside'}`);
      tally[where]++;
    }
    expect(tally.boundary).toBeGreaterThan(30);
    expect(tally.inside + tally.outside).toBeGreaterThan(350);
  },
);
