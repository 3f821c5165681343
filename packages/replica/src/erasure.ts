// Measures that are erased (D4): an `erased` entry ends the case for the fold; a `key_destroyed` entry of each site says that
// nobody can read it there any more.
import type { PlacedEntry } from '@vigie/log';
import type { ErasedData, KeyDestroyedData, SiteId } from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';

/** One erased measure. Travels in snapshots as it is; those of before carry the place alone. */
export interface Erasure extends MergedPlace {
  readonly authority?: string;
  readonly legalBasis?: string;
  readonly legalDate?: string;
  /** Log time (us) at which each site has said that its key is destroyed; settled. */
  readonly destroyedAt?: { readonly [site in SiteId]?: number };
}

export function erasedMeasure(placed: PlacedEntry): string | undefined {
  return placed.entry.kind === 'erased' ? measureOf(placed.entry.data) : undefined;
}

export class Erasures {
  readonly #byMeasure = new Map<string, Erasure>();
  /** Settled, in the order in which they were. */
  readonly #settled = new Set<string>();

  has(measure: string): boolean {
    return this.#byMeasure.has(measure);
  }
  get(measure: string): Erasure | undefined {
    return this.#byMeasure.get(measure);
  }
  measures(): IterableIterator<string> {
    return this.#byMeasure.keys();
  }
  /** Those that have settled. */
  settled(): [measure: string, erasure: Erasure][] {
    return [...this.#settled].map((measure) => [measure, this.#byMeasure.get(measure) as Erasure]);
  }

  /** From a snapshot. */
  begin(measure: string, erasure: Erasure): void {
    this.#byMeasure.set(measure, erasure);
    this.#settled.add(measure);
  }
  /** An entry that has a place; the first in merged order counts. Returns the measure that it erases. */
  note(placed: PlacedEntry): string | undefined {
    const measure = erasedMeasure(placed);
    if (measure === undefined) return undefined;
    const known = this.#byMeasure.get(measure);
    if (known !== undefined && comparePlaces(known, placed) <= 0) return measure;
    const { authority, legalBasis, legalDate } = placed.entry.data as Partial<ErasedData>;
    this.#byMeasure.set(measure, {
      t: placed.t,
      site: placed.site,
      ...(typeof authority === 'string' ? { authority } : {}),
      ...(typeof legalBasis === 'string' ? { legalBasis } : {}),
      ...(typeof legalDate === 'string' ? { legalDate } : {}),
    });
    return measure;
  }
  /** An entry that has settled. */
  settle(placed: PlacedEntry): void {
    const { kind, data } = placed.entry;
    const measure = kind === 'erased' || kind === 'key_destroyed' ? measureOf(data) : undefined;
    const erasure = measure === undefined ? undefined : this.#byMeasure.get(measure);
    if (measure === undefined || erasure === undefined) return;
    if (kind === 'erased') this.#settled.add(measure);
    else if (erasure.destroyedAt?.[placed.site] === undefined) {
      const destroyedAt = { ...erasure.destroyedAt, [placed.site]: placed.t };
      this.#byMeasure.set(measure, { ...erasure, destroyedAt });
    }
  }
}

function measureOf(data: unknown): string | undefined {
  const measure = (data as Partial<KeyDestroyedData> | null | undefined)?.measure;
  return typeof measure === 'string' ? measure : undefined;
}
