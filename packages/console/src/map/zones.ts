// Zones as the map draws them, and where their names stand.
import type { RuleView, SharedZoneView } from '@vigie/api/contract';
import { boundsOf, zoneGeometry } from './shapes.ts';

export interface ZoneProperties {
  /** `exclusion`, `inclusion`, ...; `shared` for one that no rule of the chosen case names. */
  readonly kind: string;
  readonly name: string;
  readonly active: boolean;
}
export type Zones = GeoJSON.FeatureCollection<GeoJSON.Geometry, ZoneProperties>;

export const zonesOf = (rules: readonly RuleView[]): Zones => ({
  type: 'FeatureCollection',
  features: rules.flatMap(({ zone, kind, ruleId, zoneName, activeNow }) =>
    zone === undefined
      ? []
      : [
          {
            type: 'Feature' as const,
            properties: { kind, name: zoneName ?? ruleId, active: activeNow !== false },
            geometry: zoneGeometry(zone),
          },
        ],
  ),
});

/** Shared zones beside those of the chosen case, each once. */
export function withShared(own: Zones, rules: readonly RuleView[], shared: readonly SharedZoneView[]): Zones {
  const named = new Set(rules.map(({ sharedZoneId }) => sharedZoneId));
  const others = shared.filter(({ zoneId }) => !named.has(zoneId));
  if (others.length === 0) return own;
  return {
    type: 'FeatureCollection',
    features: [
      ...others.map(({ name, zone }) => ({
        type: 'Feature' as const,
        properties: { kind: 'shared', name, active: false },
        geometry: zoneGeometry(zone),
      })),
      ...own.features,
    ],
  };
}

export const namesOf = ({ features }: Zones): GeoJSON.FeatureCollection<GeoJSON.Point, ZoneProperties> => ({
  type: 'FeatureCollection',
  features: features.flatMap(({ geometry, properties }) => {
    const [west, , east, north] = boundsOf([geometry]) ?? [];
    if (west === undefined || east === undefined || north === undefined) return [];
    return [
      { type: 'Feature' as const, properties, geometry: { type: 'Point', coordinates: [(west + east) / 2, north] } },
    ];
  }),
});
