// Boundaries are data of the installation: read once, checked, and named by their digest beside every answer.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { boundariesOf } from './boundaries.ts';

const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});
const area = (properties: object, geometry: unknown) => ({ type: 'Feature', properties, geometry });
/** Two cantons side by side, west and east of 7.5 degrees; a municipality on the west bank of a lake that belongs to none. */
const INVENTED = {
  type: 'FeatureCollection',
  features: [
    area({ canton: 'JU' }, box(7, 47, 7.5, 47.5)),
    area({ canton: 'BE' }, box(7.5, 47, 8, 47.5)),
    area({ canton: 'JU', municipality: 'Westville' }, box(7, 47, 7.2, 47.5)),
    area({ canton: 'BE', municipality: 'Ostdorf' }, box(7.5, 47, 8, 47.5)),
  ],
};
function fileOf(content: unknown): { boundariesFile: string } {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-site-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const boundariesFile = join(dir, 'boundaries.geojson');
  writeFileSync(boundariesFile, typeof content === 'string' ? content : JSON.stringify(content));
  return { boundariesFile };
}

test('[JD1] a place has canton and municipality, a lake its canton alone, and abroad neither', async () => {
  const at = await boundariesOf(fileOf(INVENTED));
  const said = (lon: number, lat: number) => {
    const { canton, municipality } = at?.placeOf(Math.round(lon * 1e7), Math.round(lat * 1e7)) ?? {};
    return [canton, municipality];
  };
  expect(said(7.1, 47.2)).toEqual(['JU', 'Westville']);
  expect(said(7.3, 47.2)).toEqual(['JU', null]);
  expect(said(7.7, 47.2)).toEqual(['BE', 'Ostdorf']);
  expect(said(6, 46)).toEqual([null, null]);
});

test('[JD1] other boundaries have another name, and the same ones the same', async () => {
  const nameOf = async (content: unknown) => (await boundariesOf(fileOf(content)))?.placeOf(0, 0).boundaries;
  const name = await nameOf(INVENTED);
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  expect(await nameOf(INVENTED)).toBe(name);
  expect(await nameOf({ ...INVENTED, features: INVENTED.features.slice(0, 2) })).not.toBe(name);
});

test.for([
  ['no JSON', '{', 'cannot be read as JSON'],
  ['a canton that is none', { ...INVENTED, features: [area({ canton: 'XX' }, box(7, 47, 8, 48))] }, 'canton'],
  ['a canton twice', { ...INVENTED, features: [INVENTED.features[0], INVENTED.features[0]] }, 'JU is there twice'],
  [
    'points instead of areas',
    { ...INVENTED, features: [area({ canton: 'JU' }, { type: 'Point', coordinates: [7, 47] })] },
    'geometry',
  ],
] as const)('boundaries that cannot be used stop the start: %s', async ([, content, said]) => {
  await expect(boundariesOf(fileOf(content))).rejects.toThrow(said);
});

test('without boundaries nothing is said of places', async () => {
  expect(await boundariesOf({ boundariesFile: undefined })).toBeUndefined();
});
