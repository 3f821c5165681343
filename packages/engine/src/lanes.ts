// Sums of hashes: the digest's 128 bits as four lanes that are added up, so that what came is added and what went is taken off, in any
// order. The mixing is that of state-hash.ts, in plain numbers, because it runs once for each report.

/** What the functions below begin with and come to. */
export const lanes = new Int32Array(4);

export type LaneSum = Int32Array;

export function startLanes(seed: number): void {
  lanes[0] = 0x811c9dc5 ^ seed;
  lanes[1] = 0x2545f491 ^ Math.imul(seed, 0x9e3779b1);
  lanes[2] = 0x1b873593 ^ Math.imul(seed, 0x85ebca6b);
  lanes[3] = 0x6a09e667 ^ Math.imul(seed, 0xc2b2ae35);
}

export function mixWords(words: Int32Array, from: number, count: number): void {
  let a = lanes[0] as number;
  let b = lanes[1] as number;
  let c = lanes[2] as number;
  let d = lanes[3] as number;
  for (let i = from; i < from + count; i++) {
    const w = words[i] as number;
    a = Math.imul(a ^ w, 0x85ebca6b);
    a ^= a >>> 15;
    b = Math.imul(b ^ w, 0xc2b2ae35);
    b ^= b >>> 13;
    c = Math.imul(c ^ w, 0x27d4eb2f);
    c ^= c >>> 16;
    d = Math.imul(d ^ w, 0x165667b1);
    d ^= d >>> 14;
  }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
}

const two = new Int32Array(2);

/** What one more of a counted thing adds: odd numbers, so that no count but a multiple of 2^32 adds nothing. */
export function keyLanes(seed: number, what: number, index: number): void {
  startLanes(seed);
  two[0] = what;
  two[1] = index;
  mixWords(two, 0, 2);
  for (let i = 0; i < 4; i++) lanes[i] = (lanes[i] as number) | 1;
}

/** Adds the lanes so many times. */
export function addTimes(sum: LaneSum, times: number, at = 0): void {
  const n = times | 0;
  sum[at] = (sum[at] as number) + Math.imul(n, lanes[0] as number);
  sum[at + 1] = (sum[at + 1] as number) + Math.imul(n, lanes[1] as number);
  sum[at + 2] = (sum[at + 2] as number) + Math.imul(n, lanes[2] as number);
  sum[at + 3] = (sum[at + 3] as number) + Math.imul(n, lanes[3] as number);
}

/** 32 bits of a text, to start from. */
export function seedOf(text: string): number {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return h ^ (h >>> 13);
}
