// All pairs of edges of a zone that meet where they should not, exactly. Edges are sorted by their western end; only pairs whose
// boxes overlap are looked at.
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
  readonly west: number;
  readonly east: number;
}

/** Calls `report` for each pair; stops when it returns false. Neighbouring edges of a ring are reported only if one doubles back. */
export function findMeetings(
  rings: readonly Flat[],
  report: (a: EdgePlace, b: EdgePlace, how: Meeting) => boolean,
): void {
  const edges = rings.flatMap((ring, index) => edgesOf(ring, index));
  edges.sort((a, b) => a.west - b.west || a.ring - b.ring || a.edge - b.edge);
  for (let i = 0; i < edges.length; i++) {
    const a = edges[i] as Edge;
    for (let j = i + 1; j < edges.length; j++) {
      const b = edges[j] as Edge;
      if (b.west > a.east) break;
      if (Math.max(a.ay, a.by) < Math.min(b.ay, b.by) || Math.min(a.ay, a.by) > Math.max(b.ay, b.by)) continue;
      const how = meetingOf(a, b);
      if (how === undefined || (how === 'touch' && areNeighbours(a, b, rings))) continue;
      if (!report(a, b, how)) return;
    }
  }
}

function edgesOf(ring: Flat, index: number): Edge[] {
  const edges: Edge[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const ax = ring[i] as number;
    const bx = ring[j] as number;
    edges.push({
      ring: index,
      edge: i / 2,
      ax,
      ay: ring[i + 1] as number,
      bx,
      by: ring[j + 1] as number,
      west: Math.min(ax, bx),
      east: Math.max(ax, bx),
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
    const width = Math.min(a.east, b.east) - Math.max(a.west, b.west);
    const height =
      Math.min(Math.max(a.ay, a.by), Math.max(b.ay, b.by)) - Math.max(Math.min(a.ay, a.by), Math.min(b.ay, b.by));
    if (width < 0 || height < 0) return undefined;
    return width > 0 || height > 0 ? 'along' : 'touch';
  }
  return a1 * a2 < 0 && b1 * b2 < 0 ? 'cross' : 'touch';
}
