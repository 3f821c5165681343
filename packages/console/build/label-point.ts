// A point well inside an area, to write a name at: the best of a grid over the largest part. Slow and good enough for a build.

const GRID = 40;

type Ring = readonly (readonly number[])[];

/** The centre of gravity would fall outside of cantons shaped like a hook; exclaves would get a second label. */
export function labelPoint(geometry: GeoJSON.Geometry): [number, number] {
  const parts =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  const rings = parts.toSorted((a, b) => area(b[0]) - area(a[0]))[0];
  if (rings?.[0] === undefined) throw new Error(`no area to label in a ${geometry.type}`);
  const xs = rings[0].map(([x = 0]) => x);
  const ys = rings[0].map(([, y = 0]) => y);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  let best: [number, number] = [west, south];
  let bestDistance = -1;
  for (let i = 1; i < GRID; i++) {
    for (let j = 1; j < GRID; j++) {
      const x = west + ((east - west) * i) / GRID;
      const y = south + ((north - south) * j) / GRID;
      if (!contains(rings, x, y)) continue;
      const distance = edgeDistance(rings, x, y);
      if (distance > bestDistance) [best, bestDistance] = [[x, y], distance];
    }
  }
  return best;
}

function area(ring: Ring = []): number {
  let twice = 0;
  for (const [i, [x = 0, y = 0]] of ring.entries()) {
    const [px = 0, py = 0] = ring[(i + ring.length - 1) % ring.length] ?? [];
    twice += px * y - x * py;
  }
  return Math.abs(twice) / 2;
}

/** Crossing number over all rings, holes included. */
function contains(rings: readonly Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (const [i, [bx = 0, by = 0]] of ring.entries()) {
      const [ax = 0, ay = 0] = ring[(i + ring.length - 1) % ring.length] ?? [];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** To the nearest vertex: boundaries have one every few hundred metres. Longitude counts less than latitude here. */
function edgeDistance(rings: readonly Ring[], x: number, y: number): number {
  let least = Infinity;
  for (const ring of rings) {
    for (const [vx = 0, vy = 0] of ring) least = Math.min(least, Math.hypot((vx - x) * 0.68, vy - y));
  }
  return least;
}
