// Which revision of a shared zone is in force at a log time. A `shared_zone` entry counts for everything later than its own log time, like a
// switch of the rules; of two that were written on top of the same revision, the first in merged order counts (L16).
import { type Outcome, type SharedZone, type SharedZonesInForce, isRecordedZone } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { LogTimeUs, SharedZoneData } from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';

interface HeardZone extends MergedPlace {
  readonly entryId: string;
  readonly data: SharedZoneData;
}
export interface ZoneRevision extends HeardZone {
  readonly revision: number;
}

/** Entries of one zone: those that count, and those that may come to count if one before them loses its place. */
interface Zone {
  /** What everybody has taken in; nobody asks for what was before. */
  base: ZoneRevision | undefined;
  /** After the base, in merged order. */
  heard: HeardZone[];
  /** The base, if there is one, and of `heard` what counts. */
  revisions: readonly ZoneRevision[];
}

const REFUSED: Outcome = { kind: 'refused', reason: 'revision_stale' };
const APPLIED: Outcome = { kind: 'applied' };

export class SharedZoneLog implements SharedZonesInForce {
  readonly #zones = new Map<string, Zone>();
  /** Of more than one revision: what `forgetThrough` may shorten. */
  readonly #varied = new Set<string>();

  constructor(revisions: readonly ZoneRevision[]) {
    for (const base of revisions) this.#zones.set(base.data.zoneId, { base, heard: [], revisions: [base] });
  }

  /** Undefined: it is no such entry, or one that says nothing a fold could go by. */
  note(placed: PlacedEntry): string | undefined {
    const { t, site, entry } = placed;
    if (!isSharedZoneEntry(placed)) return undefined;
    const data = entry.data as SharedZoneData;
    const zone = this.#zones.get(data.zoneId) ?? { base: undefined, heard: [], revisions: [] };
    this.#zones.set(data.zoneId, zone);
    zone.heard.push({ t, site, entryId: entry.entryId, data });
    zone.heard.sort(comparePlaces);
    this.#lay(data.zoneId, zone);
    return data.zoneId;
  }

  #lay(zoneId: string, zone: Zone): void {
    const revisions = zone.base === undefined ? [] : [zone.base];
    for (const one of zone.heard) {
      const revision = revisions.at(-1)?.revision ?? 0;
      if (one.data.baseRevision === revision) revisions.push({ ...one, revision: revision + 1 });
    }
    zone.revisions = revisions;
    if (zone.heard.length > 0) this.#varied.add(zoneId);
    else this.#varied.delete(zoneId);
    if (zone.base === undefined && zone.heard.length === 0) this.#zones.delete(zoneId);
  }

  at(zoneId: string, t: LogTimeUs): SharedZone | undefined {
    const found = this.#zones.get(zoneId)?.revisions.findLast((one) => one.t < t);
    return found === undefined ? undefined : { revision: found.revision, zone: found.data.zone };
  }
  after(zoneId: string, revision: number): number {
    const next = this.#zones.get(zoneId)?.revisions.find((one) => one.revision > revision);
    return next === undefined ? Number.POSITIVE_INFINITY : next.t + 1;
  }

  /** The newest revision that has a place, settled or not. */
  newest(zoneId: string): ZoneRevision | undefined {
    return this.#zones.get(zoneId)?.revisions.at(-1);
  }
  /** The newest of every zone. */
  all(): readonly ZoneRevision[] {
    return [...this.#zones.values()].flatMap(({ revisions }) => revisions.at(-1) ?? []);
  }
  get size(): number {
    return this.#zones.size;
  }
  outcomeOf({ entryId, data }: PlacedEntry['entry']): Outcome {
    const { zoneId } = data as SharedZoneData;
    const counts = this.#zones.get(zoneId)?.revisions.some((one) => one.entryId === entryId) === true;
    return counts ? APPLIED : REFUSED;
  }

  /** The revision of every zone that is in force after the place. */
  stateAt(place: MergedPlace): readonly ZoneRevision[] {
    return [...this.#zones.values()].flatMap(
      ({ revisions }) => revisions.findLast((one) => comparePlaces(one, place) <= 0) ?? [],
    );
  }
  /** Nobody will ask for a place before this one again. */
  forgetThrough(place: MergedPlace): void {
    for (const zoneId of this.#varied) {
      const zone = this.#zones.get(zoneId) as Zone;
      zone.base = zone.revisions.findLast((one) => comparePlaces(one, place) <= 0) ?? zone.base;
      zone.heard = zone.heard.filter((one) => comparePlaces(one, place) > 0);
      this.#lay(zoneId, zone);
    }
  }
  /** Everything after this place lost its place; the caller notes it anew. */
  forgetAfter(place: MergedPlace): void {
    for (const zoneId of this.#varied) {
      const zone = this.#zones.get(zoneId) as Zone;
      zone.heard = zone.heard.filter((one) => comparePlaces(one, place) <= 0);
      this.#lay(zoneId, zone);
    }
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export function isSharedZoneEntry({ entry }: PlacedEntry): boolean {
  if (entry.kind !== 'shared_zone' || typeof entry.data !== 'object' || entry.data === null) return false;
  const { zoneId, baseRevision, name, authority, zone, input, by } = entry.data as {
    [K in keyof SharedZoneData]?: unknown;
  };
  return (
    [zoneId, name, authority, by].every(isText) &&
    Number.isSafeInteger(baseRevision) &&
    typeof input === 'object' &&
    isRecordedZone(zone)
  );
}
