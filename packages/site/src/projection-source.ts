// What the projector asks, answered by the replica and the log.
import type { SiteLog } from '@vigie/log';
import type { ProjectionSource } from '@vigie/projections';
import { type KeyRing, type Replica, openItem } from '@vigie/replica';
import { seqOf } from '@vigie/model';

export function projectionSource(log: SiteLog, replica: Replica, keys: KeyRing): ProjectionSource {
  return {
    caughtUp: () => replica.caughtUp,
    received: () => replica.receivedOnDisk(),
    measures: () => replica.measures(),
    takeDirty: (max) => replica.takeDirty(max),
    caseView: (measure) => replica.caseView(measure),
    epochs: () =>
      replica.merge.epochs().map(({ site, epoch, lastSeq }) => ({
        site,
        epoch,
        ...(lastSeq === undefined ? {} : { lastSeq: seqOf(lastSeq) }),
      })),
    readLog: (site, epoch, from, limit) => log.read(site, epoch, from, limit),
    open: (entry, item) => openItem(entry, item, keys),
    erased: (measure) => replica.erased(measure),
  };
}
