// The whole map style: one country, drawn from one local file. There is no `glyphs` address on purpose: without it the library
// draws labels with fonts of the machine, and nothing is fetched.
import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Palette } from './palette.ts';
import { PLACES } from './places.ts';
import type { Switzerland } from './switzerland.ts';

const FONT = ['DejaVu Sans', 'Noto Sans', 'sans-serif'];
const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Sources that change while the console runs. */
export const SOURCES = ['zones', 'zone-names', 'track', 'deciding', 'accuracy', 'marks', 'vertices'] as const;
export type SourceName = (typeof SOURCES)[number];

export function styleOf(country: Switzerland, palette: Palette): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: country.land },
      borders: { type: 'geojson', data: country.borders },
      lakes: { type: 'geojson', data: country.lakes },
      cantons: { type: 'geojson', data: country.cantons },
      places: { type: 'geojson', data: places() },
      ...Object.fromEntries(SOURCES.map((name) => [name, { type: 'geojson' as const, data: empty }])),
    },
    layers: [...ground(palette), ...caseLayers(palette), ...labels(palette), ...people(palette), ...vertices(palette)],
  };
}

const places = (): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: PLACES.map(({ name, at, rank }) => ({
    type: 'Feature',
    properties: { name, rank },
    geometry: { type: 'Point', coordinates: [...at] },
  })),
});

const ground = (palette: Palette): LayerSpecification[] => [
  { id: 'abroad', type: 'background', paint: { 'background-color': palette.abroad } },
  { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': palette.land } },
  { id: 'lakes', type: 'fill', source: 'lakes', paint: { 'fill-color': palette.lake } },
  { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': palette.border, 'line-width': 1 } },
  { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': palette.coast, 'line-width': 1.2 } },
];

/** Shared zones that concern nobody who is chosen stay in the background. */
const zoneColour = (palette: Palette): never =>
  ['match', ['get', 'kind'], 'inclusion', palette.inclusion, 'shared', palette.old, palette.exclusion] as never;

function caseLayers(palette: Palette): LayerSpecification[] {
  const zone = zoneColour(palette);
  const track = (gap: string, colour: string, dash: number[] | null): LayerSpecification => ({
    id: `track-${gap}`,
    type: 'line',
    source: 'track',
    filter: ['==', ['get', 'gap'], gap],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-width': dash === null ? 3 : 2,
      ...(dash === null ? {} : { 'line-dasharray': dash }),
    },
  });
  return [
    {
      id: 'zones',
      type: 'fill',
      source: 'zones',
      paint: {
        'fill-color': zone,
        'fill-opacity': ['case', ['!', ['get', 'active']], 0.03, ['==', ['get', 'kind'], 'inclusion'], 0.07, 0.14],
      },
    },
    { id: 'zone-edges', type: 'line', source: 'zones', paint: { 'line-color': zone, 'line-width': 1.5 } },
    track('unknown', palette.unknown, [1, 2.5]),
    track('sparse', palette.sparse, [3, 1.5]),
    track('close', palette.close, null),
    {
      id: 'deciding',
      type: 'fill',
      source: 'deciding',
      paint: { 'fill-color': palette.deciding, 'fill-opacity': 0.18 },
    },
    {
      id: 'deciding-edges',
      type: 'line',
      source: 'deciding',
      paint: { 'line-color': palette.deciding, 'line-width': 2 },
    },
  ];
}

function labels(palette: Palette): LayerSpecification[] {
  const text = { 'text-color': palette.text, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 };
  const rank = (upTo: number): FilterSpecification => ['<=', ['get', 'rank'], upTo];
  const towns = (id: string, upTo: number, minzoom: number, maxzoom: number): LayerSpecification => ({
    id,
    type: 'symbol',
    source: 'places',
    minzoom,
    maxzoom,
    filter: rank(upTo),
    layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'symbol-sort-key': ['get', 'rank'] },
    paint: text,
  });
  return [
    {
      id: 'cantons',
      type: 'symbol',
      source: 'cantons',
      maxzoom: 8.2,
      layout: { 'text-field': ['get', 'code'], 'text-font': FONT, 'text-size': 11, 'text-letter-spacing': 0.08 },
      paint: { ...text, 'text-opacity': 0.75 },
    },
    towns('towns-far', 1, 8.2, 9),
    towns('towns-near', 2, 9, 9.8),
    towns('towns-all', 3, 9.8, 24),
    {
      id: 'zone-names',
      type: 'symbol',
      source: 'zone-names',
      minzoom: 11,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 12,
        'text-anchor': 'bottom',
        'text-offset': [0, -0.2],
        'text-max-width': 14,
      },
      paint: { ...text, 'text-color': zoneColour(palette) },
    },
  ];
}

/** Corners of the zone that is being drawn, numbered; one that is wrong stands out. */
const vertices = (palette: Palette): LayerSpecification[] => {
  const colour = ['case', ['get', 'wrong'], palette.alarm, palette.fix] as never;
  return [
    {
      id: 'vertices',
      type: 'circle',
      source: 'vertices',
      paint: {
        'circle-radius': ['case', ['get', 'wrong'], 7, 4],
        'circle-color': palette.land,
        'circle-stroke-color': colour,
        'circle-stroke-width': ['case', ['get', 'wrong'], 3, 2],
      },
    },
    {
      id: 'vertex-labels',
      type: 'symbol',
      source: 'vertices',
      layout: {
        'text-field': ['get', 'label'],
        'text-font': FONT,
        'text-size': 12,
        'text-anchor': 'left',
        'text-offset': [0.7, 0],
      },
      paint: { 'text-color': colour, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
    },
  ];
};

function people(palette: Palette): LayerSpecification[] {
  const colour = [
    'case',
    ['get', 'alarm'],
    palette.alarm,
    ['get', 'old'],
    palette.old,
    ['==', ['get', 'role'], 'protected'],
    palette.protected,
    palette.fix,
  ] as never;
  return [
    { id: 'accuracy', type: 'fill', source: 'accuracy', paint: { 'fill-color': colour, 'fill-opacity': 0.16 } },
    {
      id: 'accuracy-edges',
      type: 'line',
      source: 'accuracy',
      paint: { 'line-color': colour, 'line-width': 1.2, 'line-opacity': 0.8 },
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': ['get', 'icon'],
        // The ring of the icon stands for the accuracy circle while that is smaller than a few pixels.
        'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.55, 9, 0.8, 12, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: { 'icon-opacity': ['case', ['get', 'old'], 0.75, 1] },
    },
    // A layer of its own: a label that finds no room must not take its person off the map.
    {
      id: 'mark-labels',
      type: 'symbol',
      source: 'marks',
      minzoom: 11.5,
      layout: {
        'symbol-sort-key': ['-', 0, ['get', 'rank']],
        'text-field': ['get', 'label'],
        'text-font': FONT,
        'text-size': 11,
        'text-offset': [0, 1.4],
        'text-anchor': 'top',
      },
      paint: { 'text-color': palette.text, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
    },
  ];
}
