// A box around a short way in which no zone's edge runs: whoever stays in it stays on the side of the zone that the way's ends are on.
// Made by cutting a wide box at each edge in its reach, on the side where that leaves most room; larger, and found in one pass over
// integers, where a square around a point as large as its distance to the edge needs the distance.
import { lonNearBox } from './e7.ts';
import { eastReachE7, northReachE7 } from './reach.ts';
import {
  type SideBox,
  DISTANCE_ERROR,
  DISTANCE_ERROR_M,
  HALF_E7_MAX,
  clearanceM,
  cutToReach,
  widestGap,
} from './same-side.ts';
import {
  EAST_EDGE,
  KIND,
  KIND_BITS,
  NORTH_EDGE,
  NUMBERS_AT,
  POLYGON,
  RINGS_SHIFT,
  SOUTH,
  WEST,
} from './zone-layout.ts';
import type { Slot, ZoneTable } from './zone-table.ts';

/** An edge whose box meets that of the way is looked at in so many pieces. */
const PIECES = 8;

// The box of the way, how far an edge reaches beside itself (its ring), and the box that is being cut: one cut at a time.
let wayWest = 0;
let waySouth = 0;
let wayEast = 0;
let wayNorth = 0;
let reachX = 0;
let reachY = 0;
let west = 0;
let south = 0;
let east = 0;
let north = 0;

/**
 * Cuts a box from `widestBox` around (lon2E7, lat2E7) so that no edge of the zone, nor the ring `ringM` metres outside it (negative:
 * inside), lies in it, and the way from (lon1E7, lat1E7) does. False: it could not be done, and the box is of no use.
 */
export function cutToEdges(
  table: ZoneTable,
  slot: Slot,
  lon1E7: number,
  lat1E7: number,
  lon2E7: number,
  lat2E7: number,
  ringM: number,
  box: SideBox,
): boolean {
  const h = table.headersOf(slot);
  const i = table.headerAt(slot);
  const zoneWest = h[i + WEST] as number;
  const zoneEast = h[i + EAST_EDGE] as number;
  if (lonNearBox(lon1E7, zoneWest, zoneEast) !== lon1E7 || lonNearBox(lon2E7, zoneWest, zoneEast) !== lon2E7)
    return false;
  wayWest = lon1E7 < lon2E7 ? lon1E7 : lon2E7;
  wayEast = lon1E7 < lon2E7 ? lon2E7 : lon1E7;
  waySouth = lat1E7 < lat2E7 ? lat1E7 : lat2E7;
  wayNorth = lat1E7 < lat2E7 ? lat2E7 : lat1E7;
  reachX = 0;
  reachY = 0;
  if (ringM !== 0) {
    const metres = Math.abs(ringM) * (1 + DISTANCE_ERROR) + DISTANCE_ERROR_M;
    reachX = Math.ceil(eastReachE7(metres, Math.abs(lat2E7) + HALF_E7_MAX));
    reachY = Math.ceil(northReachE7(metres));
  }
  west = box[0] as number;
  south = box[1] as number;
  east = box[2] as number;
  north = box[3] as number;
  if (wayWest < west || wayEast > east || waySouth < south || wayNorth > north) return false;
  if (!cutAt(zoneWest, h[i + SOUTH] as number, zoneEast, h[i + NORTH_EDGE] as number)) {
    const kind = h[i + KIND] as number;
    if ((kind & KIND_BITS) !== POLYGON) {
      cutToReach(lon2E7, lat2E7, clearanceM(table, slot, lon2E7, lat2E7, ringM), box);
      return (
        wayWest >= (box[0] as number) &&
        waySouth >= (box[1] as number) &&
        wayEast <= (box[2] as number) &&
        wayNorth <= (box[3] as number)
      );
    }
    const at = h[i + NUMBERS_AT] as number;
    if (!cutAtRings(table.numbersOf(at), table.numbersAt(at), kind >>> RINGS_SHIFT)) return false;
  }
  box[0] = west;
  box[1] = south;
  box[2] = east;
  box[3] = north;
  return true;
}

function cutAtRings(g: Int32Array, at: number, rings: number): boolean {
  let i = at;
  for (let ring = 0; ring < rings; ring++) {
    const end = i + 1 + 2 * Math.abs(g[i] as number);
    let x1 = g[end - 2] as number;
    let y1 = g[end - 1] as number;
    for (i++; i < end; i += 2) {
      const x2 = g[i] as number;
      const y2 = g[i + 1] as number;
      if (!cutAtEdge(x1, y1, x2, y2)) return false;
      x1 = x2;
      y1 = y2;
    }
  }
  return true;
}

function cutAtEdge(x1: number, y1: number, x2: number, y2: number): boolean {
  if (cutAt(x1 < x2 ? x1 : x2, y1 < y2 ? y1 : y2, x1 < x2 ? x2 : x1, y1 < y2 ? y2 : y1)) return true;
  // It may still pass beside the way. Eighths of 1e-7 degree are exact in binary.
  const dx = (x2 - x1) / PIECES;
  const dy = (y2 - y1) / PIECES;
  for (let k = 0; k < PIECES; k++) {
    const xa = x1 + dx * k;
    const ya = y1 + dy * k;
    const xb = xa + dx;
    const yb = ya + dy;
    if (
      !cutAt(
        Math.floor(Math.min(xa, xb)),
        Math.floor(Math.min(ya, yb)),
        Math.ceil(Math.max(xa, xb)),
        Math.ceil(Math.max(ya, yb)),
      )
    )
      return false;
  }
  return true;
}

/** Cuts the box at another, where that leaves most room around the way; false if it meets the way. */
function cutAt(otherWest: number, otherSouth: number, otherEast: number, otherNorth: number): boolean {
  const w = otherWest - reachX;
  const s = otherSouth - reachY;
  const e = otherEast + reachX;
  const n = otherNorth + reachY;
  if (w > east || e < west || s > north || n < south) return true;
  switch (widestGap(wayWest - e, waySouth - n, w - wayEast, s - wayNorth)) {
    case 0:
      west = e + 1;
      return true;
    case 1:
      south = n + 1;
      return true;
    case 2:
      east = w - 1;
      return true;
    case 3:
      north = s - 1;
      return true;
    default:
      return false;
  }
}
