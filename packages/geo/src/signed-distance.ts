// Signed distance in metres to a zone's edge, positive inside: to 0.1 mm near the edge, to 0.1 % anywhere on the globe.
import { lonNearBox } from './e7.ts';
import { squaredToLine } from './corridor.ts';
import { distanceFromM } from './distance.ts';
import { SCALE_SLOTS } from './ellipsoid.ts';
import { FarSearch } from './far-distance.ts';
import { METRIC_SLOTS, POLAR_LAT_E7, fillMetric } from './metric.ts';
import { found, polygonInside, scanPolygon } from './polygon.ts';
import {
  CIRCLE,
  CORRIDOR,
  EAST_EDGE,
  KIND,
  KIND_BITS,
  NORTH_EDGE,
  NUMBERS_AT,
  RINGS_SHIFT,
  SOUTH,
  WEST,
} from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

/** Beyond this, the planar distance passes to the search on the ellipsoid. */
const PLANAR_METRES_MAX = 50_000;
/** A fix this far outside the box is not even tried in the plane. */
const PLANAR_BOX_E7 = 20_000_000;

const scale = new Float64Array(SCALE_SLOTS);
const metric = new Float64Array(METRIC_SLOTS);

/** A polygon's point on the edge has distance +0, one outside never a positive one (at worst -0). */
export function signedDistanceM(table: ZoneTable, slot: Slot, lonE7: number, latE7: number): number {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const west = h[i + WEST] as number;
  const east = h[i + EAST_EDGE] as number;
  const lon = lonNearBox(lonE7, west, east);
  const kind = h[i + KIND] as number;
  const at = h[i + NUMBERS_AT] as number;
  const g = table.numbersOf(at);
  const k = table.numbersAt(at);
  if ((kind & KIND_BITS) === CIRCLE) {
    table.loadScale(slot, scale);
    const d = distanceFromM(g[k] as number, g[k + 1] as number, lon, latE7, scale);
    return (g[k + 2] as number) / 1000 - d;
  }
  const isCorridor = (kind & KIND_BITS) === CORRIDOR;
  const rings = kind >>> RINGS_SHIFT;
  const planar =
    latE7 <= POLAR_LAT_E7 &&
    latE7 >= -POLAR_LAT_E7 &&
    latE7 >= (h[i + SOUTH] as number) - PLANAR_BOX_E7 &&
    latE7 <= (h[i + NORTH_EDGE] as number) + PLANAR_BOX_E7 &&
    lon >= west - PLANAR_BOX_E7 &&
    lon <= east + PLANAR_BOX_E7;
  let inside = false;
  let edgeM = Infinity;
  if (planar) {
    if (isCorridor) {
      fillMetric(scale, table.loadScale(slot, scale), latE7, metric);
      edgeM = Math.sqrt(squaredToLine(g, k, lon, latE7, Infinity, Infinity, metric));
    } else {
      inside = scanPolygon(g, k, rings, lon, latE7, Infinity, Infinity, table, slot);
      edgeM = Math.sqrt(found[0] as number);
    }
  } else if (!isCorridor) inside = polygonInside(g, k, rings, lon, latE7);
  if (edgeM > PLANAR_METRES_MAX) edgeM = farEdgeM(g, k, isCorridor, rings, lon, latE7);
  if (isCorridor) return (g[k] as number) / 2000 - edgeM;
  return inside ? edgeM : -edgeM;
}

function farEdgeM(g: Int32Array, at: number, isCorridor: boolean, rings: number, lonE7: number, latE7: number): number {
  const search = new FarSearch(lonE7, latE7);
  if (isCorridor) {
    const end = at + 2 + 2 * (g[at + 1] as number);
    for (let i = at + 4; i < end; i += 2) edge(search, g, i - 2, i);
    return search.distanceM();
  }
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const n = Math.abs(g[i] as number);
    const end = i + 1 + 2 * n;
    edge(search, g, end - 2, i + 1);
    for (i += 3; i < end; i += 2) edge(search, g, i - 2, i);
    i = end;
  }
  return search.distanceM();
}

function edge(search: FarSearch, g: Int32Array, a: number, b: number): void {
  search.edge(g[a] as number, g[a + 1] as number, g[b] as number, g[b + 1] as number);
}
