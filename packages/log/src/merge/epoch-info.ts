// What is known of every epoch, for the keeper and for people.
import { type AdmitData, type SiteId, SITES, compareEpochs } from '@vigie/model';
import { parseAdmit } from './admit-data.ts';
import type { EpochBuffer } from './epoch-buffer.ts';
import type { Committed, Line } from './line.ts';
import type { PerSite } from './walk.ts';

export interface EpochInfo {
  readonly site: SiteId;
  readonly epoch: string;
  readonly admitted: boolean;
  /** Highest contiguous sequence that was received. */
  readonly received: number;
  /** Closed, and settled to its end: a later epoch of the same origin has settled. */
  readonly settled: boolean;
  /** Where the epoch ends for good, once an admit in force has said so. */
  readonly lastSeq: number | undefined;
  /** Both-admits written in this epoch and not settled, in turn. */
  readonly bothAdmits: readonly { readonly entryId: string; readonly admits: AdmitData['admits'] }[];
  /** This epoch holds an `ok` that is not settled. */
  readonly hasOk: boolean;
}

/** The admitted epochs of each site in turn, then those that wait. */
export function epochInfos(
  lines: PerSite<Line>,
  buffers: PerSite<ReadonlyMap<string, EpochBuffer>>,
  committed: PerSite<Committed>,
): EpochInfo[] {
  return SITES.flatMap((site) => {
    const line = lines[site];
    const admitted = line.chain.map((link) => link.epoch);
    const waiting = [...buffers[site].keys()].filter((epoch) => line.indexOf(epoch) < 0).sort(compareEpochs);
    return [...admitted, ...waiting].map((epoch) => {
      const buffer = buffers[site].get(epoch);
      const lastSeq = line.lastSeqs.get(epoch);
      const at = line.indexOf(epoch);
      return {
        site,
        epoch,
        admitted: at >= 0,
        settled: at >= 0 && at < committed[site].index,
        // Without a buffer: all of it is settled, or nothing of it has come.
        received: buffer?.received ?? (at >= 0 && at < line.index ? (lastSeq ?? 0) : 0),
        lastSeq,
        bothAdmits: buffer === undefined ? [] : bothAdmitsOf(buffer),
        hasOk: buffer?.controls.some((cell) => cell.entry.kind === 'ok') ?? false,
      };
    });
  });
}

function bothAdmitsOf(buffer: EpochBuffer): EpochInfo['bothAdmits'] {
  return buffer.controls.flatMap(({ entry }) => {
    const data = entry.kind === 'admit' ? parseAdmit(entry.data) : undefined;
    return data?.both ? [{ entryId: entry.entryId, admits: data.admits }] : [];
  });
}
