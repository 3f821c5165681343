// inside, outside, or not to be said (docs/RULES.md): inside if d >= accuracy, outside if d < 0 and -d >= accuracy, d being the signed
// distance to the edge. Boxes decide first; edges farther than the accuracy are not measured.
import { lonNearBox } from './e7.ts';
import { squaredToLine } from './corridor.ts';
import { distanceFromM } from './distance.ts';
import { SCALE_SLOTS } from './ellipsoid.ts';
import { METRIC_SLOTS, POLAR_LAT_E7, fillMetric } from './metric.ts';
import { lookUpCells } from './polygon-cells.ts';
import { found, polygonInside, scanPolygon } from './polygon.ts';
import { eastReachE7, northReachE7 } from './reach.ts';
import { signedDistanceM } from './signed-distance.ts';
import {
  CIRCLE,
  CORRIDOR,
  EAST_EDGE,
  HEADER_SLOTS,
  KIND,
  KIND_BITS,
  NORTH_EDGE,
  NUMBERS_AT,
  RINGS_SHIFT,
  SOUTH,
  WEST,
} from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

/** 0 undetermined, 1 inside, 2 outside. */
export type Verdict = 0 | 1 | 2;
export const UNDETERMINED = 0;
export const INSIDE = 1;
export const OUTSIDE = 2;

/** Accuracy (plus buffer) up to which the planar scan is used; a worse fix goes by the full signed distance. */
const PLANAR_REACH_M = 20_000;

const scale = new Float64Array(SCALE_SLOTS);
const metric = new Float64Array(METRIC_SLOTS);

/**
 * The verdict on a fix. `accuracyM` >= 0 (0 = none recorded); what is no number decides nothing. `growM` moves the edge outwards, a negative one inwards, for the ring of a pre-alert.
 * Allocates nothing, except for an accuracy of kilometres.
 */
export function verdict(
  table: ZoneTable,
  slot: Slot,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  growM = 0,
): Verdict {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const reachM = accuracyM + Math.abs(growM);
  const reachY = northReachE7(reachM);
  if (latE7 < (h[i + SOUTH] as number) - reachY || latE7 > (h[i + NORTH_EDGE] as number) + reachY) return OUTSIDE;
  const reachX = eastReachE7(reachM, latE7);
  const lon = lonNearBox(lonE7, h[i + WEST] as number, h[i + EAST_EDGE] as number);
  if (lon < (h[i + WEST] as number) - reachX || lon > (h[i + EAST_EDGE] as number) + reachX) return OUTSIDE;
  return verdictInBox(table, slot, lonE7, latE7, accuracyM, growM);
}

/** The same verdicts for `count` neighbouring slots, into `out`. The slots lie in one chunk of the table. */
export function verdicts(
  table: ZoneTable,
  first: Slot,
  count: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  out: Uint8Array,
): void {
  const h = table.headersOf(first);
  const reachY = northReachE7(accuracyM);
  const reachX = eastReachE7(accuracyM, latE7);
  let i = table.headerAt(first);
  for (let n = 0; n < count; n++, i += HEADER_SLOTS) {
    const west = h[i + WEST] as number;
    const east = h[i + EAST_EDGE] as number;
    const lon = lonNearBox(lonE7, west, east);
    out[n] =
      latE7 < (h[i + SOUTH] as number) - reachY ||
      latE7 > (h[i + NORTH_EDGE] as number) + reachY ||
      lon < west - reachX ||
      lon > east + reachX
        ? OUTSIDE
        : verdictInBox(table, first + n, lonE7, latE7, accuracyM, 0);
  }
}

/** The verdict where the box, widened by the reach, did not decide. */
function verdictInBox(
  table: ZoneTable,
  slot: Slot,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  growM: number,
): Verdict {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const lon = lonNearBox(lonE7, h[i + WEST] as number, h[i + EAST_EDGE] as number);
  const reachM = accuracyM + Math.abs(growM);
  if (!(reachM >= 0)) return UNDETERMINED;
  const kind = h[i + KIND] as number;
  const at = h[i + NUMBERS_AT] as number;
  const g = table.numbersOf(at);
  const k = table.numbersAt(at);
  if ((kind & KIND_BITS) === CIRCLE) {
    table.loadScale(slot, scale);
    const centerLat = g[k + 1] as number;
    const d = distanceFromM(g[k] as number, centerLat, lon, latE7, scale);
    return judge((g[k + 2] as number) / 1000 - d, accuracyM, growM);
  }
  if (reachM > PLANAR_REACH_M || latE7 > POLAR_LAT_E7 || latE7 < -POLAR_LAT_E7) {
    const d = signedDistanceM(table, slot, lonE7, latE7);
    if ((kind & KIND_BITS) === CORRIDOR) return judge(d, accuracyM, growM);
    return judgePolygon(d > 0 || Object.is(d, 0), Math.abs(d), accuracyM, growM);
  }
  if ((kind & KIND_BITS) === CORRIDOR) {
    fillMetric(scale, table.loadScale(slot, scale), latE7, metric);
    const half = (g[k] as number) / 2000;
    const d2 = squaredToLine(g, k, lon, latE7, eastReachE7(reachM + half, latE7), northReachE7(reachM + half), metric);
    return judge(half - Math.sqrt(d2), accuracyM, growM);
  }
  const reachX = eastReachE7(reachM, latE7);
  const reachY = northReachE7(reachM);
  const cells = table.cells(slot);
  const sure = lookUpCells(h, i, lon, latE7, reachX, reachY, table.numbersOf(cells), table.numbersAt(cells));
  if (sure !== UNDETERMINED) return sure;
  if (reachM === 0) return polygonInside(g, k, kind >>> RINGS_SHIFT, lon, latE7) ? INSIDE : OUTSIDE;
  const inside = scanPolygon(g, k, kind >>> RINGS_SHIFT, lon, latE7, reachX, reachY, table, slot);
  return judgePolygon(inside, Math.sqrt(found[0] as number), accuracyM, growM);
}

function judge(signedM: number, accuracyM: number, growM: number): Verdict {
  const d = signedM + growM;
  if (d >= accuracyM) return INSIDE;
  return d < 0 && -d >= accuracyM ? OUTSIDE : UNDETERMINED;
}

/** For polygons the side comes from the exact test, so that a distance rounded to 0 cannot turn a point outside into one inside. */
function judgePolygon(inside: boolean, edgeM: number, accuracyM: number, growM: number): Verdict {
  if (inside || growM !== 0) return judge(inside ? edgeM : -edgeM, accuracyM, growM);
  return edgeM >= accuracyM ? OUTSIDE : UNDETERMINED;
}
