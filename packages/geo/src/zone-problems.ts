// What may be wrong or doubtful about a zone as written. A problem names the vertex, so that the person who drew it finds the place.

export type ZoneProblemCode =
  | 'shape' // not one of the zone types, or a member is missing or of the wrong type
  | 'coordinate' // not a number, or outside -180..180 / -90..90
  | 'unclosed'
  | 'too_few_points' // fewer than three different points after rounding to 1e-7 degree
  | 'too_many_vertices'
  | 'self_crossing'
  | 'self_touching' // a ring that meets itself at a point, runs along itself or doubles back
  | 'rings_cross'
  | 'hole_outside'
  | 'holes_overlap'
  | 'parts_overlap'
  | 'antimeridian' // an edge longer than half the globe
  | 'tiny'
  | 'huge'
  // Warnings only:
  | 'repeated_point' // dropped
  | 'winding' // turned round
  | 'shared_edge' // two parts lie edge to edge: the edge between them still counts as an edge
  | 'outside_validity';

export interface ZoneProblem {
  /** JSON pointer into the zone: `/coordinates/0`, `/radiusM`. */
  readonly path: string;
  /** Index in the ring or line as written, from 0. */
  readonly vertex?: number;
  readonly code: ZoneProblemCode;
  /** A short sentence for the person who wrote the zone. */
  readonly reason: string;
}

/** More problems than this are not listed: the zone needs drawing anew. */
export const PROBLEMS_MAX = 50;

/** Collects problems up to the bound. */
export class Problems {
  readonly errors: ZoneProblem[] = [];
  readonly warnings: ZoneProblem[] = [];

  error(code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
    add(this.errors, code, path, reason, vertex);
  }
  warning(code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
    add(this.warnings, code, path, reason, vertex);
  }
}

function add(list: ZoneProblem[], code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
  if (list.length < PROBLEMS_MAX) list.push({ path, code, reason, ...(vertex === undefined ? {} : { vertex }) });
}
