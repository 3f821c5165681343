// A site's reader and keeper on a log, as the replica has them: merge, settled sequence, heartbeats and admits.
import { randomBytes } from 'node:crypto';
import { followLog } from '../follow.ts';
import { Keeper } from '../keeper/keeper.ts';
import { Merge } from '../merge/merge.ts';
import type { PlacedEntry } from '../merge/placed.ts';
import { systemTime } from '../time.ts';
import type { SiteLog } from '../types.ts';

export interface RunningSite {
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly keeper: Keeper;
  readonly settled: string[];
  hasSettled(entryId: string): boolean;
  hasPlaced(entryId: string): boolean;
  /** The log goes on; only the reader and the keeper end. */
  stop(): void;
}

export const newEntryId = (): string => randomBytes(16).toString('hex');

export async function runSite(log: SiteLog): Promise<RunningSite> {
  const merge = new Merge({ self: log.site });
  const keeper = new Keeper({ log, merge, time: systemTime(), entryId: newEntryId });
  const settled: string[] = [];
  const settledIds = new Set<string>();
  const placedIds = new Set<string>();
  const name = (e: PlacedEntry): string => `${e.t} ${e.site}.${e.epoch}:${e.seq} ${e.entry.entryId}`;
  const following = await followLog({
    log,
    merge,
    onChange: (change) => {
      for (const e of change.placed) placedIds.add(e.entry.entryId);
      for (const e of change.settled) {
        settled.push(name(e));
        settledIds.add(e.entry.entryId);
      }
      keeper.changed(change);
    },
  });
  return {
    log,
    merge,
    keeper,
    settled,
    hasSettled: (entryId) => settledIds.has(entryId),
    hasPlaced: (entryId) => placedIds.has(entryId),
    stop: () => {
      keeper.stop();
      following.stop();
    },
  };
}
