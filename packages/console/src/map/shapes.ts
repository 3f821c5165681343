// Areas for drawing only: a circle of metres as a polygon of degrees. Decisions are made by the engine's own geometry.
import type { ZoneView } from '@vigie/api/contract';

/** Metres per degree of latitude; good to 0.6 % over Switzerland, which no eye sees. */
const METRES_PER_DEGREE = 111_320;
const CIRCLE_POINTS = 64;

export function circleRing(
  lon: number,
  lat: number,
  radiusM: number,
  points: number = CIRCLE_POINTS,
): [number, number][] {
  const dLat = radiusM / METRES_PER_DEGREE;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  const ring: [number, number][] = [];
  for (let i = 0; i <= points; i++) {
    const angle = (2 * Math.PI * (i % points)) / points;
    ring.push([lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)]);
  }
  return ring;
}

export function zoneGeometry(zone: ZoneView): GeoJSON.Geometry {
  switch (zone.type) {
    case 'circle':
      return { type: 'Polygon', coordinates: [circleRing(zone.center[0], zone.center[1], zone.radiusM)] };
    case 'corridor':
      return { type: 'MultiPolygon', coordinates: corridor(zone.line, zone.widthM) };
    case 'Polygon':
    case 'MultiPolygon':
      return zone as unknown as GeoJSON.Polygon | GeoJSON.MultiPolygon;
  }
}

/** One rectangle per stretch and a disc per bend; overlapping areas of one zone draw as one at low opacity. */
function corridor(line: readonly (readonly [number, number])[], widthM: number): [number, number][][][] {
  const half = widthM / 2;
  const areas: [number, number][][][] = line.map(([lon, lat]) => [circleRing(lon, lat, half, 24)]);
  for (const [i, to] of line.entries()) {
    const from = line[i - 1];
    if (from === undefined) continue;
    const perLon = METRES_PER_DEGREE * Math.cos((from[1] * Math.PI) / 180);
    const x = (to[0] - from[0]) * perLon;
    const y = (to[1] - from[1]) * METRES_PER_DEGREE;
    const length = Math.hypot(x, y);
    if (length === 0) continue;
    const aside: [number, number] = [(-y / length) * (half / perLon), (x / length) * (half / METRES_PER_DEGREE)];
    const corner = ([lon, lat]: readonly [number, number], side: 1 | -1): [number, number] => [
      lon + side * aside[0],
      lat + side * aside[1],
    ];
    areas.push([[corner(from, 1), corner(to, 1), corner(to, -1), corner(from, -1), corner(from, 1)]]);
  }
  return areas;
}

/** [west, south, east, north] of all coordinates in a geometry; null when there are none. */
export function boundsOf(geometries: readonly GeoJSON.Geometry[]): [number, number, number, number] | null {
  let bounds: [number, number, number, number] | null = null;
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [lon, lat] = value as unknown[];
    if (typeof lon === 'number' && typeof lat === 'number') {
      bounds =
        bounds === null
          ? [lon, lat, lon, lat]
          : [Math.min(bounds[0], lon), Math.min(bounds[1], lat), Math.max(bounds[2], lon), Math.max(bounds[3], lat)];
      return;
    }
    for (const part of value) visit(part);
  };
  for (const geometry of geometries) if (geometry.type !== 'GeometryCollection') visit(geometry.coordinates);
  return bounds;
}
