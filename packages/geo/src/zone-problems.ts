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
const PROBLEMS_MAX = 50;

/** West, south, east, north in degrees. */
export type BoxDegrees = readonly [west: number, south: number, east: number, north: number];

/** Collects problems up to the bound. `validity`: where zones are expected, null = anywhere. */
export class Problems {
  readonly errors: ZoneProblem[] = [];
  readonly warnings: ZoneProblem[] = [];
  readonly #validity: BoxDegrees | null;

  constructor(validity: BoxDegrees | null) {
    this.#validity = validity;
  }

  error(code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
    add(this.errors, code, path, reason, vertex);
  }
  warning(code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
    add(this.warnings, code, path, reason, vertex);
  }

  /** Warns of the first vertex of a list that lies outside the area of validity. `index`: the vertices' numbers as written. */
  warnIfOutside(flatE7: readonly number[], path: string, index?: readonly number[]): void {
    if (this.#validity === null) return;
    const [west, south, east, north] = this.#validity;
    for (let i = 0; i < flatE7.length; i += 2) {
      const lon = (flatE7[i] as number) / 1e7;
      const lat = (flatE7[i + 1] as number) / 1e7;
      if (lon >= west && lon <= east && lat >= south && lat <= north) continue;
      this.warning('outside_validity', path, 'lies outside the area where zones are expected', index?.[i / 2]);
      return;
    }
  }
}

function add(list: ZoneProblem[], code: ZoneProblemCode, path: string, reason: string, vertex?: number): void {
  if (list.length < PROBLEMS_MAX) list.push({ path, code, reason, ...(vertex === undefined ? {} : { vertex }) });
}
