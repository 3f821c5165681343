// Own sine, cosine and arctangent from + - * / and sqrt only. IEEE 754 fixes those five to the last bit, whereas an engine may
// compute Math.sin as it likes; so everything built on this file gives the same bits on every machine and runtime.
// Good to about 3e-16 (see series.test.ts).

export const PI = 3.141592653589793;
const HALF_PI = PI / 2;
/** Radians per 1e-7 degree. */
export const RAD_PER_E7 = PI / 1.8e9;

/** Taylor series about 0, |x| <= pi/4. The first dropped term is under 1e-17. */
function sineNearZero(x: number): number {
  const z = x * x;
  let p = 1 / 355687428096000;
  p = 1 / 1307674368000 - z * p;
  p = 1 / 6227020800 - z * p;
  p = 1 / 39916800 - z * p;
  p = 1 / 362880 - z * p;
  p = 1 / 5040 - z * p;
  p = 1 / 120 - z * p;
  p = 1 / 6 - z * p;
  return x - x * z * p;
}

function cosineNearZero(x: number): number {
  const z = x * x;
  let p = 1 / 6402373705728000;
  p = 1 / 20922789888000 - z * p;
  p = 1 / 87178291200 - z * p;
  p = 1 / 479001600 - z * p;
  p = 1 / 3628800 - z * p;
  p = 1 / 40320 - z * p;
  p = 1 / 720 - z * p;
  p = 1 / 24 - z * p;
  p = 1 / 2 - z * p;
  return 1 - z * p;
}

/** Sine of an angle in 1e-7 degree, any size; the reduction is exact because the angle is an integer. */
export function sineE7(angleE7: number): number {
  let a = angleE7 - 3.6e9 * Math.floor(angleE7 / 3.6e9 + 0.5); // -180 .. 180 degrees
  if (a > 9e8) a = 1.8e9 - a;
  else if (a < -9e8) a = -1.8e9 - a;
  if (a > 4.5e8) return cosineNearZero((9e8 - a) * RAD_PER_E7);
  if (a < -4.5e8) return -cosineNearZero((9e8 + a) * RAD_PER_E7);
  return sineNearZero(a * RAD_PER_E7);
}

export const cosineE7 = (angleE7: number): number => sineE7(9e8 - Math.abs(angleE7));

/** Sine of an angle in radians, |x| up to a few turns. */
export function sine(x: number): number {
  let a = x - 2 * PI * Math.floor(x / (2 * PI) + 0.5);
  if (a > HALF_PI) a = PI - a;
  else if (a < -HALF_PI) a = -PI - a;
  if (a > PI / 4) return cosineNearZero(HALF_PI - a);
  if (a < -PI / 4) return -cosineNearZero(HALF_PI + a);
  return sineNearZero(a);
}

export const cosine = (x: number): number => sine(HALF_PI - Math.abs(x));

const TAN_PI_16 = 0.198912367379658;

/** Arctangent for 0 <= x <= 1: two halvings bring x under tan(pi/16), where 12 terms leave less than 1e-18. */
function arctangentUnit(x: number): number {
  let u = x;
  let doubled = 1;
  while (u > TAN_PI_16) {
    u = u / (1 + Math.sqrt(1 + u * u));
    doubled *= 2;
  }
  const z = u * u;
  let p = 1 / 25;
  for (let n = 23; n >= 1; n -= 2) p = 1 / n - z * p;
  return doubled * u * p;
}

/** As Math.atan2, without its signed zeros except that atan2(-0, x<0) is -pi. */
export function arctangent2(y: number, x: number): number {
  const ay = Math.abs(y);
  const ax = Math.abs(x);
  if (ay === 0 && ax === 0) return 0;
  let angle = ay <= ax ? arctangentUnit(ay / ax) : HALF_PI - arctangentUnit(ax / ay);
  if (x < 0) angle = PI - angle;
  return y < 0 || Object.is(y, -0) ? -angle : angle;
}
