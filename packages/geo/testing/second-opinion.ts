// The slow, obvious second implementation: turf with robust predicates on objects for the side, dense sampling of edges with the full
// geodesic for the distance. Coordinates stay in whole 1e-7 degrees, which both take as they come.
import { booleanPointInPolygon } from '@turf/turf';
import { geodesicM } from '../src/geodesic.ts';
import type { Drawn, Position } from './random-zones.ts';

export function slowInside(drawn: Drawn, point: Position): boolean {
  return booleanPointInPolygon(point, { type: 'MultiPolygon', coordinates: drawn.parts });
}

/** Metres to the nearest edge. Edges that surely lie farther than one already measured are left out: the distance to an end less the length. */
export function slowEdgeM(rings: readonly Position[][], [x, y]: Position): number {
  const edges = rings.flatMap((ring) =>
    ring.slice(1).map((b, i) => {
      const a = ring[i] as Position;
      const atLeast = geodesicM(x, y, ...a) - Math.hypot(b[0] - a[0], b[1] - a[1]) * 0.01117;
      return { a, b, atLeast };
    }),
  );
  edges.sort((p, q) => p.atLeast - q.atLeast);
  let best = Infinity;
  for (const { a, b, atLeast } of edges) if (atLeast < best) best = Math.min(best, slowSegmentM(a, b, x, y));
  return best;
}

/** The segment is cut into 24, the best place and its neighbours again, five times over. */
function slowSegmentM([ax, ay]: Position, [bx, by]: Position, x: number, y: number): number {
  let from = 0;
  let to = 1;
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const step = (to - from) / 24;
    let at = from;
    best = Infinity;
    for (let i = 0; i <= 24; i++) {
      const t = from + i * step;
      const d = geodesicM(x, y, ax + t * (bx - ax), ay + t * (by - ay));
      if (d < best) {
        best = d;
        at = t;
      }
    }
    from = Math.max(0, at - step);
    to = Math.min(1, at + step);
  }
  return best;
}
