// Rings of a zone against themselves and one another: no crossing, holes inside their shell and apart, parts apart.
import type { BoxE7 } from './e7.ts';
import { findMeetings } from './edge-meetings.ts';
import { doubleArea, findPlace, locate, pointWithin } from './ring.ts';
import type { Problems } from './zone-problems.ts';

/** A ring with where it stood in the input. */
export interface Ring {
  readonly path: string;
  readonly part: number;
  readonly isHole: boolean;
  readonly flat: readonly number[];
  readonly box: BoxE7;
  readonly index: readonly number[];
}

export function checkMeetings(rings: readonly Ring[], problems: Problems): void {
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
export function checkNesting(rings: readonly Ring[], problems: Problems): void {
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
