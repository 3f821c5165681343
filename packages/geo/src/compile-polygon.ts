// A GeoJSON Polygon or MultiPolygon, checked ring by ring and ring against ring.
import type { BoxE7 } from './e7.ts';
import { findMeetings } from './edge-meetings.ts';
import { type Vertices, readPositions, tidyLine } from './read-positions.ts';
import { doubleArea, findPlace, locate, pointWithin, reversed } from './ring.ts';
import type { ZoneLimits } from './zone-limits.ts';
import type { Problems } from './zone-problems.ts';

/** A ring with where it stood in the input. */
interface Ring {
  readonly path: string;
  readonly part: number;
  readonly isHole: boolean;
  readonly flat: readonly number[];
  readonly box: BoxE7;
  readonly index: readonly number[];
}

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

function checkMeetings(rings: readonly Ring[], problems: Problems): void {
  const shared = new Set<string>();
  findMeetings(
    rings.map((ring) => ring.flat),
    (p, q, how) => {
      // Of two rings the later one is named: the hole rather than the shell.
      const [a, b] = p.ring >= q.ring ? [p, q] : [q, p];
      const ra = rings[a.ring] as Ring;
      const rb = rings[b.ring] as Ring;
      const [first, last] = a.edge <= b.edge ? [a.edge, b.edge] : [b.edge, a.edge];
      const va = ra.index[a.edge] as number;
      const vb = rb.index[b.edge] as number;
      if (ra === rb) {
        const from = ra.index[first] as number;
        const to = ra.index[last] as number;
        if (how === 'cross')
          problems.error(
            'self_crossing',
            ra.path,
            `the edge from vertex ${from} crosses the edge from vertex ${to}`,
            from,
          );
        else
          problems.error(
            'self_touching',
            ra.path,
            `the edge from vertex ${from} ${how === 'along' ? 'runs along' : 'touches'} the edge from vertex ${to}`,
            from,
          );
      } else if (how === 'cross' || (how === 'along' && ra.part === rb.part))
        problems.error(
          'rings_cross',
          ra.path,
          `the edge from vertex ${va} ${how === 'cross' ? 'crosses' : 'runs along'} the edge from vertex ${vb} of ${rb.path}`,
          va,
        );
      else if (how === 'along' && !shared.has(`${a.ring},${b.ring}`)) {
        shared.add(`${a.ring},${b.ring}`);
        problems.warning(
          'shared_edge',
          ra.path,
          `lies edge to edge with ${rb.path}; the edge between them counts as an edge of the zone`,
          va,
        );
      }
      return problems.errors.length < 10;
    },
  );
}

/** No edges cross here any more, so rings are side by side or one within the other, apart from touching at points. */
function checkNesting(rings: readonly Ring[], problems: Problems): void {
  const shells = rings.filter((ring) => !ring.isHole);
  for (const shell of shells) {
    const holes = rings.filter((ring) => ring.isHole && ring.part === shell.part);
    for (const [i, hole] of holes.entries()) {
      const out = findPlace(hole.flat, shell.flat, -1);
      if (out >= 0) problems.error('hole_outside', hole.path, 'the hole leaves its shell', hole.index[out]);
      else if (size(hole) >= size(shell))
        problems.error('hole_outside', hole.path, 'the hole fills its shell', hole.index[0]);
      for (const other of holes.slice(i + 1)) {
        const at = overlapAt(other, hole);
        if (at !== undefined) problems.error('holes_overlap', other.path, `overlaps the hole ${hole.path}`, at);
      }
    }
  }
  for (const [i, shell] of shells.entries()) {
    for (const other of shells.slice(i + 1)) {
      const at = partsOverlapAt(other, shell, rings);
      if (at !== undefined) problems.error('parts_overlap', other.path, `overlaps the part ${shell.path}`, at);
    }
  }
}

const size = (ring: Ring): number => Math.abs(doubleArea(ring.flat));

/** A vertex near which two simple rings share area, or undefined. */
function overlapAt(a: Ring, b: Ring): number | undefined {
  if (areApart(a, b)) return undefined;
  const inB = findPlace(a.flat, b.flat, 1);
  if (inB >= 0) return a.index[inB];
  const [x, y] = pointWithin(a.flat);
  if (findPlace(b.flat, a.flat, 1) >= 0 || locate(b.flat, x, y) === 1) return a.index[0];
  return undefined;
}

function partsOverlapAt(a: Ring, b: Ring, rings: readonly Ring[]): number | undefined {
  const at = overlapAt(a, b);
  if (at === undefined) return undefined;
  // One may lie in a hole of the other.
  const [small, large] = size(a) <= size(b) ? [a, b] : [b, a];
  for (const hole of rings)
    if (
      hole.isHole &&
      hole.part === large.part &&
      findPlace(small.flat, hole.flat, -1) < 0 &&
      size(small) <= size(hole)
    )
      return undefined;
  return at;
}

function areApart(a: Ring, b: Ring): boolean {
  const [w1, s1, e1, n1] = a.box;
  const [w2, s2, e2, n2] = b.box;
  return w1 > e2 || w2 > e1 || s1 > n2 || s2 > n1;
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
