// Who may import whom, as docs/ARCHITECTURE.md draws it: data flows left to right, the middle is pure, the ends touch the world.
// pnpm resolves only what a package.json names, so the manifests are the edges.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read, repositoryFiles, root } from './files.ts';

const ALL_BUT_ENDS = 'model geo engine orders log ingest replica projections dispatch api console'.split(' ');

/** `site` serves the built console as files and imports none of its code. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  geo: ['model'],
  engine: ['model', 'geo'],
  orders: ['model', 'geo'],
  log: ['model'],
  ingest: ['model', 'log'],
  replica: ['model', 'engine', 'log'],
  projections: ['model', 'log', 'engine'],
  dispatch: ['model', 'log'],
  api: ['model', 'log', 'projections', 'replica'],
  console: ['model', 'api'],
  site: ALL_BUT_ENDS,
  sim: ['model', 'geo', 'engine', 'log', 'ingest', 'replica', 'dispatch'],
  drill: ['model', 'sim'],
  // geo for `bench geofence`: it measures the engine beside the reference designs that geo's own benchmark keeps.
  cli: ['site', 'sim', 'drill', 'replica', 'model', 'engine', 'geo', 'orders', 'log'],
};

/** Outside packages of the pure core: each computes, none touches the world. */
const PURE_MAY_USE: Readonly<Record<string, readonly string[]>> = {
  model: ['zod', '@noble/hashes'],
  geo: ['rbush'],
  engine: [],
  orders: ['zod', 'temporal-polyfill', 'date-holidays', 'rrule-temporal'],
};

type Manifest = { readonly name: string; readonly dependencies?: Readonly<Record<string, string>> };

const packages = readdirSync(join(root, 'packages')).map((folder) => {
  const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as Manifest;
  const names = Object.keys(manifest.dependencies ?? {});
  return {
    folder,
    name: manifest.name,
    inside: names.filter((name) => name.startsWith('@vigie/')).map((name) => name.slice('@vigie/'.length)),
    outside: names.filter((name) => !name.startsWith('@vigie/')),
  };
});

test('every package has a place in the table, and its folder its name', () => {
  expect(packages.length).toBeGreaterThanOrEqual(12);
  expect(packages.filter(({ folder }) => MAY_IMPORT[folder] === undefined).map(({ folder }) => folder)).toEqual([]);
  for (const { folder, name } of packages) expect(name).toBe(`@vigie/${folder}`);
});

test('docs/ARCHITECTURE.md draws the same arrows', () => {
  const rows = [...read('docs/ARCHITECTURE.md').matchAll(/^\| `([a-z]+)` \|.*\| ([^|]+) \|$/gm)];
  expect(rows.length).toBeGreaterThanOrEqual(12);
  for (const [, name = '', may = ''] of rows) {
    if (may === 'all of the above') continue;
    const drawn = may === '-' ? [] : may.split(', ');
    expect([name, drawn.toSorted()]).toEqual([name, (MAY_IMPORT[name] ?? []).toSorted()]);
  }
});

test('packages import along the arrows only', () => {
  const edges = packages.flatMap(({ folder, inside }) => inside.map((other) => [folder, other] as const));
  expect(edges.length).toBeGreaterThan(20);
  const against = edges.filter(([from, to]) => MAY_IMPORT[from]?.includes(to) !== true);
  expect(against.map(([from, to]) => `${from} -> ${to}`)).toEqual([]);
});

test('the arrows form no circle', () => {
  const circles: string[] = [];
  const follow = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) circles.push([...path, name].join(' -> '));
    else for (const next of MAY_IMPORT[name] ?? []) follow(next, [...path, name]);
  };
  for (const name of Object.keys(MAY_IMPORT)) follow(name, []);
  expect(circles).toEqual([]);
});

test('the pure core uses nothing from outside but what computes', () => {
  const pure = packages.filter(({ folder }) => PURE_MAY_USE[folder] !== undefined);
  expect(pure.length).toBeGreaterThanOrEqual(3);
  const others = pure.flatMap(({ folder, outside }) =>
    outside.filter((name) => PURE_MAY_USE[folder]?.includes(name) !== true).map((name) => `${folder} uses ${name}`),
  );
  expect(others).toEqual([]);
});

test('no source reaches into another package by a path', () => {
  const sources = repositoryFiles('packages').filter((name) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(name));
  expect(sources.length).toBeGreaterThan(100);
  const reaching = sources.flatMap((name) =>
    [...read(name).matchAll(/from '(?<path>(?:\.\.\/)+[^']*|@vigie\/[^']*)'/g)]
      .map((match) => match.groups?.['path'] ?? '')
      .filter((path) => {
        if (path.startsWith('@vigie/')) return path.includes('/src/');
        const target = join(name, '..', path);
        return !target.startsWith(name.split('/').slice(0, 3).join('/')) && !isOfTests(name, target);
      })
      .map((path) => `${name}: ${path}`),
  );
  expect(reaching).toEqual([]);
});

/** Launchers and truths shared by tests lie in test/; a package's own manifest and files beside src are its own. */
function isOfTests(source: string, target: string): boolean {
  const isTest = /\.test\.tsx?$|\/testing\/|\/test-support\/|\/testing\.ts$/.test(source);
  return (isTest && target.startsWith('test/')) || target.startsWith(`${source.split('/').slice(0, 2).join('/')}/`);
}
