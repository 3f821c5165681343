// Rings as flat lists of 1e-7 degree integers without the closing vertex: exact questions about one of them.
import { signOfDifference } from './exact.ts';

export type Flat = readonly number[];

/** Twice the signed area in square 1e-7 degrees, positive if counter-clockwise. Rounded, which only its use as a size allows. */
export function doubleArea(ring: Flat): number {
  const x0 = ring[0] as number;
  const y0 = ring[1] as number;
  let sum = 0;
  let x1 = (ring.at(-2) as number) - x0;
  let y1 = (ring.at(-1) as number) - y0;
  for (let i = 0; i < ring.length; i += 2) {
    const x2 = (ring[i] as number) - x0;
    const y2 = (ring[i + 1] as number) - y0;
    sum += x1 * y2 - x2 * y1;
    x1 = x2;
    y1 = y2;
  }
  return sum;
}

export function reversed(ring: Flat): number[] {
  const out: number[] = [];
  for (let i = ring.length - 2; i >= 0; i -= 2) out.push(ring[i] as number, ring[i + 1] as number);
  return out;
}

/** 1 strictly inside, 0 on the ring, -1 outside. Exact for integers and half integers. */
export function locate(ring: Flat, px: number, py: number): -1 | 0 | 1 {
  let odd = false;
  let x1 = ring.at(-2) as number;
  let y1 = ring.at(-1) as number;
  for (let i = 0; i < ring.length; i += 2) {
    const x2 = ring[i] as number;
    const y2 = ring[i + 1] as number;
    if (y1 > py !== y2 > py) {
      const det = signOfDifference(x2 - x1, py - y1, px - x1, y2 - y1);
      if (det === 0) return 0;
      if (det > 0 === y2 > y1) odd = !odd;
    } else if (y2 === py && (x2 === px || (y1 === py && x1 > px !== x2 > px))) return 0;
    x1 = x2;
    y1 = y2;
  }
  return odd ? 1 : -1;
}

/** A point strictly inside a ring that does not cross itself: half way along the first inner stretch of a line between two vertices. */
export function pointWithin(ring: Flat): readonly [number, number] {
  const ys: number[] = [];
  for (let i = 1; i < ring.length; i += 2) ys.push(ring[i] as number);
  ys.sort((a, b) => a - b);
  // The widest gap between latitudes of vertices keeps the line clear of all of them.
  let y = 0;
  let gap = -1;
  for (let i = 1; i < ys.length; i++) {
    const low = ys[i - 1] as number;
    const high = ys[i] as number;
    if (high - low > gap) {
      gap = high - low;
      y = (low + high) / 2;
    }
  }
  const xs: number[] = [];
  let x1 = ring.at(-2) as number;
  let y1 = ring.at(-1) as number;
  for (let i = 0; i < ring.length; i += 2) {
    const x2 = ring[i] as number;
    const y2 = ring[i + 1] as number;
    if (y1 > y !== y2 > y) xs.push(x1 + ((y - y1) * (x2 - x1)) / (y2 - y1));
    x1 = x2;
    y1 = y2;
  }
  xs.sort((a, b) => a - b);
  return [((xs[0] as number) + (xs[1] as number)) / 2, y];
}

/** True if a vertex or the middle of an edge of `ring` satisfies `wanted` with respect to `other`; gives the vertex index or -1. */
export function findPlace(ring: Flat, other: Flat, wanted: -1 | 1): number {
  for (let i = 0; i < ring.length; i += 2) {
    const x = ring[i] as number;
    const y = ring[i + 1] as number;
    if (locate(other, x, y) === wanted) return i / 2;
    const j = (i + 2) % ring.length;
    if (locate(other, (x + (ring[j] as number)) / 2, (y + (ring[j + 1] as number)) / 2) === wanted) return i / 2;
  }
  return -1;
}

export function boxOf(flat: readonly number[]): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < flat.length; i += 2) {
    const x = flat[i] as number;
    const y = flat[i + 1] as number;
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < south) south = y;
    if (y > north) north = y;
  }
  return [west, south, east, north];
}
