// Random zones as people write them, and points that make them hard: on vertices, on edges, in holes, beside corners.
import type { Dice } from './dice.ts';

export type Position = [number, number];
export interface WrittenPolygon {
  readonly type: 'Polygon';
  readonly coordinates: Position[][];
}
export interface WrittenMultiPolygon {
  readonly type: 'MultiPolygon';
  readonly coordinates: Position[][][];
}

/** Vertices are multiples of this many 1e-7 degrees, so that middles and quarters of edges are whole and lie exactly on them. */
const GRID = 4;
const snap = (e7: number): number => Math.round(e7 / GRID) * GRID;

/** A star-shaped ring: never crosses itself. Counter-clockwise, closed, in 1e-7 degree. */
function star(dice: Dice, x: number, y: number, inner: number, outer: number, vertices: number): Position[] {
  const ring: Position[] = [];
  for (let i = 0; i < vertices; i++) {
    const angle = (2 * Math.PI * (i + dice.between(0, 0.8))) / vertices;
    const r = dice.between(inner, outer);
    ring.push([snap(x + 1.4 * r * Math.cos(angle)), snap(y + r * Math.sin(angle))]);
  }
  ring.push(ring[0] as Position);
  return ring;
}

/** A shell with up to two holes, side by side. */
function part(dice: Dice, x: number, y: number, size: number): Position[][] {
  const rings = [star(dice, x, y, size * 0.6, size, dice.int(7, 60))];
  const holes = dice.int(0, 2);
  for (let h = 0; h < holes; h++)
    rings.push(star(dice, x + (h - 0.5) * size * 0.5, y, size * 0.05, size * 0.13, dice.int(5, 20)).reverse());
  return rings;
}

export interface Drawn {
  readonly written: WrittenPolygon | WrittenMultiPolygon;
  /** All rings in 1e-7 degree, closed. */
  readonly parts: Position[][][];
}

/** `size` in 1e-7 degree; a third are multipolygons of up to four parts. */
export function randomPolygon(dice: Dice, x: number, y: number, size: number): Drawn {
  const count = dice.int(0, 2) === 0 ? dice.int(2, 4) : 1;
  const parts = Array.from({ length: count }, (_, i) => part(dice, x + i * size * 3, y + (i % 2) * size * 0.7, size));
  const degrees = parts.map((rings) => rings.map((ring) => ring.map(([a, b]): Position => [a / 1e7, b / 1e7])));
  const written: Drawn['written'] =
    count === 1
      ? { type: 'Polygon', coordinates: degrees[0] as Position[][] }
      : { type: 'MultiPolygon', coordinates: degrees };
  return { written, parts };
}

/** A point near the polygon; one in four lies exactly on a vertex or an edge, one in four just beside an edge. */
export function hardPoint(dice: Dice, drawn: Drawn, size: number): Position {
  const ring = dice.pick(dice.pick(drawn.parts));
  const i = dice.int(0, ring.length - 2);
  const [ax, ay] = ring[i] as Position;
  const [bx, by] = ring[i + 1] as Position;
  switch (dice.int(0, 7)) {
    case 0:
      return [ax, ay];
    case 1: {
      const quarter = dice.int(1, 3);
      return [ax + ((bx - ax) * quarter) / 4, ay + ((by - ay) * quarter) / 4];
    }
    case 2:
    case 3: {
      const t = dice.next();
      return [Math.round(ax + (bx - ax) * t) + dice.int(-1, 1), Math.round(ay + (by - ay) * t) + dice.int(-1, 1)];
    }
    case 4:
      // Level with a vertex, where careless crossing counts go wrong.
      return [Math.round(dice.between(ax - size, ax + size)), ay];
    default:
      return [Math.round(ax + dice.between(-size, size) * 0.7), Math.round(ay + dice.between(-size, size) * 0.7)];
  }
}
