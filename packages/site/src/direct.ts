// L13: the other site's origin as that site gives it out over HTTP, for as long as no copy brings it. What is read so is live only.
import { type CopyDoor, type DirectSource, type OriginMessage, decodeStored } from '@vigie/log';
import { type SiteId, otherSite } from '@vigie/model';
import { INTERNAL_LOG_PATH } from './log-door.ts';
import type { OperatingIncidents } from './operating-incidents.ts';

/** A site that takes longer is not reached; detection does not wait for it. */
const ANSWER_MS_MAX = 1_000;

export interface DirectOptions {
  readonly site: SiteId;
  readonly partition: number;
  readonly peerUrl: string;
  readonly internalToken: string;
  readonly log: Pick<CopyDoor, 'renewCopy'>;
  readonly incidents: Pick<OperatingIncidents, 'set'>;
}

export function directSource({ site, partition, peerUrl, internalToken, log, incidents }: DirectOptions): DirectSource {
  const other = otherSite(site);
  const headers = { authorization: `Bearer ${internalToken}` };
  return {
    ask: async (epoch, from): Promise<readonly OriginMessage[] | undefined> => {
      const url = new URL(`${INTERNAL_LOG_PATH}/${other}/${epoch}?from=${from}&partition=${partition}`, peerUrl);
      try {
        const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
        return answer.ok ? decodeStored(other, epoch, new Uint8Array(await answer.arrayBuffer())) : undefined;
      } catch {
        // Not reached, or not in time: as if it were away, which is what is said of it anyway.
        return undefined;
      }
    },
    renew: (epoch) => log.renewCopy(other, epoch),
    onReading: (reading) =>
      incidents.set(
        'copy-stalled',
        reading
          ? `the copy of ${other} stands still although that site answers; what it tells is shown, provisional`
          : undefined,
      ),
  };
}
