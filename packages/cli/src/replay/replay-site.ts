// One site's log folded again and held against what that site and the other one had recorded in it.
import { type ReplayResult, replayLog } from '@vigie/replica';
import { differences } from './compare.ts';
import { knownAt } from './known-at.ts';
import type { RecordedLog } from './recorded-log.ts';
import { WholeLog } from './whole-log.ts';

export interface SiteReplay {
  readonly replay: ReplayResult;
  /** In words, the weightiest first; none: the log is whole and its replay is what was recorded. */
  readonly differences: readonly string[];
  /** Entries whose bytes are no entry: recorded like that, passed over by both sites. */
  readonly malformedEntries: number;
}

export type Source = Omit<RecordedLog, 'close' | 'partition' | 'partitions'>;

/** @param untilUs only what this site knew at that log time */
export async function replaySite(source: Source, untilUs?: number): Promise<SiteReplay> {
  const whole = new WholeLog();
  const reads = untilUs === undefined ? undefined : await knownAt(source.messages(), source.site, untilUs);
  const replay = await replayLog(whole.watch(source.messages()), source.keys, {
    site: source.site,
    everySecond: true,
    ...(reads === undefined ? {} : { reads }),
  });
  return {
    replay,
    differences: [...whole.missing(source.extents, source.grows === true), ...differences(replay)],
    malformedEntries: whole.malformed,
  };
}
