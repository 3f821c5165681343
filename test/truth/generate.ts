// Makes the truth set beside this file from a seed: `node test/truth/generate.ts`. It shares nothing with packages/geo or
// packages/engine: turf says what lies inside, and distances to a border come from Vincenty's formula on WGS84, minimised along each
// edge. Slow and obvious on purpose.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const turf = createRequire(join(import.meta.dirname, '../../packages/geo/package.json'))('@turf/turf') as {
  booleanPointInPolygon(point: readonly number[], polygon: unknown): boolean;
};

type LonLat = readonly [number, number];
type Ring = readonly LonLat[];

/** Numerical Recipes' linear congruential generator: the same numbers everywhere. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Vincenty's inverse formula, WGS84, metres. */
function metres([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const a = 6_378_137;
  const f = 1 / 298.257223563;
  const b = a * (1 - f);
  const rad = Math.PI / 180;
  const u1 = Math.atan((1 - f) * Math.tan(lat1 * rad));
  const u2 = Math.atan((1 - f) * Math.tan(lat2 * rad));
  const l = (lon2 - lon1) * rad;
  let lambda = l;
  for (let i = 0; i < 100; i++) {
    const x = Math.cos(u2) * Math.sin(lambda);
    const y = Math.cos(u1) * Math.sin(u2) - Math.sin(u1) * Math.cos(u2) * Math.cos(lambda);
    const sinSigma = Math.hypot(x, y);
    if (sinSigma === 0) return 0;
    const cosSigma = Math.sin(u1) * Math.sin(u2) + Math.cos(u1) * Math.cos(u2) * Math.cos(lambda);
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (Math.cos(u1) * Math.cos(u2) * Math.sin(lambda)) / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2m = cos2Alpha === 0 ? 0 : cosSigma - (2 * Math.sin(u1) * Math.sin(u2)) / cos2Alpha;
    const c = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = l + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (cos2m + c * cosSigma * (-1 + 2 * cos2m * cos2m)));
    if (Math.abs(lambda - before) > 1e-13) continue;
    const uu = (cos2Alpha * (a * a - b * b)) / (b * b);
    const big = 1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu)));
    const small = (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu)));
    const delta =
      small *
      sinSigma *
      (cos2m +
        (small / 4) *
          (cosSigma * (-1 + 2 * cos2m * cos2m) -
            (small / 6) * cos2m * (-3 + 4 * sinSigma * sinSigma) * (-3 + 4 * cos2m * cos2m)));
    return b * big * (sigma - delta);
  }
  throw new Error('Vincenty does not converge here');
}

/** Shortest distance to an edge that is straight in longitude and latitude: ternary search, the distance is unimodal along it. */
function toEdge(p: LonLat, a: LonLat, b: LonLat): number {
  const on = (t: number): LonLat => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const third = (high - low) / 3;
    if (metres(p, on(low + third)) < metres(p, on(high - third))) high -= third;
    else low += third;
  }
  return Math.min(metres(p, on((low + high) / 2)), metres(p, a), metres(p, b));
}

const toRings = (p: LonLat, rings: readonly Ring[]): number =>
  Math.min(...rings.flatMap((ring) => ring.slice(1).map((b, i) => toEdge(p, ring[i] as LonLat, b))));

const round = (x: number): number => Math.round(x * 1e7) / 1e7;
const M_PER_DEGREE = 111_195;
const moved = ([lon, lat]: LonLat, eastM: number, northM: number): LonLat => [
  round(lon + eastM / (M_PER_DEGREE * Math.cos((lat * Math.PI) / 180))),
  round(lat + northM / M_PER_DEGREE),
];

function star(center: LonLat, radiusM: number, corners: number, roll: () => number, isClockwise = false): Ring {
  const ring = Array.from({ length: corners }, (_, i): LonLat => {
    const angle = ((isClockwise ? -i : i) / corners) * 2 * Math.PI;
    const r = radiusM * (0.5 + 0.5 * roll());
    return moved(center, r * Math.cos(angle), r * Math.sin(angle));
  });
  return [...ring, ring[0] as LonLat];
}

