// A zone in a text field: one point per line, longitude first, or GeoJSON as a cadastre exports it. Lines and vertices have the same
// numbers, so that an error finds its line.
import type { ZoneText } from '@vigie/api/contract';

export type Points = readonly (readonly number[])[];
export type Read =
  | { readonly kind: 'empty' }
  | { readonly kind: 'points'; readonly points: Points }
  /** Read from GeoJSON: what it draws, as it is. */
  | { readonly kind: 'zone'; readonly zone: ZoneText }
  | { readonly kind: 'bad'; readonly why: 'line' | 'json' | 'geometry'; readonly line?: number };

type Shape = 'area' | 'corridor';

const NUMBER = String.raw`[-+]?\d{1,3}(?:\.\d+)?`;
const LINE = new RegExp(String.raw`^\s*(${NUMBER})\s*[,;\s]\s*(${NUMBER})(?:\s*[,;\s]\s*[-+]?\d+(?:\.\d+)?)?\s*$`);

export function readZone(text: string, shape: Shape): Read {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('{')) return readGeoJson(trimmed, shape);
  const points: number[][] = [];
  for (const [i, line] of trimmed.split(/\r?\n/).entries()) {
    const match = LINE.exec(line);
    const [lon, lat] = [Number(match?.[1]), Number(match?.[2])];
    if (match === null || Math.abs(lon) > 180 || Math.abs(lat) > 90) return { kind: 'bad', why: 'line', line: i + 1 };
    points.push([lon, lat]);
  }
  return { kind: 'points', points };
}

/** A single position, `7.3447, 47.3655`. */
export function readPoint(text: string): readonly [number, number] | null {
  const read = readZone(text, 'corridor');
  const [first, ...more] = read.kind === 'points' ? read.points : [];
  const [lon, lat] = first ?? [];
  return lon === undefined || lat === undefined || more.length > 0 ? null : [lon, lat];
}

function readGeoJson(text: string, shape: Shape): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad', why: 'json' };
  }
  const geometries = geometriesOf(value);
  if (shape === 'corridor') {
    const [line] = geometries.filter(({ type }) => type === 'LineString');
    return line === undefined || geometries.length !== 1
      ? { kind: 'bad', why: 'geometry' }
      : { kind: 'points', points: line.coordinates as Points };
  }
  const parts = geometries.flatMap(({ type, coordinates }) =>
    type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' && Array.isArray(coordinates) ? coordinates : [null],
  ) as (Points[] | null)[];
  const areas = parts.filter((part) => part !== null);
  const [first] = areas;
  if (first === undefined || areas.length < parts.length) return { kind: 'bad', why: 'geometry' };
  // What it says is the API's to judge: it names the ring and the vertex.
  return {
    kind: 'zone',
    zone: areas.length === 1 ? { type: 'Polygon', coordinates: first } : { type: 'MultiPolygon', coordinates: areas },
  };
}

interface Geometry {
  readonly type: unknown;
  readonly coordinates: unknown;
}

/** A geometry, a feature or a collection of features: whatever people are given. */
function geometriesOf(value: unknown): readonly Geometry[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, geometry, features, coordinates } = value as Record<string, unknown>;
  if (type === 'Feature') return geometriesOf(geometry);
  if (type === 'FeatureCollection') return Array.isArray(features) ? features.flatMap(geometriesOf) : [];
  return Array.isArray(coordinates) ? [{ type, coordinates }] : [];
}

/** The ring that the points go round: closed by the form, not by the person. */
export const ringOf = (points: Points): Points => {
  const [first, last] = [points[0], points.at(-1)];
  const isClosed = points.length > 3 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  return first === undefined || isClosed ? points : [...points, first];
};

/** 1e-6 degree is a tenth of a metre. */
const written = (degrees: number): string => degrees.toFixed(6);
export const lineOf = ([lon = 0, lat = 0]: readonly number[]): string => `${written(lon)}, ${written(lat)}`;

/** As written: a zone that nobody touches stays the same to the last digit, and what runs under it goes on. */
export const exactLine = ([lon = 0, lat = 0]: readonly number[]): string => `${lon}, ${lat}`;

/** One ring reads best as its points; more is GeoJSON. */
export function textOf(zone: Extract<ZoneText, { type: 'Polygon' | 'MultiPolygon' }>): string {
  const [ring, ...holes] = zone.type === 'Polygon' ? zone.coordinates : [];
  if (ring === undefined || holes.length > 0) return JSON.stringify({ type: zone.type, coordinates: zone.coordinates });
  return ring.slice(0, -1).map(exactLine).join('\n');
}
