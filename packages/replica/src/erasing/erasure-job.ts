// D4: looks for measures whose retention ends, and appends `erased` for them while the sites are joined, or one is alone. Whichever site does
// it, and however often, it is one erasure: its entry id follows from the measure and its legal date.
import type { SiteLog } from '@vigie/log';
import { type ErasedData, type SiteId, derivedId, otherSite } from '@vigie/model';
import type { Erasure } from '../erasure.ts';
import type { Replica } from '../replica.ts';

const DAY_MS = 86_400_000;
/** Erased this long before the legal date: time for an erasure that cannot run to be seen, and helped. */
export const ERASED_BEFORE_MS = 30 * DAY_MS;
/** What is not erased at both sites so long before its legal date is an incident. */
const OVERDUE_BEFORE_MS = 21 * DAY_MS;
/** Each costs a new key file at both sites; the rest has its turn at the next look. */
const ERASED_PER_LOOK_MAX = 50;
const CASES_PER_SLICE = 100;

export interface DueMeasure extends ErasedData {
  readonly legalDateMs: number;
}

/** How long what is recorded may be kept after the end of a measure. */
export interface RetentionDates {
  /** Undefined: no policy says that it is to be erased. */
  legalDateMs(legalBasis: string, canton: string, endedMs: number): number | undefined;
}

export interface ErasureJobOptions {
  readonly site: SiteId;
  readonly log: Pick<SiteLog, 'append' | 'peer'>;
  readonly replica: Pick<Replica, 'measures' | 'liveView' | 'isSettled' | 'erased' | 'erasures'> & {
    readonly merge: Pick<Replica['merge'], 'hasLeft' | 'isRetired'>;
  };
  readonly retention: RetentionDates;
  readonly nowMs: () => number;
  /** Lets other work have its turn. */
  readonly nextSlice: () => Promise<void>;
}

export interface Look {
  /** Measures that should be erased by now and have no `erased` entry, the most urgent first. */
  readonly due: readonly DueMeasure[];
  /** How many measures, erased by entry or not, are not yet erased at every site although their legal date is near. */
  readonly overdue: number;
  /** The first of those legal dates; undefined: none. */
  readonly firstLegalDate: string | undefined;
}

export class ErasureJob {
  readonly #o: ErasureJobOptions;
  #due: readonly DueMeasure[] = [];

  constructor(o: ErasureJobOptions) {
    this.#o = o;
  }

  /** As of the last look. */
  get due(): readonly DueMeasure[] {
    return this.#due;
  }

  async look(): Promise<Look> {
    const { nowMs, replica } = this.#o;
    const now = nowMs();
    const due = await this.#find(now);
    this.#due = due;
    const late = due
      .filter(({ legalDateMs }) => legalDateMs - OVERDUE_BEFORE_MS <= now)
      .map(({ legalDate }) => legalDate);
    for (const [, erasure] of replica.erasures()) {
      const { legalDate } = erasure;
      if (legalDate === undefined || this.isCertified(erasure)) continue;
      if (Date.parse(legalDate) - OVERDUE_BEFORE_MS <= now) late.push(legalDate);
    }
    return { due, overdue: late.length, firstLegalDate: late.sort()[0] };
  }

  /**
   * Appends what is due, if this site is the one to do it now; says how many. A measure whose end may still lose its place waits: what is
   * erased does not come back. Never throws for what the log may answer.
   */
  async run(due: readonly DueMeasure[]): Promise<number> {
    const { site, log, replica } = this.#o;
    const other = otherSite(site);
    const isAlone = replica.merge.hasLeft(other) || replica.merge.isRetired(other);
    if (!isAlone && !(site === 'noirmont' && log.peer().joined)) return 0;
    let stored = 0;
    const settled = due.filter(({ measure }) => replica.isSettled(measure));
    for (const { legalDateMs: _, ...data } of settled.slice(0, ERASED_PER_LOOK_MAX)) {
      const entryId = derivedId('erased', data.measure, data.legalDate);
      const result = await log.append({ kind: 'erased', entryId, items: [], data });
      if (result.kind !== 'stored') break;
      stored++;
    }
    return stored;
  }

  /** Every site that is not given up has said that its key is destroyed. */
  isCertified({ destroyedAt = {} }: Erasure): boolean {
    const { site, replica } = this.#o;
    const other = otherSite(site);
    return destroyedAt[site] !== undefined && (destroyedAt[other] !== undefined || replica.merge.isRetired(other));
  }

  async #find(now: number): Promise<DueMeasure[]> {
    const { replica, nextSlice } = this.#o;
    const due: DueMeasure[] = [];
    let count = 0;
    for (const measure of replica.measures()) {
      if (++count % CASES_PER_SLICE === 0) await nextSlice();
      if (replica.erased(measure)) continue;
      const found = this.#dueOf(measure, now);
      if (found !== undefined) due.push(found);
    }
    return due.sort((a, b) => a.legalDateMs - b.legalDateMs);
  }

  #dueOf(measure: string, now: number): DueMeasure | undefined {
    const { replica, retention } = this.#o;
    const view = replica.liveView(measure);
    if (view === undefined) return undefined;
    const { authority, legalBasis, order } = view.recorded;
    const endedMs = Math.min(view.stoppedAtMs ?? Number.POSITIVE_INFINITY, order.validToMs);
    if (endedMs > now) return undefined;
    const legalDateMs = retention.legalDateMs(legalBasis, authority, endedMs);
    if (legalDateMs === undefined || legalDateMs - ERASED_BEFORE_MS > now) return undefined;
    return { measure, authority, legalBasis, legalDate: new Date(legalDateMs).toISOString(), legalDateMs };
  }
}
