// A copy of the other origin was not what it had to be (L13): snapshots made from it are no ground to stand on.
import { type SiteId, compareEpochs } from '@vigie/model';
import { type SnapshotHeader, decodeHeader } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** Removes every snapshot whose settled state reaches to that entry or past it, and those that cannot be read; says how many. */
export async function forgetSnapshotsFrom(
  store: SnapshotStore,
  first: { readonly site: SiteId; readonly epoch: string; readonly seq: number },
): Promise<number> {
  let removed = 0;
  for (const name of await store.list()) {
    const header = await headerOf(store, name);
    const reached = header?.received[first.site];
    const order = reached === undefined ? 0 : compareEpochs(reached.epoch, first.epoch);
    const before =
      header !== undefined && (reached === undefined || order < 0 || (order === 0 && reached.seq < first.seq));
    if (before) continue;
    await store.remove(name);
    removed++;
  }
  return removed;
}

async function headerOf(store: SnapshotStore, name: string): Promise<SnapshotHeader | undefined> {
  try {
    const parts = await store.load(name);
    const header = parts === undefined ? undefined : await decodeHeader(parts);
    return header?.ok === true ? header.value : undefined;
  } catch {
    return undefined; // it does not open: said by its removal
  }
}
