// Sizes outside which a zone is a slip of the pen rather than an order. Settings; these are the shipped values.
export interface ZoneLimits {
  readonly radiusMMin: number;
  readonly radiusMMax: number;
  readonly widthMMin: number;
  readonly widthMMax: number;
  /** Square metres of all parts without their holes. */
  readonly areaM2Min: number;
  readonly areaM2Max: number;
  /** Of all rings together, or of the line. */
  readonly verticesMax: number;
  readonly partsMax: number;
}

export const ZONE_LIMITS: ZoneLimits = {
  radiusMMin: 1,
  radiusMMax: 500_000,
  widthMMin: 1,
  widthMMax: 100_000,
  areaM2Min: 10,
  /** A million square kilometres: Switzerland is 41,285. */
  areaM2Max: 1e12,
  verticesMax: 10_000,
  partsMax: 1_000,
};
