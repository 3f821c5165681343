// How long what is recorded of a measure may be kept after its end, by legal basis and canton.
import { readFile } from 'node:fs/promises';
import { type RetentionPolicy, ZGB_28C_MONTHS_MAX, retentionSchema } from '@vigie/model';
import type { Settings } from '../settings.ts';

export class Retention {
  readonly #months = new Map<string, number>([['ZGB 28c *', ZGB_28C_MONTHS_MAX]]);

  constructor(policies: readonly RetentionPolicy[] = []) {
    for (const { legalBasis, canton, monthsAfterEnd } of policies)
      this.#months.set(`${legalBasis} ${canton}`, monthsAfterEnd);
  }

  /** Undefined: no policy says that it is to be erased. */
  months(legalBasis: string, canton: string): number | undefined {
    return this.#months.get(`${legalBasis} ${canton}`) ?? this.#months.get(`${legalBasis} *`);
  }

  /** By when it must be erased, milliseconds since the Unix epoch. */
  legalDateMs(legalBasis: string, canton: string, endedMs: number): number | undefined {
    const months = this.months(legalBasis, canton);
    return months === undefined ? undefined : addMonthsMs(endedMs, months);
  }
}

/** Calendar months in UTC; where the month has no such day, its last one: never later than the law means. */
export function addMonthsMs(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

/** Policies that cannot be used stop the start: what is kept too long cannot be made good. */
export async function retentionOf({ retentionFile: file }: Pick<Settings, 'retentionFile'>): Promise<Retention> {
  if (file === undefined) return new Retention();
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`RETENTION_FILE: ${file} cannot be read as JSON`, { cause });
  }
  const parsed = retentionSchema.safeParse(read);
  if (parsed.success) return new Retention(parsed.data.policies);
  const [first] = parsed.error.issues;
  throw new Error(`RETENTION_FILE: ${file}: ${first?.path.join('.') ?? ''} ${first?.message ?? 'is not valid'}`);
}
