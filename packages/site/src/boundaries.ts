// In whose territory a fix lies: cantons and municipalities as this installation was given them. Lakes and commons belong to no
// municipality; the canton is answered all the same.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type BoundaryFeature, Jurisdiction } from '@vigie/geo';
import { type IncidentPlace, boundariesSchema } from '@vigie/model';
import type { Settings } from './settings.ts';

/** Hex digits of the file's SHA-256 that stand beside every answer: by which boundaries it was given. */
const IDENTITY_DIGITS = 16;

export interface Boundaries {
  readonly identity: string;
  readonly placeOf: (lonE7: number, latE7: number) => IncidentPlace;
}

/** Undefined: none were given. Boundaries that cannot be used stop the start: an alarm must not go to the wrong police. */
export async function boundariesOf({
  boundariesFile: file,
}: Pick<Settings, 'boundariesFile'>): Promise<Boundaries | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readFile(file);
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Error(`BOUNDARIES_FILE: ${file} cannot be read as JSON`, { cause });
  }
  const parsed = boundariesSchema.safeParse(read);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new Error(`BOUNDARIES_FILE: ${file}: ${first?.path.join('.') ?? ''} ${first?.message ?? 'is not valid'}`);
  }
  const cantons: BoundaryFeature[] = [];
  const municipalities: BoundaryFeature[] = [];
  const known = new Set<string>();
  for (const { properties, geometry } of parsed.data.features) {
    const { canton, municipality } = properties;
    const id = municipality === undefined ? canton : `${canton}/${municipality}`;
    if (known.has(id)) throw new Error(`BOUNDARIES_FILE: ${file}: ${id} is there twice`);
    known.add(id);
    (municipality === undefined ? cantons : municipalities).push({ id, geometry });
  }
  const jurisdiction = new Jurisdiction(cantons, municipalities);
  const identity = createHash('sha256').update(bytes).digest('hex').slice(0, IDENTITY_DIGITS);
  const placeOf = (lonE7: number, latE7: number): IncidentPlace => {
    const { canton, municipality } = jurisdiction.place(lonE7, latE7);
    // Of a municipality without its canton's own border, the canton is part of its name.
    const name = municipality?.slice(municipality.indexOf('/') + 1) ?? null;
    return { canton: canton ?? municipality?.slice(0, 2) ?? null, municipality: name, boundaries: identity };
  };
  return { identity, placeOf };
}
