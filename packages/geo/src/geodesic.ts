// The geodesic distance between any two points of WGS84, near-antipodal ones included, to better than a millimetre. Slow (tens of
// microseconds): for far points and as the measure of the fast formulas. Only + - * / sqrt, hence the same bits everywhere.
//
// Method: on the auxiliary sphere (Bessel) a geodesic leaves point 1 with azimuth a1 and meets the parallel of point 2 at a
// longitude difference that grows with a1 (Karney 2013, section 4). The azimuth is bracketed in (0, pi) and found by the
// Illinois rule; longitude and length are integrals over the arc (Karney's equations 7 and 8), taken by Gauss-Legendre.
import { HALF_TURN_E7, shortWay } from './e7.ts';
import { EQUATOR_M, FLATTENING, POLE_M } from './ellipsoid.ts';
import { RAD_PER_E7, arctangent2, cosine, cosineE7, PI, sine, sineE7 } from './series.ts';

const EP2 = (FLATTENING * (2 - FLATTENING)) / ((1 - FLATTENING) * (1 - FLATTENING));
const STEPS_MAX = 200;

/** Positive abscissae and weights of the 16-point Gauss-Legendre rule (Abramowitz and Stegun, table 25.4). */
const NODES = [
  0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438, 0.755404408355003, 0.8656312023878318,
  0.9445750230732326, 0.9894009349916499,
];
const WEIGHTS = [
  0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767, 0.1246289712555339,
  0.0951585116824928, 0.0622535239386479, 0.0271524594117541,
];

/** An arc on the auxiliary sphere. One module-wide record, filled anew by each `trace`: nothing is allocated per trial. */
const arc = { sinAlpha0: 0, k2: 0, sigma1: 0, sigma2: 0, omega: 0 };

interface Parallels {
  readonly sinB1: number;
  readonly cosB1: number;
  readonly sinB2: number;
  readonly cosB2: number;
}

/** Fills `arc` for the geodesic that leaves parallel 1 at this azimuth and arrives at parallel 2 heading north. */
function trace(p: Parallels, sinA1: number, cosA1: number): void {
  const sinA0 = sinA1 * p.cosB1;
  const cosA1CosB1 = cosA1 * p.cosB1;
  // cos(a2) cos(b2), from Clairaut; never negative since point 2 is not farther from the equator than point 1.
  const gain =
    p.cosB1 <= -p.sinB1 ? (p.cosB2 - p.cosB1) * (p.cosB1 + p.cosB2) : (p.sinB1 - p.sinB2) * (p.sinB1 + p.sinB2);
  const cosA2CosB2 =
    p.cosB2 === p.cosB1 && Math.abs(p.sinB2) === -p.sinB1
      ? Math.abs(cosA1CosB1)
      : Math.sqrt(Math.max(0, cosA1CosB1 * cosA1CosB1 + gain));
  const cosA0Squared = Math.max(0, 1 - sinA0 * sinA0);
  arc.sinAlpha0 = sinA0;
  arc.k2 = EP2 * cosA0Squared;
  arc.sigma1 = arctangent2(p.sinB1, cosA1CosB1);
  arc.sigma2 = arctangent2(p.sinB2, cosA2CosB2);
  const omega1 = arctangent2(sinA0 * p.sinB1, cosA1CosB1);
  const omega2 = arctangent2(sinA0 * p.sinB2, cosA2CosB2);
  arc.omega = omega2 - omega1;
}

/** Longitude difference along `arc`, radians. */
function longitudeOfArc(): number {
  const half = (arc.sigma2 - arc.sigma1) / 2;
  const middle = (arc.sigma2 + arc.sigma1) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const offset = half * (NODES[i] as number);
    const a = sine(middle + offset);
    const b = sine(middle - offset);
    const ra = Math.sqrt(1 + arc.k2 * a * a);
    const rb = Math.sqrt(1 + arc.k2 * b * b);
    const g = 2 - FLATTENING;
    sum += (WEIGHTS[i] as number) * (g / (1 + (1 - FLATTENING) * ra) + g / (1 + (1 - FLATTENING) * rb));
  }
  return arc.omega - FLATTENING * arc.sinAlpha0 * sum * half;
}

/** Length of `arc`, metres. */
function lengthOfArc(): number {
  const half = (arc.sigma2 - arc.sigma1) / 2;
  const middle = (arc.sigma2 + arc.sigma1) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const offset = half * (NODES[i] as number);
    const a = sine(middle + offset);
    const b = sine(middle - offset);
    sum += (WEIGHTS[i] as number) * (Math.sqrt(1 + arc.k2 * a * a) + Math.sqrt(1 + arc.k2 * b * b));
  }
  return POLE_M * sum * half;
}

function parallels(southE7: number, otherE7: number): Parallels {
  const b = 1 - FLATTENING;
  const s1 = b * sineE7(southE7);
  const c1 = cosineE7(southE7);
  const n1 = Math.sqrt(s1 * s1 + c1 * c1);
  const s2 = b * sineE7(otherE7);
  const c2 = cosineE7(otherE7);
  const n2 = Math.sqrt(s2 * s2 + c2 * c2);
  // On the equator -0 makes a westward start run backwards from -pi, so that the whole half turn is covered.
  return { sinB1: s1 === 0 ? -0 : s1 / n1, cosB1: c1 / n1, sinB2: s2 === 0 ? 0 : s2 / n2, cosB2: c2 / n2 };
}

/** Metres along the shortest geodesic. Coordinates in 1e-7 degree (need not be integers). */
export function geodesicM(lon1E7: number, lat1E7: number, lon2E7: number, lat2E7: number): number {
  const deltaE7 = Math.abs(shortWay(lon2E7 - lon1E7));
  if (deltaE7 === 0 && lat1E7 === lat2E7) return 0;
  const firstIsFar = Math.abs(lat1E7) >= Math.abs(lat2E7);
  const far = firstIsFar ? lat1E7 : lat2E7;
  const other = firstIsFar ? lat2E7 : lat1E7;
  const sign = far > 0 ? -1 : 1;
  const lambda = deltaE7 * RAD_PER_E7;
  if (far === 0 && lambda <= (1 - FLATTENING) * PI) return EQUATOR_M * lambda;
  const p = parallels(sign * far, sign * other);
  if (deltaE7 === 0) trace(p, 0, 1);
  else if (deltaE7 === HALF_TURN_E7) trace(p, 0, -1);
  else solveAzimuth(p, lambda);
  return lengthOfArc();
}

/** Leaves in `arc` the geodesic whose longitude difference is `lambda`. */
function solveAzimuth(p: Parallels, lambda: number): void {
  let low = 0;
  let high = PI;
  let errorLow = -lambda;
  let errorHigh = PI - lambda;
  let side = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    // The secant of the bracket; every eighth step a bisection, which bounds the count.
    const secant = low + ((high - low) * errorLow) / (errorLow - errorHigh);
    const azimuth = step % 8 === 7 || !(secant > low && secant < high) ? (low + high) / 2 : secant;
    if (azimuth <= low || azimuth >= high) return;
    trace(p, sine(azimuth), cosine(azimuth));
    const error = longitudeOfArc() - lambda;
    if (Math.abs(error) < 1e-15 || high - low < 1e-15) return;
    if (error < 0) {
      low = azimuth;
      errorLow = error;
      if (side === -1) errorHigh /= 2;
      side = -1;
    } else {
      high = azimuth;
      errorHigh = error;
      if (side === 1) errorLow /= 2;
      side = 1;
    }
  }
}
