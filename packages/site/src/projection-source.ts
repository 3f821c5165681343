// What the projector asks, answered by the replica and the logs.
import type { SiteLog } from '@vigie/log';
import type { ProjectionSource } from '@vigie/projections';
import { type KeyRing, type SiteReplica, openItem } from '@vigie/replica';
import { seqOf } from '@vigie/model';

/** @param logs of partitions 0, 1, ... */
export function projectionSource(
  logs: readonly Pick<SiteLog, 'read'>[],
  replica: SiteReplica,
  keys: KeyRing,
): ProjectionSource {
  return {
    caughtUp: () => replica.caughtUp,
    received: () => replica.receivedOnDisk(),
    measures: () => replica.measures(),
    takeDirty: (max) => replica.takeDirty(max),
    caseView: (measure) => replica.caseView(measure),
    epochs: () =>
      replica.epochs().map(({ lastSeq, ...epoch }) => ({
        ...epoch,
        ...(lastSeq === undefined ? {} : { lastSeq: seqOf(lastSeq) }),
      })),
    readLog: async ({ partition = 0, site, epoch }, from, limit) =>
      (await logs[partition]?.read(site, epoch, from, limit)) ?? [],
    open: (entry, item) => openItem(entry, item, keys),
    erased: (measure) => replica.erased(measure),
  };
}
