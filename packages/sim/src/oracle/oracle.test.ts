import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { episodesOf, verdictsOf } from './episodes.ts';
import { geodesicMetres } from './geodesic.ts';
import { expectedOf, isJudged } from './oracle.ts';
import { type OracleZone, signedDistance } from './place.ts';

const square: OracleZone = {
  type: 'Polygon',
  coordinates: [
    [
      [7, 47],
      [7.01, 47],
      [7.01, 47.01],
      [7, 47.01],
      [7, 47],
    ],
  ],
};
const fixAt = (minute: number, lon: number, accuracyM = 5) => ({
  atMs: minute * 60_000,
  lon,
  lat: 47.005,
  accuracyM,
});
const report = (minute: number, lon: number, accuracyM = 5) => ({
  at: new Date(minute * 60_000).toISOString(),
  seq: minute,
  lon,
  lat: 47.005,
  accuracyM,
});

test('the distance along the ellipsoid is the published one', () => {
  // Karney's GeodTest conventions: one degree of latitude at the equator, one of longitude there.
  expect(geodesicMetres([0, 0], [0, 1])).toBeCloseTo(110_574.389, 3);
  expect(geodesicMetres([0, 0], [1, 0])).toBeCloseTo(111_319.491, 3);
  expect(geodesicMetres([7, 47], [7, 47])).toBe(0);
});
test('a fix is undetermined while its accuracy reaches over the edge', () => {
  expect(verdictsOf(square, fixAt(0, 7.005))).toEqual(['inside']);
  expect(verdictsOf(square, fixAt(0, 7.005, 2_000))).toEqual(['undetermined']);
  expect(verdictsOf(square, fixAt(0, 7.02))).toEqual(['outside']);
});
test('a fix at its accuracy from the edge may be read either way', () => {
  const d = signedDistance(square, [7.002, 47.005]);
  expect(verdictsOf(square, fixAt(0, 7.002, d + 0.05))).toEqual(['undetermined', 'inside']);
  expect(verdictsOf(square, fixAt(0, 7.002, d - 0.05))).toEqual(['inside', 'undetermined']);
  expect(verdictsOf(square, fixAt(0, 7, 0))).toHaveLength(3);
});
test('an episode runs from the first fix on the forbidden side to the first surely off it', () => {
  const fixes = [0, 1, 2, 3, 4].map((minute) => fixAt(minute, 0));
  const verdicts = ['outside', 'inside', 'undetermined', 'inside', 'outside'] as const;
  expect(episodesOf(fixes, verdicts, 'inside')).toEqual([{ openedAtMs: 60_000, closedAtMs: 240_000 }]);
  expect(episodesOf(fixes, verdicts, 'outside')).toEqual([
    { openedAtMs: 0, closedAtMs: 60_000 },
    { openedAtMs: 240_000, closedAtMs: undefined },
  ]);
});
test('the order in which reports were sent does not matter', () => {
  const order = { caseId: 'c', rules: [{ ruleId: 'r', kind: 'exclusion', zone: square }] };
  const reports = [report(0, 7.02), report(1, 7.005), report(2, 7.02)];
  const expected = expectedOf(order, reports);
  expect(expected[0]?.variants).toEqual([[{ caseId: 'c', ruleId: 'r', openedAtMs: 60_000, closedAtMs: 120_000 }]]);
  expect(expectedOf(order, reports.reverse())).toEqual(expected);
});
test('rules with a calendar, a dwell or a grace are left to others', () => {
  expect(isJudged({ ruleId: 'r', kind: 'exclusion', zone: square, graceS: 0 })).toBe(true);
  expect(isJudged({ ruleId: 'r', kind: 'exclusion', zone: square, graceS: 60 })).toBe(false);
  expect(isJudged({ ruleId: 'r', kind: 'silence' })).toBe(false);
});

const truthDir = join(
  process.env['VIGIE_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data'),
  'geofence-truth',
);
interface Truth {
  zones: (
    | { id?: string; type: string; center: [number, number]; radius_m: number }
    | { id?: string; geometry: OracleZone }
  )[];
  fixes: [string, number, number, number | null][];
  inside: Record<string, [number, number][]>;
  edge_m: Record<string, number[]>;
  ambiguous: [string, number][];
}

describe.skipIf(!existsSync(truthDir))('against the development data (VIGIE_DATA)', () => {
  // PostGIS geography looks for the nearest point of a polygon on a sphere whose edges are great circles, so that some of its
  // distances are up to 0.4 % too long, and those to a long edge some decimetres off.
  test('the side of every fix is that of PostGIS and GEOS, and the distance with few known exceptions', () => {
    const otherSides: string[] = [];
    let fixes = 0;
    let apart = 0;
    let worst = 0;
    for (const file of readdirSync(truthDir).filter((name) => name.endsWith('.json'))) {
      const truth = JSON.parse(readFileSync(join(truthDir, file), 'utf8')) as Truth;
      const ambiguous = new Set(truth.ambiguous.map(([zone, i]) => `${zone} ${i}`));
      for (const [id, zone] of zonesOf(truth)) {
        const inside = new Set((truth.inside[id] ?? []).flatMap(([from, to]) => range(from, to)));
        for (const [i, [, lat, lon]] of truth.fixes.entries()) {
          const d = signedDistance(zone, [lon, lat]);
          const edge = truth.edge_m[id]?.[i] as number;
          const error = Math.abs(Math.abs(d) - edge);
          fixes++;
          if (!ambiguous.has(`${id} ${i}`) && d >= 0 !== inside.has(i)) otherSides.push(`${file} ${id} ${i}`);
          if (error > Math.max(0.15, 0.001 * edge)) {
            apart++;
            worst = Math.max(worst, (error - 0.5) / edge);
          }
        }
      }
    }
    expect(fixes).toBeGreaterThan(10_000);
    expect(otherSides).toEqual([]);
    expect(apart / fixes).toBeLessThan(0.002);
    expect(worst).toBeLessThan(0.005);
  });
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
function zonesOf(truth: Truth): [string, OracleZone][] {
  return truth.zones.map((zone, i) => {
    const id = zone.id ?? String(i);
    return 'radius_m' in zone
      ? [id, { type: 'circle', center: zone.center, radiusM: zone.radius_m }]
      : [id, zone.geometry];
  });
}
