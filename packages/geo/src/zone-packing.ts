// Recorded zone <-> packed integers, without loss.
import { RECORDED_ZONE_VERSION, type RecordedZone, type RingE7 } from './recorded-zone.ts';
import { CIRCLE, CORRIDOR, EAST_EDGE, KIND, NORTH_EDGE, POLYGON, SCALE_LAT, SOUTH, WEST } from './zone-layout.ts';

export function kindOf(zone: RecordedZone): number {
  if (zone.type === 'circle') return CIRCLE;
  if (zone.type === 'corridor') return CORRIDOR;
  let rings = 0;
  for (const part of zone.partsE7) rings += part.length;
  return POLYGON | (rings << 2);
}

/** Integers a packed zone holds. */
export function lengthOfNumbers(kind: number, g: Int32Array, at: number): number {
  if ((kind & 3) === CIRCLE) return 3;
  if ((kind & 3) === CORRIDOR) return 2 + 2 * (g[at + 1] as number);
  let i = at;
  for (let ring = kind >>> 2; ring > 0; ring--) i += 1 + 2 * Math.abs(g[i] as number);
  return i - at;
}

/** Integers a zone needs in the heap. */
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
    g.set(zone.lineE7, at + 2);
  } else {
    let i = at;
    for (const part of zone.partsE7) {
      for (const [index, ring] of part.entries()) {
        g[i] = index === 0 ? ring.length / 2 : -ring.length / 2;
        g.set(ring, i + 1);
        i += 1 + ring.length;
      }
    }
  }
}

/** `h`: header, `s`: scale, `g` at `at`: numbers. */
export function unpackZone(h: Int32Array, s: Float64Array, g: Int32Array, at: number): RecordedZone {
  const recorded = {
    v: RECORDED_ZONE_VERSION,
    boxE7: [int(h, WEST), int(h, SOUTH), int(h, EAST_EDGE), int(h, NORTH_EDGE)],
    scale: {
      latE7: int(h, SCALE_LAT),
      eastPm: s[0] as number,
      eastPmPerDegree: s[1] as number,
      northPm: s[2] as number,
      northPmPerDegree: s[3] as number,
    },
  } as const;
  const kind = int(h, KIND);
  if ((kind & 3) === CIRCLE)
    return { ...recorded, type: 'circle', centerE7: [int(g, at), int(g, at + 1)], radiusMm: int(g, at + 2) };
  if ((kind & 3) === CORRIDOR) {
    const lineE7 = Array.from(g.subarray(at + 2, at + 2 + 2 * int(g, at + 1)));
    return { ...recorded, type: 'corridor', lineE7, widthMm: int(g, at) };
  }
  const partsE7: RingE7[][] = [];
  let i = at;
  for (let ring = kind >>> 2; ring > 0; ring--) {
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
