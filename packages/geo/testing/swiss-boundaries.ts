// Boundaries for tests and benchmarks: the generalised ones of the Federal Statistical Office from the npm package swiss-maps (not for
// legal boundaries; source: Bundesamt für Statistik (BFS), GEOSTAT).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { feature } from 'topojson-client';
import type { BoundaryFeature } from '../src/index.ts';

export interface SwissBoundaries {
  readonly cantons: BoundaryFeature[];
  readonly municipalities: BoundaryFeature[];
}

export function swissBoundaries(year = 2026): SwissBoundaries {
  const file = fileURLToPath(import.meta.resolve(`swiss-maps/${year}/ch-combined.json`));
  const topology = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof feature>[0];
  const layer = (name: string): BoundaryFeature[] => {
    const collection = feature(topology, topology.objects[name] as never) as unknown as {
      readonly features: readonly { readonly id: string | number; readonly geometry: BoundaryFeature['geometry'] }[];
    };
    return collection.features.map(({ id, geometry }) => ({ id: String(id), geometry }));
  };
  return { cantons: layer('cantons'), municipalities: layer('municipalities') };
}

/** Canton numbers of the Federal Statistical Office, 1 to 26. */
export const CANTON_LETTERS = 'ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU'.split(
  ' ',
);
