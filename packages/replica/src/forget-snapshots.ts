// A copy of the other origin was not what it had to be (L13): snapshots made from it are no ground to stand on.
import { type SiteId, compareEpochs } from '@vigie/model';
import { decodeSnapshot } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** Removes every snapshot whose settled state reaches to that entry or past it, and those that cannot be read; says how many. */
export async function forgetSnapshotsFrom(
  store: SnapshotStore,
  first: { readonly site: SiteId; readonly epoch: string; readonly seq: number },
): Promise<number> {
  let removed = 0;
  for (const name of await store.list()) {
    const bytes = await store.load(name).catch(() => undefined);
    const decoded = bytes === undefined ? undefined : decodeSnapshot(bytes);
    const reached = decoded?.ok === true ? decoded.value.header.received[first.site] : undefined;
    const order = reached === undefined ? 0 : compareEpochs(reached.epoch, first.epoch);
    const before =
      decoded?.ok === true && (reached === undefined || order < 0 || (order === 0 && reached.seq < first.seq));
    if (before) continue;
    await store.remove(name);
    removed++;
  }
  return removed;
}
