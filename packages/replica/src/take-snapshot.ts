// Settled state at its end, taken out of a running fold as a snapshot; and how a replica goes on from one.
import type { Merge } from '@vigie/log';
import type { SiteId, VectorPosition } from '@vigie/model';
import type { Fold, FoldStart } from './fold.ts';
import { comparePlaces } from './place.ts';
import { type Snapshot, SNAPSHOT_VERSION } from './snapshot.ts';

/**
 * Only where fold and merge stand at the same place, so that reading on from there misses nothing.
 * @param received how far settled state reaches in each origin
 */
export function takeSnapshot(fold: Fold, merge: Merge, received: VectorPosition): Snapshot | undefined {
  const { settled, context } = fold;
  if (fold.hasWork || settled.waitingCount > 0 || settled.place.t === 0) return undefined;
  const digest = settled.digestAt(settled.place);
  const header = {
    version: SNAPSHOT_VERSION,
    v8: process.versions.v8,
    place: settled.place,
    clocks: context.clocks.stateAt(settled.place),
    merge: merge.snapshot(),
    received,
    erased: [...context.erased]
      .filter(([, place]) => comparePlaces(place, settled.place) <= 0)
      .map(([measure, { t, site }]) => [measure, { t, site }] as const),
    digest,
  };
  return { header, cases: settledCases(fold) };
}

function settledCases({ context }: Fold): (readonly [string, Uint8Array])[] {
  const { live, tails } = context;
  const cases: (readonly [string, Uint8Array])[] = [];
  for (const measure of live.measures()) {
    const tail = tails.get(measure);
    const bytes = tail === undefined ? live.saveCase(measure) : tail.base;
    if (bytes !== undefined) cases.push([measure, bytes]);
  }
  for (const tail of tails.all())
    if (tail.base !== undefined && !live.has(tail.measure)) cases.push([tail.measure, tail.base]);
  return cases;
}

export const startOf = (snapshot: Snapshot): FoldStart => ({
  place: snapshot.header.place,
  clocks: snapshot.header.clocks,
  cases: snapshot.cases,
  erased: snapshot.header.erased,
});

/** Why a snapshot cannot be used at this site; undefined: it can. */
export function refusal(snapshot: Snapshot, site: SiteId): string | undefined {
  if (snapshot.header.merge.self !== site) return `is of ${snapshot.header.merge.self}`;
  return undefined;
}
