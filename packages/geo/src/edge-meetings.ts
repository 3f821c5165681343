// All pairs of edges of a zone that meet where they should not, exactly. Edges are sorted along one axis; only pairs whose boxes overlap
// are looked at.
import type { BoxE7 } from './e7.ts';
import { side } from './exact.ts';
import type { Flat } from './ring.ts';

export type Meeting = 'cross' | 'along' | 'touch';

/** Edge number i of a ring runs from vertex i to vertex i + 1. */
export interface EdgePlace {
  readonly ring: number;
  readonly edge: number;
}

interface Edge extends EdgePlace {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly box: BoxE7;
}

/** Calls `report` for each pair; stops when it returns false. Neighbouring edges of a ring are reported only if one doubles back. */
export function findMeetings(
  rings: readonly Flat[],
  report: (a: EdgePlace, b: EdgePlace, how: Meeting) => boolean,
): void {
  const edges = rings.flatMap((ring, index) => edgesOf(ring, index));
  // Along the axis on which edges are short against the whole, as those of a comb are on one.
  const along = crowding(edges, 0) <= crowding(edges, 1) ? 0 : 1;
  const across = along === 0 ? 1 : 0;
  edges.sort((a, b) => a.box[along] - b.box[along] || a.ring - b.ring || a.edge - b.edge);
  for (let i = 0; i < edges.length; i++) {
    const a = edges[i] as Edge;
    const end = highOf(a, along);
    for (let j = i + 1; j < edges.length; j++) {
      const b = edges[j] as Edge;
      if (b.box[along] > end) break;
      if (highOf(a, across) < b.box[across] || a.box[across] > highOf(b, across)) continue;
      const how = meetingOf(a, b);
      if (how === undefined || (how === 'touch' && areNeighbours(a, b, rings))) continue;
      if (!report(a, b, how)) return;
    }
  }
}

type Axis = 0 | 1;
const highOf = (edge: Edge, axis: Axis): number => edge.box[axis === 0 ? 2 : 3];

/** Mean share of the whole extent that an edge covers on an axis. */
function crowding(edges: readonly Edge[], axis: Axis): number {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const edge of edges) {
    low = Math.min(low, edge.box[axis]);
    high = Math.max(high, highOf(edge, axis));
    sum += highOf(edge, axis) - edge.box[axis];
  }
  return sum / Math.max(1, high - low);
}

function edgesOf(ring: Flat, index: number): Edge[] {
  const edges: Edge[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const ax = ring[i] as number;
    const ay = ring[i + 1] as number;
    const bx = ring[j] as number;
    const by = ring[j + 1] as number;
    edges.push({
      ring: index,
      edge: i / 2,
      ax,
      ay,
      bx,
      by,
      box: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)],
    });
  }
  return edges;
}

function areNeighbours(a: Edge, b: Edge, rings: readonly Flat[]): boolean {
  if (a.ring !== b.ring) return false;
  const apart = Math.abs(a.edge - b.edge);
  return apart === 1 || apart === (rings[a.ring] as Flat).length / 2 - 1;
}

function meetingOf(a: Edge, b: Edge): Meeting | undefined {
  const a1 = Math.sign(side(b.ax, b.ay, b.bx, b.by, a.ax, a.ay));
  const a2 = Math.sign(side(b.ax, b.ay, b.bx, b.by, a.bx, a.by));
  if (a1 * a2 > 0) return undefined;
  const b1 = Math.sign(side(a.ax, a.ay, a.bx, a.by, b.ax, b.ay));
  const b2 = Math.sign(side(a.ax, a.ay, a.bx, a.by, b.bx, b.by));
  if (b1 * b2 > 0) return undefined;
  if (a1 === 0 && a2 === 0) {
    const width = Math.min(highOf(a, 0), highOf(b, 0)) - Math.max(a.box[0], b.box[0]);
    const height = Math.min(highOf(a, 1), highOf(b, 1)) - Math.max(a.box[1], b.box[1]);
    if (width < 0 || height < 0) return undefined;
    return width > 0 || height > 0 ? 'along' : 'touch';
  }
  return a1 * a2 < 0 && b1 * b2 < 0 ? 'cross' : 'touch';
}
