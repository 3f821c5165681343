// Canton and municipality of a fix, from boundaries handed in as data. Lakes and commons belong to no municipality: the canton is answered
// all the same.
import { type BoundaryFeature, BoundaryLayer } from './boundary-layer.ts';

export interface Place {
  /** Id of the canton as in the boundaries, or null: abroad. */
  readonly canton: string | null;
  /** Id of the municipality, or null: a lake, a common, or abroad. */
  readonly municipality: string | null;
}

export class Jurisdiction {
  readonly cantons: BoundaryLayer;
  readonly municipalities: BoundaryLayer;

  constructor(cantons: readonly BoundaryFeature[], municipalities: readonly BoundaryFeature[]) {
    this.cantons = new BoundaryLayer(cantons);
    this.municipalities = new BoundaryLayer(municipalities);
  }

  /** Index into `cantons.ids`, or -1. Allocates nothing. */
  canton(lonE7: number, latE7: number): number {
    return this.cantons.find(lonE7, latE7);
  }

  /** Index into `municipalities.ids`, or -1. Allocates nothing. */
  municipality(lonE7: number, latE7: number): number {
    return this.municipalities.find(lonE7, latE7);
  }

  place(lonE7: number, latE7: number): Place {
    return {
      canton: this.cantons.ids[this.canton(lonE7, latE7)] ?? null,
      municipality: this.municipalities.ids[this.municipality(lonE7, latE7)] ?? null,
    };
  }
}
