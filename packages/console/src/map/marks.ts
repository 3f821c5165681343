// Positions as features: where, how sure, how old. A position is never drawn without its accuracy.
import type { IncidentView, PositionView } from '@vigie/api/contract';
import { circleRing } from './shapes.ts';

/** Older than this a position is greyed: the person may be anywhere by now, in milliseconds. */
export const OLD_AFTER_MS = 300_000;
/** Without a recorded accuracy (0) the circle shows at least this much, in metres. */
export const ACCURACY_SHOWN_M_MIN = 5;
const ACCURACY_POINTS = 32;

export interface MarkProperties {
  readonly deviceId: string;
  readonly caseId: string;
  readonly icon: string;
  readonly old: boolean;
  readonly alarm: boolean;
  /** Drawn above others when greater. */
  readonly rank: number;
  readonly accuracyM: number;
  readonly at: string;
  readonly site: string;
  readonly role: string;
  readonly label: string;
}
export type Marks = GeoJSON.FeatureCollection<GeoJSON.Point, MarkProperties>;

export function marksOf(
  positions: readonly PositionView[],
  alarmed: ReadonlySet<string>,
  nowMs: number,
  ageOf: (at: string) => string,
): Marks {
  return {
    type: 'FeatureCollection',
    features: positions.map((position) => {
      const old = nowMs - Date.parse(position.at) > OLD_AFTER_MS;
      const alarm = alarmed.has(position.caseId) && position.role === 'wearer';
      return {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [position.lon, position.lat] },
        properties: {
          deviceId: position.deviceId,
          caseId: position.caseId,
          icon: `${position.role}-${alarm ? 'alarm' : old ? 'old' : 'now'}${alarm && old ? '-old' : ''}`,
          old,
          alarm,
          rank: alarm ? 2 : old ? 0 : 1,
          accuracyM: position.accuracyM,
          at: position.at,
          site: position.site,
          role: position.role,
          label: `${position.caseId}\n${ageOf(position.at)} · ± ${Math.round(position.accuracyM)} m`,
        },
      };
    }),
  };
}

export interface Window {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** True-to-scale accuracy circles of the positions in view; thousands off screen cost nothing. */
export function accuracyCircles(marks: Marks, view: Window): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (const { geometry, properties } of marks.features) {
    const [lon, lat] = geometry.coordinates;
    if (lon === undefined || lat === undefined) continue;
    if (lon < view.west || lon > view.east || lat < view.south || lat > view.north) continue;
    const radiusM = Math.max(ACCURACY_SHOWN_M_MIN, properties.accuracyM);
    features.push({
      type: 'Feature',
      properties: { old: properties.old, alarm: properties.alarm, role: properties.role },
      geometry: { type: 'Polygon', coordinates: [circleRing(lon, lat, radiusM, ACCURACY_POINTS)] },
    });
  }
  return { type: 'FeatureCollection', features };
}

/** Cases with a live alarm that nobody has taken: their people are red on the map. */
export function alarmedCases(alarms: readonly IncidentView[]): ReadonlySet<string> {
  return new Set(alarms.map((incident) => incident.caseId));
}
