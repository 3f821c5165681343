// Swiss towns with their weight. See README.md beside the table for its source and licence.
import { readFileSync } from 'node:fs';
import type { Canton } from '@vigie/model';

export interface Town {
  readonly name: string;
  readonly canton: Canton;
  readonly lat: number;
  readonly lon: number;
  readonly population: number;
}

export function readTowns(): readonly Town[] {
  const text = readFileSync(new URL('towns.csv', import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name, canton, lat, lon, population] = line.split(',');
      return {
        name: name as string,
        canton: canton as Canton,
        lat: Number(lat),
        lon: Number(lon),
        population: Number(population),
      };
    });
}
