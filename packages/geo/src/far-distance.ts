// Distance from a far point to edges that are straight in longitude and latitude. Slow and good everywhere: the nearest place is sought
// by straight-line distance through the earth, then measured by the geodesic. Never needed for a verdict, whose boxes decide first.
import { ECCENTRICITY2, EQUATOR_M } from './ellipsoid.ts';
import { geodesicM } from './geodesic.ts';
import { cosineE7, sineE7 } from './series.ts';

/** Edges are looked at in pieces of at most 1 degree: within one the distance has a single minimum. */
const PIECE_E7 = 10_000_000;
/** No 1e-7 degree, in any direction, is longer than this. */
const METRES_PER_E7_MAX = 0.01117;
/** 40 cuts by a third leave 1e-7 of a piece. */
const CUTS = 40;

/** Collects the nearest place over any number of edges. */
export class FarSearch {
  readonly #lonE7: number;
  readonly #latE7: number;
  readonly #x: number;
  readonly #y: number;
  readonly #z: number;
  #best = Infinity;
  #bestLonE7 = 0;
  #bestLatE7 = 0;

  constructor(lonE7: number, latE7: number) {
    this.#lonE7 = lonE7;
    this.#latE7 = latE7;
    const normal = normalM(latE7);
    this.#x = normal * cosineE7(latE7) * cosineE7(lonE7);
    this.#y = normal * cosineE7(latE7) * sineE7(lonE7);
    this.#z = normal * (1 - ECCENTRICITY2) * sineE7(latE7);
  }

  /** Straight-line metres to a place; keeps it if it is the nearest so far. */
  #probe(lonE7: number, latE7: number): number {
    const normal = normalM(latE7);
    const c = cosineE7(latE7);
    const dx = normal * c * cosineE7(lonE7) - this.#x;
    const dy = normal * c * sineE7(lonE7) - this.#y;
    const dz = normal * (1 - ECCENTRICITY2) * sineE7(latE7) - this.#z;
    const chord = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (chord < this.#best) {
      this.#best = chord;
      this.#bestLonE7 = lonE7;
      this.#bestLatE7 = latE7;
    }
    return chord;
  }

  edge(ax: number, ay: number, bx: number, by: number): void {
    const size = Math.max(Math.abs(bx - ax), Math.abs(by - ay));
    const pieces = Math.max(1, Math.ceil(size / PIECE_E7));
    let before = this.#probe(ax, ay);
    for (let piece = 1; piece <= pieces; piece++) {
      const from = (piece - 1) / pieces;
      const to = piece / pieces;
      const after = this.#probe(ax + to * (bx - ax), ay + to * (by - ay));
      const lengthMax = (size / pieces) * 1.4143 * METRES_PER_E7_MAX;
      if (Math.max(before, after) - lengthMax < this.#best) this.#cut(ax, ay, bx, by, from, to);
      before = after;
    }
  }

  #cut(ax: number, ay: number, bx: number, by: number, from: number, to: number): void {
    let low = from;
    let high = to;
    for (let i = 0; i < CUTS; i++) {
      const a = low + (high - low) / 3;
      const b = high - (high - low) / 3;
      const atA = this.#probe(ax + a * (bx - ax), ay + a * (by - ay));
      const atB = this.#probe(ax + b * (bx - ax), ay + b * (by - ay));
      if (atA < atB) high = b;
      else low = a;
    }
  }

  distanceM(): number {
    return geodesicM(this.#lonE7, this.#latE7, this.#bestLonE7, this.#bestLatE7);
  }
}

function normalM(latE7: number): number {
  const s = sineE7(latE7);
  return EQUATOR_M / Math.sqrt(1 - ECCENTRICITY2 * s * s);
}
