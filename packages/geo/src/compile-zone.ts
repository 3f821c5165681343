// From a zone as people write it to a zone as the log records it. Done once, at authoring time, by the site that accepts the order.
// Even here no library sine is used, so that anyone can redo the recording and get the same numbers.
import { readParts } from './compile-polygon.ts';
import { type BoxE7, HALF_TURN_E7, QUARTER_TURN_E7 } from './e7.ts';
import { scaleAt } from './ellipsoid.ts';
import { readPosition, readPositions, tidyLine } from './read-positions.ts';
import { eastReachE7, northReachE7 } from './reach.ts';
import { RECORDED_ZONE_VERSION, type RecordedZone } from './recorded-zone.ts';
import { boxOf, doubleArea } from './ring.ts';
import { middleLatE7 } from './zone-packing.ts';
import { ZONE_LIMITS, type ZoneLimits } from './zone-limits.ts';
import { type BoxDegrees, Problems, type ZoneProblem } from './zone-problems.ts';

/** Switzerland and Liechtenstein with some kilometres around. */
export const VALIDITY_CH: BoxDegrees = [5.85, 45.75, 10.6, 47.9];

export interface CompileOptions {
  /** Where zones are expected; a zone that leaves it gets a warning. Null = anywhere. */
  readonly validity?: BoxDegrees | null;
  readonly limits?: ZoneLimits;
}

export type CompiledZone =
  | { readonly ok: true; readonly zone: RecordedZone; readonly warnings: readonly ZoneProblem[] }
  | { readonly ok: false; readonly errors: readonly ZoneProblem[]; readonly warnings: readonly ZoneProblem[] };

/** Never throws, whatever the input is. */
export function compileZone(input: unknown, options: CompileOptions = {}): CompiledZone {
  const problems = new Problems(options.validity ?? null);
  const zone = read(input, options.limits ?? ZONE_LIMITS, problems);
  if (zone === undefined || problems.errors.length > 0)
    return { ok: false, errors: problems.errors, warnings: problems.warnings };
  return { ok: true, zone, warnings: problems.warnings };
}

type Members = Readonly<Record<string, unknown>>;

function read(input: unknown, limits: ZoneLimits, problems: Problems): RecordedZone | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    problems.error('shape', '', 'a zone is an object with a type');
    return undefined;
  }
  const zone = input as Members;
  switch (zone['type']) {
    case 'circle':
      return readCircle(zone, limits, problems);
    case 'Polygon':
    case 'MultiPolygon':
      return readPolygon(zone, limits, problems);
    case 'corridor':
      return readCorridor(zone, limits, problems);
    default:
      problems.error('shape', '/type', "must be 'circle', 'Polygon', 'MultiPolygon' or 'corridor'");
      return undefined;
  }
}

function readCircle(zone: Members, limits: ZoneLimits, problems: Problems): RecordedZone | undefined {
  const center = readPosition(zone['center'], '/center', problems);
  const radiusMm = readLength(zone['radiusM'], '/radiusM', 'radius', limits.radiusMMin, limits.radiusMMax, problems);
  if (center === undefined || radiusMm === undefined) return undefined;
  problems.warnIfOutside(center, '/center');
  const [lon, lat] = center;
  const boxE7 = widened([lon, lat, lon, lat], radiusMm / 1000);
  return { v: RECORDED_ZONE_VERSION, type: 'circle', boxE7, scale: scaleAt(lat), centerE7: center, radiusMm };
}

function readPolygon(zone: Members, limits: ZoneLimits, problems: Problems): RecordedZone | undefined {
  const partsE7 = readParts(zone['coordinates'], zone['type'] === 'MultiPolygon', limits, problems);
  if (partsE7 === undefined) return undefined;
  const boxE7 = boxOf(partsE7.flatMap((part) => part.flat()));
  const scale = scaleAt(middleLatE7(boxE7[1], boxE7[3]));
  // Holes run the other way, so their area is negative. Good to 1 % for zones of 200 km: enough to tell a slip of the pen.
  let squareE7 = 0;
  for (const part of partsE7) for (const ring of part) squareE7 += doubleArea(ring) / 2;
  const areaM2 = squareE7 * (scale.eastPm / 1e12) * (scale.northPm / 1e12);
  if (areaM2 < limits.areaM2Min)
    problems.error(
      'tiny',
      '/coordinates',
      `has ${areaM2.toFixed(1)} square metres; at least ${limits.areaM2Min} are needed`,
    );
  if (areaM2 > limits.areaM2Max)
    problems.error(
      'huge',
      '/coordinates',
      `has ${(areaM2 / 1e6).toFixed(0)} square kilometres; at most ${limits.areaM2Max / 1e6} are taken`,
    );
  return { v: RECORDED_ZONE_VERSION, type: 'polygon', boxE7, scale, partsE7 };
}

function readCorridor(zone: Members, limits: ZoneLimits, problems: Problems): RecordedZone | undefined {
  const widthMm = readLength(zone['widthM'], '/widthM', 'width', limits.widthMMin, limits.widthMMax, problems);
  const count = Array.isArray(zone['line']) ? zone['line'].length : 0;
  if (count > limits.verticesMax) {
    problems.error('too_many_vertices', '/line', `has ${count} points; at most ${limits.verticesMax} are taken`);
    return undefined;
  }
  const points = readPositions(zone['line'], '/line', problems);
  if (points === undefined || widthMm === undefined) return undefined;
  const lineE7 = tidyLine(points, '/line', problems).flatE7;
  if (lineE7.length < 4) {
    problems.error('too_few_points', '/line', 'a line needs two different points');
    return undefined;
  }
  const tight = boxOf(lineE7);
  const boxE7 = widened(tight, widthMm / 2000);
  const scale = scaleAt(middleLatE7(tight[1], tight[3]));
  return { v: RECORDED_ZONE_VERSION, type: 'corridor', boxE7, scale, lineE7, widthMm };
}

/** Whole millimetres, or undefined. */
function readLength(
  value: unknown,
  path: string,
  what: string,
  min: number,
  max: number,
  problems: Problems,
): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value))
    problems.error('shape', path, `the ${what} must be a number of metres`);
  else if (value < min) problems.error('tiny', path, `the ${what} is ${value} m; at least ${min} m are needed`);
  else if (value > max) problems.error('huge', path, `the ${what} is ${value} m; at most ${max} m are taken`);
  else return Math.round(value * 1000);
  return undefined;
}

/**
 * A box with room for a width around, never too narrow. It may reach past 180 degrees; where it reaches a pole or round the globe
 * it takes all longitudes.
 */
function widened(box: BoxE7, metres: number): BoxE7 {
  const up = Math.ceil(northReachE7(metres));
  const south = Math.max(box[1] - up, -QUARTER_TURN_E7);
  const north = Math.min(box[3] + up, QUARTER_TURN_E7);
  const aside = Math.ceil(eastReachE7(metres, Math.max(Math.abs(south), Math.abs(north))));
  const west = box[0] - aside;
  const east = box[2] + aside;
  const widest = HALF_TURN_E7 / 6;
  if (!(east - box[2] < widest) || !(east - west < HALF_TURN_E7)) return [-HALF_TURN_E7, south, HALF_TURN_E7, north];
  return [west, south, east, north];
}
