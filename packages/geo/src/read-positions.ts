// A list of GeoJSON positions into 1e-7 degree integers, with the index each vertex had as written.
import { degreesToE7 } from '@vigie/model';
import { HALF_TURN_E7 } from './e7.ts';
import type { Problems } from './zone-problems.ts';

export interface Vertices {
  /** `[lon, lat, lon, lat, ...]` */
  readonly flatE7: number[];
  /** For each vertex, its index as written. */
  readonly index: number[];
}

/** Undefined if any position is bad; every bad one is named. */
export function readPositions(value: unknown, path: string, problems: Problems): Vertices | undefined {
  if (!Array.isArray(value)) {
    problems.error('shape', path, 'must be a list of positions [longitude, latitude]');
    return undefined;
  }
  const flatE7: number[] = [];
  const index: number[] = [];
  let good = true;
  for (const [i, position] of value.entries()) {
    const place = readPosition(position, path, problems, i);
    if (place === undefined) good = false;
    else {
      flatE7.push(place[0], place[1]);
      index.push(i);
    }
  }
  return good ? { flatE7, index } : undefined;
}

export function readPosition(
  position: unknown,
  path: string,
  problems: Problems,
  vertex?: number,
): readonly [number, number] | undefined {
  if (!Array.isArray(position) || typeof position[0] !== 'number' || typeof position[1] !== 'number') {
    problems.error('coordinate', path, 'a position is [longitude, latitude], two numbers', vertex);
    return undefined;
  }
  const [lon, lat] = position as [number, number];
  if (!(lon >= -180 && lon <= 180)) {
    problems.error('coordinate', path, `longitude ${lon} is not between -180 and 180 degrees`, vertex);
    return undefined;
  }
  if (!(lat >= -90 && lat <= 90)) {
    const swapped = lat >= -180 && lat <= 180 && lon >= -90 && lon <= 90 ? '; longitude comes first' : '';
    problems.error('coordinate', path, `latitude ${lat} is not between -90 and 90 degrees${swapped}`, vertex);
    return undefined;
  }
  return [degreesToE7(lon) + 0, degreesToE7(lat) + 0];
}

/** Drops points equal to the one before and looks at the area of validity (warnings); an edge over more than half the globe is an error. */
export function tidyLine(vertices: Vertices, path: string, problems: Problems): Vertices {
  const flatE7: number[] = [];
  const index: number[] = [];
  for (const [i, written] of vertices.index.entries()) {
    const x = vertices.flatE7[2 * i] as number;
    const y = vertices.flatE7[2 * i + 1] as number;
    const beforeX = flatE7.at(-2);
    if (beforeX === x && flatE7.at(-1) === y) {
      problems.warning('repeated_point', path, 'repeats the point before and was dropped', written);
      continue;
    }
    if (beforeX !== undefined && Math.abs(beforeX - x) > HALF_TURN_E7)
      problems.error(
        'antimeridian',
        path,
        'the edge to this point runs over more than half the globe; cut the zone at 180 degrees (RFC 7946, 3.1.9)',
        written,
      );
    flatE7.push(x, y);
    index.push(written);
  }
  problems.warnIfOutside(flatE7, path, index);
  return { flatE7, index };
}
