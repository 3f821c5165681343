// The reference data beside the repository (VIGIE_DATA, else ../shared/data). Tests that need it skip with a reason where it is absent.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);

export function dataFolder(name: string): URL | undefined {
  const given = process.env['VIGIE_DATA'];
  const base =
    given === undefined ? new URL('../../../../shared/data/', here) : new URL(`file://${given.replace(/\/*$/, '/')}`);
  const folder = new URL(`${name}/`, base);
  if (existsSync(folder)) return folder;
  process.stderr.write(`skipped: no reference data in ${name}; set VIGIE_DATA to the folder that holds it\n`);
  return undefined;
}

export const readJson = (folder: URL, file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

/** Rows of a CSV without quotes, as numbers by column name. */
export function readNumbers(folder: URL, file: string): Record<string, number>[] {
  const [header = '', ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', Number(cell)])));
}

export const filesOf = (folder: URL): string[] => readdirSync(folder).sort();
