// Distances against GeographicLib and PROJ.
import { expect, test } from 'vitest';
import { distanceM } from './distance.ts';
import { geodesicM } from './geodesic.ts';
import { dataFolder, readNumbers } from '../testing/shared-data.ts';

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
