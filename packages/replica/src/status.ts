// What a replica shows of itself, and the faults it has met.
import type { Merge, SiteLog } from '@vigie/log';
import { SITES, type SiteId, otherSite } from '@vigie/model';
import type { DigestState } from './digest-watch.ts';
import type { Directory } from './directory.ts';
import type { Fold } from './fold.ts';
import type { ReplicaFault, ReplicaStatus } from './types.ts';

/** Counts faults by kind and passes them on to whoever tells people. */
export class Faults {
  readonly #tell: (fault: ReplicaFault) => void;
  readonly counts: Record<ReplicaFault['kind'], number> = {
    'malformed-item': 0,
    'newer-format': 0,
    'key-missing': 0,
    'digest-differs': 0,
    'snapshot-unusable': 0,
    'snapshot-failed': 0,
    'append-failed': 0,
  };

  constructor(tell: (fault: ReplicaFault) => void) {
    this.#tell = tell;
  }
  say(fault: ReplicaFault): void {
    this.counts[fault.kind]++;
    this.#tell(fault);
  }
}

export interface StatusInputs {
  readonly site: SiteId;
  readonly nowUs: number;
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly fold: Fold;
  readonly digest: DigestState | undefined;
  readonly directory: Directory;
  readonly newestReportT: Readonly<Record<SiteId, number>>;
  readonly faults: Faults;
  readonly dutiesWaiting: number;
  readonly keysWaiting: number;
}

export function replicaStatus(o: StatusInputs): ReplicaStatus {
  const { live, settled, context } = o.fold;
  const peer = o.log.peer();
  const other = otherSite(o.site);
  const watermarkAgeMs: { [site in SiteId]?: number } = {};
  const newestReportAgeMs: { [site in SiteId]?: number } = {};
  for (const site of SITES) {
    const watermark = o.merge.watermark(site);
    if (watermark !== undefined) watermarkAgeMs[site] = Math.max(0, (o.nowUs - watermark) / 1000);
    if (o.newestReportT[site] > 0) newestReportAgeMs[site] = Math.max(0, (o.nowUs - o.newestReportT[site]) / 1000);
  }
  const running: Record<SiteId, string | undefined> = {
    noirmont: undefined,
    delemont: undefined,
  };
  running[o.site] = o.log.epoch;
  running[other] = peer.epoch;
  const duties: string[] = [];
  if (o.dutiesWaiting > 0) duties.push('takeover');
  if (o.keysWaiting > 0) duties.push('keys');
  return {
    settledBehindMs: live.unsettledItems === 0 ? 0 : Math.max(0, (live.end.t - settled.place.t) / 1000),
    watermarkAgeMs,
    newestReportAgeMs,
    digest: o.digest === undefined ? undefined : { ...o.digest, equal: comparedNow(o.digest.equal, peer.joined) },
    epochs: o.merge.epochs().map(({ site, epoch, admitted }) => ({
      site,
      epoch,
      admitted,
      running: running[site] === epoch,
    })),
    unobservedDevices: peer.reachable ? 0 : o.directory.boundTo(other),
    liveT: live.end.t,
    settledT: settled.place.t,
    unsettledEntries: live.unsettledEntries,
    duties,
    cases: o.directory.size,
    faults: { ...o.faults.counts },
    waitingForKeys: context.waiting,
  };
}

/** Apart, nothing is compared: that it was equal once says nothing of now. A difference that was found stays one. */
const comparedNow = (equal: boolean | undefined, joined: boolean): boolean | undefined =>
  equal === true && !joined ? undefined : equal;
