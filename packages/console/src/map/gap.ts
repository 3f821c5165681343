// A track is a chain of fixes with holes between them, and the holes matter: the line between two distant fixes is a guess.
import type { TrackView } from '@vigie/api/contract';

/** Up to here the line between two fixes is what it looks like, in seconds. */
export const CLOSE_GAP_S_MAX = 120;
/** Beyond this nothing is known of the way taken, in seconds. */
export const WIDE_GAP_S_MIN = 600;

export type Gap = 'close' | 'sparse' | 'unknown';

export const gapOf = (seconds: number): Gap =>
  seconds <= CLOSE_GAP_S_MAX ? 'close' : seconds < WIDE_GAP_S_MIN ? 'sparse' : 'unknown';

export type TrackSegments = GeoJSON.FeatureCollection<
  GeoJSON.LineString,
  { readonly gap: Gap; readonly seconds: number; readonly role: string }
>;

/** Neighbouring fixes of one device and equal gap become one line, so that a long track stays a few features. */
export function segmentsOf(track: TrackView): TrackSegments {
  const features: TrackSegments['features'] = [];
  const last = new Map<
    string,
    { fix: TrackView['features'][number]; line: TrackSegments['features'][number] | null }
  >();
  for (const fix of track.features) {
    const { deviceId, at, role } = fix.properties;
    const before = last.get(deviceId);
    if (before === undefined) {
      last.set(deviceId, { fix, line: null });
      continue;
    }
    const seconds = (Date.parse(at) - Date.parse(before.fix.properties.at)) / 1000;
    const gap = gapOf(seconds);
    const to = [...fix.geometry.coordinates];
    let line = before.line;
    if (line !== null && line.properties.gap === gap) line.geometry.coordinates.push(to);
    else {
      line = {
        type: 'Feature',
        properties: { gap, seconds, role },
        geometry: { type: 'LineString', coordinates: [[...before.fix.geometry.coordinates], to] },
      };
      features.push(line);
    }
    last.set(deviceId, { fix, line });
  }
  return { type: 'FeatureCollection', features };
}
