// What the chosen incident draws, the fixes that decided with their accuracy, and what to bring into view.
import type { IncidentView } from '@vigie/api/contract';
import type { Focus } from '../state/console-state.ts';
import { ACCURACY_SHOWN_M_MIN } from './marks.ts';
import { boundsOf, circleRing } from './shapes.ts';
import { zonesOf } from './zones.ts';

export function decidingFixes(incident: IncidentView): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: incident.reason.fixes.flatMap(({ at, lon, lat, accuracyM }) => {
      if (lon === undefined || lat === undefined) return [];
      const ring = circleRing(lon, lat, Math.max(ACCURACY_SHOWN_M_MIN, accuracyM));
      return [{ type: 'Feature' as const, properties: { at }, geometry: { type: 'Polygon', coordinates: [ring] } }];
    }),
  };
}

/** What to bring into view: the rule's zone and the deciding fixes of an incident, or everything of a case. */
export function focusBounds(focus: Focus, incident: IncidentView | undefined): [number, number, number, number] | null {
  const rules = focus.detail.kind === 'loaded' ? focus.detail.value.rules : [];
  const concerned = incident === undefined ? rules : rules.filter((rule) => rule.ruleId === incident.ruleId);
  const shapes = [...zonesOf(concerned).features, ...(incident === undefined ? [] : decidingFixes(incident).features)];
  const bounds = boundsOf(shapes.map((feature) => feature.geometry));
  if (bounds !== null || focus.track.kind !== 'loaded') return bounds;
  return boundsOf(
    focus.track.value.features
      .slice(-50)
      .map(({ geometry }) => ({ type: 'Point', coordinates: [...geometry.coordinates] })),
  );
}
