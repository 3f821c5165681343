// Is a fix inside a zone, and how far is it from the edge? turf answers the first on GeoJSON objects; the distance is the
// geodesic to the nearest of the edges' nearest points. Every edge is looked at for every fix.
import { booleanPointInPolygon, multiPolygon, point, polygon } from '@turf/turf';
import { type LonLat, geodesicMetres } from './geodesic.ts';

type Ring = readonly (readonly number[])[];
export type OracleZone =
  | { readonly type: 'circle'; readonly center: readonly number[]; readonly radiusM: number }
  | { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Ring[])[] }
  | { readonly type: 'corridor'; readonly line: Ring; readonly widthM: number };

/** Metres to the edge, positive inside. */
export function signedDistance(zone: OracleZone, at: LonLat): number {
  switch (zone.type) {
    case 'circle':
      return zone.radiusM - geodesicMetres(zone.center as unknown as LonLat, at);
    case 'corridor':
      return zone.widthM / 2 - toLine(zone.line, at);
    case 'Polygon': {
      const inside = booleanPointInPolygon(point([...at]), polygon(zone.coordinates.map(copyRing)));
      return withSide(inside, Math.min(...zone.coordinates.map((ring) => toLine(ring, at))));
    }
    case 'MultiPolygon': {
      const parts = zone.coordinates.map((rings) => rings.map(copyRing));
      const inside = booleanPointInPolygon(point([...at]), multiPolygon(parts));
      return withSide(inside, Math.min(...zone.coordinates.flat().map((ring) => toLine(ring, at))));
    }
  }
}

const withSide = (inside: boolean, edge: number): number => (inside ? edge : -edge);
const copyRing = (ring: Ring): number[][] => ring.map((position) => [position[0] as number, position[1] as number]);

/** The edge is straight in longitude and latitude (RFC 7946); the nearest point is looked for in degrees of equal length. */
function toLine(line: Ring, at: LonLat): number {
  const squeeze = lonDegreeInLatDegrees(at[1]);
  let nearest: LonLat = at;
  let nearest2 = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.length; i++) {
    const on = nearestOnEdge(line[i - 1] as unknown as LonLat, line[i] as unknown as LonLat, at, squeeze);
    const d2 = ((on[0] - at[0]) * squeeze) ** 2 + (on[1] - at[1]) ** 2;
    if (d2 < nearest2) [nearest, nearest2] = [on, d2];
  }
  return geodesicMetres(nearest, at);
}

function nearestOnEdge(a: LonLat, b: LonLat, at: LonLat, squeeze: number): LonLat {
  const [dx, dy] = [(b[0] - a[0]) * squeeze, b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : ((at[0] - a[0]) * squeeze * dx + (at[1] - a[1]) * dy) / length2;
  const within = Math.min(1, Math.max(0, share));
  return [a[0] + within * (b[0] - a[0]), a[1] + within * (b[1] - a[1])];
}

/** cos(lat), and a little more because the ellipsoid is flatter along the meridian (0.00674 = second eccentricity squared). */
function lonDegreeInLatDegrees(lat: number): number {
  const cos = Math.cos((lat * Math.PI) / 180);
  return cos * (1 + 0.00674 * cos * cos);
}
