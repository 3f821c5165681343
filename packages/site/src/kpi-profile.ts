// By which clocks this centre measures its answers.
import { readFile } from 'node:fs/promises';
import { EN_50518_LIKE, type KpiProfile, kpiProfileSchema } from '@vigie/model';
import type { Settings } from './settings.ts';

/** A profile that cannot be used stops the start: thresholds that nobody meant are worse than none. */
export async function kpiProfileOf({ kpiProfileFile: file }: Pick<Settings, 'kpiProfileFile'>): Promise<KpiProfile> {
  if (file === undefined) return EN_50518_LIKE;
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`KPI_PROFILE_FILE: ${file} cannot be read as JSON`, { cause });
  }
  const parsed = kpiProfileSchema.safeParse(read);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Error(`KPI_PROFILE_FILE: ${file}: ${first?.path.join('.') ?? ''} ${first?.message ?? 'is not valid'}`);
}
