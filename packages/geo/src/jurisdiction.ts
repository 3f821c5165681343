// Canton and municipality of a fix, from boundaries handed in as data. Lakes and commons belong to no municipality: the canton is answered
// all the same.
import { degreesToE7 } from '@vigie/model';
import { type BoundaryFeature, BoundaryLayer } from './boundary-layer.ts';
import { pointWithin } from './ring.ts';

export interface Place {
  /** Id of the canton as in the boundaries, or null: abroad. */
  readonly canton: string | null;
  /** Id of the municipality, or null: a lake, a common, or abroad. */
  readonly municipality: string | null;
}

export class Jurisdiction {
  readonly cantons: BoundaryLayer;
  readonly municipalities: BoundaryLayer;
  /** Per municipality: its canton, or -1 where no point inside it was found at once. */
  readonly #cantonOf: Int16Array;

  constructor(cantons: readonly BoundaryFeature[], municipalities: readonly BoundaryFeature[]) {
    this.cantons = new BoundaryLayer(cantons);
    this.municipalities = new BoundaryLayer(municipalities);
    this.#cantonOf = new Int16Array(this.municipalities.ids.length).fill(-1);
    for (const feature of municipalities) {
      const [x, y] = placeIn(feature);
      const index = this.municipalities.find(x, y);
      if (this.municipalities.ids[index] === feature.id) this.#cantonOf[index] = this.cantons.find(x, y);
    }
  }

  /** Index into `municipalities.ids`, or -1. Allocates nothing. */
  municipality(lonE7: number, latE7: number): number {
    return this.municipalities.find(lonE7, latE7);
  }

  /**
   * Index into `cantons.ids`, or -1. Allocates nothing. With the municipality of the same fix (or -1 for none) it is the canton of that
   * municipality: one look, and the two never contradict each other on a border.
   */
  canton(lonE7: number, latE7: number, municipality = -1): number {
    const known = municipality < 0 ? -1 : (this.#cantonOf[municipality] as number);
    return known < 0 ? this.cantons.find(lonE7, latE7) : known;
  }

  place(lonE7: number, latE7: number): Place {
    const municipality = this.municipality(lonE7, latE7);
    return {
      canton: this.cantons.ids[this.canton(lonE7, latE7, municipality)] ?? null,
      municipality: this.municipalities.ids[municipality] ?? null,
    };
  }
}

/** A point inside the longest ring of an area. A hole may hold it: the caller checks. */
function placeIn({ geometry }: BoundaryFeature): readonly [lonE7: number, latE7: number] {
  const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
  const longest = rings.reduce((best, ring) => (ring.length > best.length ? ring : best), []);
  if (longest.length < 4) return [0, 0];
  const flat = longest.slice(1).flatMap(([x, y]) => [degreesToE7(x as number), degreesToE7(y as number)]);
  const [x, y] = pointWithin(flat);
  return [Math.round(x), Math.round(y)];
}