const TOWNS: readonly (readonly [string, LonLat])[] = [
  ['saignelegier', [6.9965, 47.2562]],
  ['delemont', [7.3445, 47.3649]],
  ['le-noirmont', [6.9575, 47.2247]],
  ['bern', [7.4474, 46.9481]],
  ['lugano', [8.9511, 46.0037]],
  ['chur', [9.5329, 46.8499]],
  ['geneve', [6.1432, 46.2044]],
  ['schaffhausen', [8.6349, 47.6973]],
];
const FIXES = 160;

function truth(name: string, town: LonLat, seed: number): unknown {
  const roll = dice(seed);
  const spot = (): LonLat => moved(town, (roll() - 0.5) * 1500, (roll() - 0.5) * 1500);
  const holed = spot();
  const [west, east] = [moved(town, -700, 0), moved(town, 700, 0)];
  const zones = [
    { id: 'circle', type: 'circle', center: spot(), radius_m: Math.round(150 + 500 * roll()) },
    { id: 'star', type: 'polygon', geometry: { type: 'Polygon', coordinates: [star(spot(), 700, 9, roll)] } },
    {
      id: 'holed',
      type: 'polygon',
      geometry: { type: 'Polygon', coordinates: [star(holed, 900, 12, roll), star(holed, 300, 5, roll, true)] },
    },
    {
      id: 'parts',
      type: 'polygon',
      geometry: { type: 'MultiPolygon', coordinates: [[star(west, 500, 7, roll)], [star(east, 500, 6, roll)]] },
    },
    { id: 'many', type: 'polygon', geometry: { type: 'Polygon', coordinates: [star(spot(), 800, 64, roll)] } },
  ];
  const fixes: [string, number, number, number | null][] = [];
  let here = spot();
  let t = Date.UTC(2026, 5, 1, 6, 0, 0);
  for (let i = 0; i < FIXES; i++) {
    here = moved(
      here,
      (roll() - 0.5) * 260 + (town[0] - here[0]) * 2000,
      (roll() - 0.5) * 260 + (town[1] - here[1]) * 2000,
    );
    t += 1000 * Math.ceil(10 + 50 * roll());
    const accuracy = roll() < 0.4 ? null : roll() < 0.3 ? 0 : Math.round(roll() * 800) / 10;
    fixes.push([new Date(t).toISOString().replace('.000Z', 'Z'), here[1], here[0], accuracy]);
  }
  const inside: Record<string, [number, number][]> = {};
  const edge: Record<string, number[]> = {};
  const ambiguous: [string, number][] = [];
  for (const zone of zones) {
    const ranges: [number, number][] = [];
    const edges: number[] = [];
    for (const [i, [, lat, lon]] of fixes.entries()) {
      const p: LonLat = [lon, lat];
      let isIn: boolean;
      let d: number;
      if ('radius_m' in zone) {
        d = (zone.radius_m as number) - metres(zone.center as LonLat, p);
        isIn = d >= 0;
        d = Math.abs(d);
      } else {
        const g = zone.geometry as { type: string; coordinates: readonly unknown[] };
        isIn = turf.booleanPointInPolygon(p, g);
        d = toRings(p, (g.type === 'Polygon' ? g.coordinates : g.coordinates.flat()) as readonly Ring[]);
      }
      edges.push(Math.round(d * 1000) / 1000);
      if (d < 0.1) ambiguous.push([zone.id, i]);
      const last = ranges.at(-1);
      if (!isIn) continue;
      if (last !== undefined && last[1] === i - 1) last[1] = i;
      else ranges.push([i, i]);
    }
    inside[zone.id] = ranges;
    edge[zone.id] = edges;
  }
  return { track: name, seed, zones, fixes, inside, edge_m: edge, ambiguous };
}

for (const [i, [name, town]] of TOWNS.entries())
  writeFileSync(join(import.meta.dirname, `${name}.jsonl`), `${JSON.stringify(truth(name, town, 4711 + i))}\n`);
