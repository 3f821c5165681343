// Which side of a line a point lies on, exactly, for any three points of the globe in 1e-7 degree integers.

/**
 * The two products of a side test stay below 2^53 while differences stay below 94,906,265 (9.49 degrees) - and their difference
 * too while they stay below 6.7e7. Beyond, a product of differences up to 3.6e9 is off by at most 512, so a result this far
 * from zero has the right sign all the same, and only nearer ones need the split product.
 */
const SURE = 4096;

/** Sign of a*b - c*d, exact for integers up to 2^32 in size. */
export function signOfDifference(a: number, b: number, c: number, d: number): number {
  const det = a * b - c * d;
  if (det > SURE || det < -SURE) return det;
  // a = ah * 2^16 + al: every partial product is below 2^49, their differences are exact, and a rounded sum keeps its sign.
  const ah = Math.floor(a / 65536);
  const ch = Math.floor(c / 65536);
  return (ah * b - ch * d) * 65536 + ((a - ah * 65536) * b - (c - ch * 65536) * d);
}

/** Positive if p lies left of a -> b, negative if right, 0 if on the line. */
export function side(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  return signOfDifference(bx - ax, py - ay, px - ax, by - ay);
}

/** True if the closed segments p-q and a-b have a point in common. */
export function segmentsTouch(
  px: number,
  py: number,
  qx: number,
  qy: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): boolean {
  if (Math.max(ax, bx) < Math.min(px, qx) || Math.min(ax, bx) > Math.max(px, qx)) return false;
  if (Math.max(ay, by) < Math.min(py, qy) || Math.min(ay, by) > Math.max(py, qy)) return false;
  const a = side(px, py, qx, qy, ax, ay);
  const b = side(px, py, qx, qy, bx, by);
  if ((a > 0 && b > 0) || (a < 0 && b < 0)) return false;
  const p = side(ax, ay, bx, by, px, py);
  const q = side(ax, ay, bx, by, qx, qy);
  // Both pairs of signs mixed or zero: they meet. All zero: collinear, and the boxes overlap.
  return !((p > 0 && q > 0) || (p < 0 && q < 0));
}
