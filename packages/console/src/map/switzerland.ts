// The country as the map draws it: made by the build from the federal boundaries, served by the site itself.
export const SWITZERLAND_PATH = '/map/switzerland.json';
/** The Federal Statistical Office asks for this wording wherever its boundaries are shown. */
export const ATTRIBUTION = 'Bundesamt für Statistik (BFS), GEOSTAT';

export interface Switzerland {
  readonly land: GeoJSON.Feature<GeoJSON.MultiPolygon>;
  readonly borders: GeoJSON.Feature<GeoJSON.MultiLineString>;
  readonly lakes: GeoJSON.FeatureCollection;
  /** One point per canton to write its two letters at. */
  readonly cantons: GeoJSON.FeatureCollection<GeoJSON.Point, { readonly code: string }>;
}

/** West, south, east, north: the country with a little air. */
export const BOUNDS: [number, number, number, number] = [5.85, 45.72, 10.6, 47.9];
