// Cuts cantons and lakes out of the federal boundaries in the swiss-maps package and adds them to the build as one small
// local file. It is made at build time and never committed: the data's terms are the Federal Statistical Office's.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import { feature, merge, mesh } from 'topojson-client';
import { labelPoint } from './label-point.ts';
import { SWITZERLAND_PATH, type Switzerland } from '../src/map/switzerland.ts';

/** 1e-4 degree, about 11 m: below a pixel at every zoom where whole cantons are in view. */
const DIGITS = 4;

type Topology = Parameters<typeof feature>[0];
type Layer = Extract<Parameters<typeof mesh>[1], { type: 'GeometryCollection' }>;
type Boundaries = Topology & { readonly objects: { readonly cantons: Layer; readonly lakes: Layer } };

export async function cutSwitzerland(): Promise<Switzerland> {
  const file = createRequire(import.meta.url).resolve('swiss-maps/2026/ch-combined.json');
  const topology = JSON.parse(await readFile(file, 'utf8')) as Boundaries;
  return {
    // Cantons are areas, so the collection holds nothing else.
    land: rounded({
      type: 'Feature',
      properties: {},
      geometry: merge(topology, topology.objects.cantons.geometries as Parameters<typeof merge>[1] & unknown[]),
    }),
    borders: rounded({
      type: 'Feature',
      properties: {},
      geometry: mesh(topology, topology.objects.cantons, (a, b) => a !== b),
    }),
    lakes: rounded(feature(topology, topology.objects.lakes)),
    cantons: rounded({ type: 'FeatureCollection', features: cantonLabels(topology) }),
  };
}

/** The package has ids and no names: the federal numbers of the cantons, from 1. */
const CODES = 'ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU'.split(' ');

function cantonLabels(topology: Boundaries): Switzerland['cantons']['features'] {
  return feature(topology, topology.objects.cantons).features.map(({ id, geometry }) => {
    const code = CODES[Number(id) - 1];
    if (code === undefined) throw new Error(`swiss-maps: no canton has the federal number ${id}`);
    return { type: 'Feature', properties: { code }, geometry: { type: 'Point', coordinates: labelPoint(geometry) } };
  });
}

const rounded = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(DIGITS)) : v))) as T;

export function switzerland(): Plugin {
  return {
    name: 'vigie:switzerland',
    configureServer(server) {
      server.middlewares.use(SWITZERLAND_PATH, (_, response, next) => {
        cutSwitzerland().then((map) => {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify(map));
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: SWITZERLAND_PATH.slice(1),
        source: JSON.stringify(await cutSwitzerland()),
      });
    },
  };
}
