// Short distances on the ground for making up places and movements: good to a few parts in a thousand over tens of kilometres.
// Nothing that is judged rests on it.

export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

const M_PER_DEGREE_LAT = 111_195;
const mPerDegreeLon = (lat: number): number => M_PER_DEGREE_LAT * Math.cos((lat * Math.PI) / 180);

export const moved = (from: LatLon, eastM: number, northM: number): LatLon => ({
  lat: from.lat + northM / M_PER_DEGREE_LAT,
  lon: from.lon + eastM / mPerDegreeLon(from.lat),
});

export function roughDistanceM(a: LatLon, b: LatLon): number {
  const east = (b.lon - a.lon) * mPerDegreeLon((a.lat + b.lat) / 2);
  const north = (b.lat - a.lat) * M_PER_DEGREE_LAT;
  return Math.sqrt(east * east + north * north);
}

export const between = (a: LatLon, b: LatLon, share: number): LatLon => ({
  lat: a.lat + (b.lat - a.lat) * share,
  lon: a.lon + (b.lon - a.lon) * share,
});

/** 7 decimals: what the log keeps. */
export const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
export const lonLat = ({ lat, lon }: LatLon): [number, number] => [rounded(lon), rounded(lat)];

/** A ring around a centre with edges of differing length, closed, counter-clockwise, never crossing itself. */
export function starRing(center: LatLon, radiiM: readonly number[], turn: number): [number, number][] {
  const ring = radiiM.map((radius, i) => {
    const angle = turn + (2 * Math.PI * i) / radiiM.length;
    return lonLat(moved(center, radius * Math.cos(angle), radius * Math.sin(angle)));
  });
  return [...ring, ring[0] as [number, number]];
}
