// Recorded zone <-> packed integers, without loss.
import type { BoxE7 } from './e7.ts';
import { type LocalScale, SCALE_SLOTS, writeRecordedScale } from './ellipsoid.ts';
import { RECORDED_ZONE_VERSION, type RecordedZone, type RingE7 } from './recorded-zone.ts';
import {
  CIRCLE,
  CORRIDOR,
  EAST_EDGE,
  KIND,
  KIND_BITS,
  NORTH_EDGE,
  OWN_SCALE,
  POLYGON,
  RINGS_SHIFT,
  SOUTH,
  WEST,
} from './zone-layout.ts';

/**
 * Polygons are many and large, and their scale is looked at only near an edge: if the recorded one is what the series gives, it is
 * worked out again then, and 32 bytes are saved. Circles and corridors need theirs for every fix in their box.
 */
export function kindOf(zone: RecordedZone): number {
  if (zone.type === 'circle') return CIRCLE | OWN_SCALE;
  if (zone.type === 'corridor') return CORRIDOR | OWN_SCALE;
  let rings = 0;
  for (const part of zone.partsE7) rings += part.length;
  return POLYGON | (isSeries(zone.scale, zone.boxE7) ? 0 : OWN_SCALE) | (rings << RINGS_SHIFT);
}

/** The latitude at which a polygon's scale is taken. */
export const middleLatE7 = (southE7: number, northE7: number): number => Math.floor((southE7 + northE7) / 2);

const series = new Float64Array(SCALE_SLOTS);

function isSeries(scale: LocalScale, boxE7: BoxE7): boolean {
  if (scale.latE7 !== middleLatE7(boxE7[1], boxE7[3])) return false;
  writeRecordedScale(scale.latE7, series);
  return (
    scale.eastPm === series[0] &&
    scale.eastPmPerDegree === series[1] &&
    scale.northPm === series[2] &&
    scale.northPmPerDegree === series[3]
  );
}

/** Integers a packed zone holds, its scale left aside. */
export function lengthOfNumbers(kind: number, g: Int32Array, at: number): number {
  if ((kind & KIND_BITS) === CIRCLE) return 3;
  if ((kind & KIND_BITS) === CORRIDOR) return 2 + 2 * (g[at + 1] as number);
  let i = at;
  for (let ring = kind >>> RINGS_SHIFT; ring > 0; ring--) i += 1 + 2 * Math.abs(g[i] as number);
  return i - at;
}

/** Integers a zone needs in the heap, its scale left aside. */
export function numbersOf(zone: RecordedZone): number {
  if (zone.type === 'circle') return 3;
  if (zone.type === 'corridor') return 2 + zone.lineE7.length;
  let count = 0;
  for (const part of zone.partsE7) for (const ring of part) count += 1 + ring.length;
  return count;
}

export function packNumbers(zone: RecordedZone, g: Int32Array, at: number): void {
  if (zone.type === 'circle') {
    g[at] = zone.centerE7[0];
    g[at + 1] = zone.centerE7[1];
    g[at + 2] = zone.radiusMm;
  } else if (zone.type === 'corridor') {
    g[at] = zone.widthMm;
    g[at + 1] = zone.lineE7.length / 2;
    copy(zone.lineE7, g, at + 2);
  } else {
    let i = at;
    for (const part of zone.partsE7) {
      for (let r = 0; r < part.length; r++) {
        const ring = part[r] as RingE7;
        g[i] = r === 0 ? ring.length / 2 : -ring.length / 2;
        copy(ring, g, i + 1);
        i += 1 + ring.length;
      }
    }
  }
}

/** Faster than `set` for the short lists of a zone. */
function copy(from: readonly number[], to: Int32Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
}

/** 2^30 */
const PART = 1_073_741_824;

/** A scale's latitude and four whole numbers, these in two parts: they need 34 bits. */
export function packScale(scale: LocalScale, g: Int32Array, at: number): void {
  g[at] = scale.latE7;
  packWide(scale.eastPm, g, at + 1);
  packWide(scale.eastPmPerDegree, g, at + 3);
  packWide(scale.northPm, g, at + 5);
  packWide(scale.northPmPerDegree, g, at + 7);
}

function packWide(value: number, g: Int32Array, at: number): void {
  const high = Math.floor(value / PART);
  g[at] = high;
  g[at + 1] = value - high * PART;
}

/** Values into `out`; returns the latitude. */
export function unpackScale(g: Int32Array, at: number, out: Float64Array): number {
  for (let n = 0; n < SCALE_SLOTS; n++) out[n] = (g[at + 1 + 2 * n] as number) * PART + (g[at + 2 + 2 * n] as number);
  return g[at] as number;
}

/** `h`: header, `s`: scale taken at `latE7`, `g` at `at`: numbers. */
export function unpackZone(h: Int32Array, s: Float64Array, latE7: number, g: Int32Array, at: number): RecordedZone {
  const recorded = {
    v: RECORDED_ZONE_VERSION,
    boxE7: [int(h, WEST), int(h, SOUTH), int(h, EAST_EDGE), int(h, NORTH_EDGE)],
    scale: {
      latE7,
      eastPm: s[0] as number,
      eastPmPerDegree: s[1] as number,
      northPm: s[2] as number,
      northPmPerDegree: s[3] as number,
    },
  } as const;
  const kind = int(h, KIND);
  if ((kind & KIND_BITS) === CIRCLE)
    return { ...recorded, type: 'circle', centerE7: [int(g, at), int(g, at + 1)], radiusMm: int(g, at + 2) };
  if ((kind & KIND_BITS) === CORRIDOR) {
    const lineE7 = Array.from(g.subarray(at + 2, at + 2 + 2 * int(g, at + 1)));
    return { ...recorded, type: 'corridor', lineE7, widthMm: int(g, at) };
  }
  const partsE7: RingE7[][] = [];
  let i = at;
  for (let ring = kind >>> RINGS_SHIFT; ring > 0; ring--) {
    const n = int(g, i);
    const end = i + 1 + 2 * Math.abs(n);
    const vertices = Array.from(g.subarray(i + 1, end));
    if (n > 0) partsE7.push([vertices]);
    else partsE7.at(-1)?.push(vertices);
    i = end;
  }
  return { ...recorded, type: 'polygon', partsE7 };
}

const int = (a: Int32Array, i: number): number => a[i] as number;
