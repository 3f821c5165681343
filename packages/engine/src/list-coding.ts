// Lists of whole numbers in few bytes: times of schedules repeat, and vertices lie near each other. A list is what its numbers differ by from
// the number two places before (a vertex from the next, one week from the next), and those are written in the way that is shortest for it.
// Snapshots hold these bytes: what a way means never changes.

/** Each difference as a count, as long as it needs to be. Nothing says how long all are. */
export const PLAIN = 0;
/** Differences that are written, and runs of such as came some places before. */
export const REPEATING = 1;
/** Differences as bits: Rice coding, with one parameter for all of them. */
const BITS = 2;
/** The same of what differences differ by: rings turn little by little. */
export const TURNING = 3;
/** The way stands above the unit in the byte that a list begins with. */
export const WAY_SHIFT = 2;
export const UNIT_BITS = 3;

/** Shorter lists are written plainly. */
const CODED_MIN = 8;
/** A run shorter than this costs more than it saves, and its source lies so many places before at most: a week of seven nights four times over. */
const RUN_MIN = 3;
const BACK_MAX = 56;
/** 2^30: larger ones are no matter of bits. */
const BITS_VALUE_MAX = 1_073_741_824;

/** From 0, 1, -1, 2, ... to 0, 2, 1, 4, ...: the sign in the lowest bit. */
export const unsigned = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);

let bytes = new Uint8Array(1_024);
let length = 0;
/** Bits written into the last byte; 0 = it is full. */
let bitsUsed = 0;

function room(more: number): void {
  if (length + more <= bytes.length) return;
  const grown = new Uint8Array(Math.max(bytes.length * 2, length + more));
  grown.set(bytes);
  bytes = grown;
}
function writeCount(value: number): void {
  room(8);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) | 128;
  bytes[length++] = rest;
}
function writeBit(bit: number): void {
  if (bitsUsed === 0) {
    room(1);
    bytes[length++] = 0;
  }
  bytes[length - 1] = (bytes[length - 1] as number) | (bit << bitsUsed);
  bitsUsed = (bitsUsed + 1) & 7;
}
const lengthOfCount = (value: number): number => {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
};

/**
 * The way that is shortest and what it writes after the list's length, good until the next call; undefined: plainly. Runs are looked for only
 * where there `mayRepeat` any.
 */
export function shortest(
  differences: readonly number[],
  mayRepeat: boolean,
): { readonly way: number; readonly bytes: Uint8Array } | undefined {
  if (differences.length < CODED_MIN) return undefined;
  let least = 0;
  for (const difference of differences) least += lengthOfCount(unsigned(difference));
  let way = PLAIN;
  for (const other of [BITS, TURNING]) {
    const size = bytesOfBits(differences, other);
    // Its own length goes before.
    if (size + 2 >= least) continue;
    least = size + 2;
    way = other;
  }
  if (mayRepeat) {
    writeRepeating(differences);
    if (length + 2 < least) way = REPEATING;
  }
  if (way === PLAIN) return undefined;
  if (way !== REPEATING) writeBits(differences, way);
  return { way, bytes: bytes.subarray(0, length) };
}

function writeRepeating(differences: readonly number[]): void {
  length = 0;
  let written = 0;
  const upTo = (end: number): void => {
    if (written === end) return;
    writeCount((end - written) * 2);
    for (; written < end; written++) writeCount(unsigned(differences[written] as number));
  };
  for (let i = 0; i < differences.length; ) {
    let run = 0;
    let back = 0;
    // The first two are no differences.
    for (let b = 1; b <= BACK_MAX && i - b >= 2; b++) {
      let n = 0;
      while (i + n < differences.length && differences[i + n] === differences[i + n - b]) n++;
      if (n <= run) continue;
      run = n;
      back = b;
    }
    if (run < RUN_MIN) {
      i++;
      continue;
    }
    upTo(i);
    writeCount(run * 2 + 1);
    writeCount(back);
    i += run;
    written = i;
  }
  upTo(differences.length);
}

/** How many stand before the bits, in counts. */
export const beforeBits = (way: number): number => (way === TURNING ? 4 : 2);
const residual = (differences: readonly number[], i: number, way: number): number =>
  unsigned((differences[i] as number) - (way === TURNING ? (differences[i - 2] as number) : 0));

/** Of all, as bits with the best parameter; Infinity: they are too large. */
function bytesOfBits(differences: readonly number[], way: number): number {
  const first = beforeBits(way);
  const parameter = parameterOf(differences, way);
  if (parameter < 0) return Number.POSITIVE_INFINITY;
  let size = 1;
  for (let i = 0; i < first; i++) size += lengthOfCount(unsigned(differences[i] as number));
  return size + Math.ceil(bitsWith(differences, way, parameter) / 8);
}
/** -1: they are too large. */
function parameterOf(differences: readonly number[], way: number): number {
  const first = beforeBits(way);
  let sum = 0;
  for (let i = first; i < differences.length; i++) {
    const value = residual(differences, i, way);
    if (value >= BITS_VALUE_MAX) return -1;
    sum += value;
  }
  let about = 0;
  for (let limit = 2 * (differences.length - first); limit <= sum; limit *= 2) about++;
  const less = about === 0 ? 0 : about - 1;
  return bitsWith(differences, way, less) <= bitsWith(differences, way, about) ? less : about;
}
function bitsWith(differences: readonly number[], way: number, parameter: number): number {
  let bits = 0;
  for (let i = beforeBits(way); i < differences.length; i++)
    bits += (residual(differences, i, way) >>> parameter) + 1 + parameter;
  return bits;
}
function writeBits(differences: readonly number[], way: number): void {
  const first = beforeBits(way);
  const parameter = parameterOf(differences, way);
  length = 0;
  bitsUsed = 0;
  for (let i = 0; i < first; i++) writeCount(unsigned(differences[i] as number));
  writeCount(parameter);
  for (let i = first; i < differences.length; i++) {
    const value = residual(differences, i, way);
    for (let high = value >>> parameter; high > 0; high--) writeBit(1);
    writeBit(0);
    for (let k = 0; k < parameter; k++) writeBit((value >>> k) & 1);
  }
}
