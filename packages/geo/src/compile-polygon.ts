// A GeoJSON Polygon or MultiPolygon, checked ring by ring and ring against ring.
import { type Ring, checkMeetings, checkNesting } from './check-rings.ts';
import { type Vertices, readPositions, tidyLine } from './read-positions.ts';
import { boxOf, doubleArea, reversed } from './ring.ts';
import type { ZoneLimits } from './zone-limits.ts';
import type { Problems } from './zone-problems.ts';

/** Shells counter-clockwise, holes clockwise, no closing vertices; undefined if there was an error. */
export function readParts(
  coordinates: unknown,
  isMulti: boolean,
  limits: ZoneLimits,
  problems: Problems,
): (readonly number[])[][] | undefined {
  const rings = readRings(coordinates, isMulti, limits, problems);
  if (rings === undefined || problems.errors.length > 0) return undefined;
  checkMeetings(rings, problems);
  if (problems.errors.length > 0) return undefined;
  checkNesting(rings, problems);
  if (problems.errors.length > 0) return undefined;
  const parts: (readonly number[])[][] = [];
  for (const ring of rings) {
    const turned = turnRound(ring, problems);
    if (ring.isHole) parts.at(-1)?.push(turned);
    else parts.push([turned]);
  }
  return parts;
}

function readRings(coordinates: unknown, isMulti: boolean, limits: ZoneLimits, problems: Problems): Ring[] | undefined {
  const list: unknown = isMulti ? coordinates : [coordinates];
  if (!Array.isArray(list) || list.length === 0) {
    problems.error('shape', '/coordinates', 'must be a list of polygons with at least one');
    return undefined;
  }
  if (list.length > limits.partsMax) {
    problems.error(
      'too_many_vertices',
      '/coordinates',
      `has ${list.length} parts; at most ${limits.partsMax} are taken`,
    );
    return undefined;
  }
  const rings: Ring[] = [];
  let vertices = 0;
  for (const [part, polygon] of list.entries()) {
    const partPath = isMulti ? `/coordinates/${part}` : '/coordinates';
    if (!Array.isArray(polygon) || polygon.length === 0) {
      problems.error('shape', partPath, 'must be a list of rings: a shell, then its holes');
      continue;
    }
    for (const [r, value] of polygon.entries()) {
      vertices += Array.isArray(value) ? value.length : 0;
      if (vertices > limits.verticesMax) {
        problems.error('too_many_vertices', partPath, `has more than ${limits.verticesMax} vertices; simplify it`);
        return undefined;
      }
      const ring = readRing(value, `${partPath}/${r}`, problems);
      if (ring !== undefined)
        rings.push({
          path: `${partPath}/${r}`,
          part,
          isHole: r > 0,
          flat: ring.flatE7,
          box: boxOf(ring.flatE7),
          index: ring.index,
        });
    }
  }
  return rings;
}

function readRing(value: unknown, path: string, problems: Problems): Vertices | undefined {
  const read = readPositions(value, path, problems);
  if (read === undefined) return undefined;
  const count = read.index.length;
  if (count < 4) {
    problems.error(
      'too_few_points',
      path,
      `has ${count} positions; a ring needs at least four, the last equal to the first`,
    );
    return undefined;
  }
  if (read.flatE7[0] !== read.flatE7.at(-2) || read.flatE7[1] !== read.flatE7.at(-1)) {
    problems.error('unclosed', path, 'the last point must be equal to the first', count - 1);
    return undefined;
  }
  const tidy = tidyLine(read, path, problems);
  if (tidy.index.length > 1) {
    tidy.flatE7.length -= 2;
    tidy.index.length -= 1;
  }
  if (tidy.index.length < 3 || differentPoints(tidy.flatE7) < 3) {
    problems.error('too_few_points', path, 'has fewer than three different points', tidy.index.at(-1) ?? 0);
    return undefined;
  }
  return tidy;
}

function differentPoints(flat: readonly number[]): number {
  const seen = new Set<string>();
  for (let i = 0; i < flat.length; i += 2) seen.add(`${flat[i]},${flat[i + 1]}`);
  return seen.size;
}

/** RFC 7946 asks for shells counter-clockwise and forbids to refuse others. */
function turnRound(ring: Ring, problems: Problems): readonly number[] {
  const counterClockwise = doubleArea(ring.flat) > 0;
  if (counterClockwise !== ring.isHole) return ring.flat;
  problems.warning(
    'winding',
    ring.path,
    ring.isHole ? 'a hole runs clockwise; it was turned round' : 'a shell runs counter-clockwise; it was turned round',
  );
  return reversed(ring.flat);
}
