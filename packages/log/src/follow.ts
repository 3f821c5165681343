// Feeds a merge from a log and tells the log what was read: the loop every reader of the merged order needs.
import type { LogSubscription, OriginMessage, ReadFrom, SiteLog } from './types.ts';
import type { Merge } from './merge/merge.ts';
import type { MergeChange } from './merge/placed.ts';

export interface FollowOptions {
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly from?: ReadFrom;
  readonly onChange: (change: MergeChange) => void;
  /** Sees each message before the merge does, e.g. to report malformed ones. */
  readonly onMessage?: (message: OriginMessage) => void;
  /** False: the reader reports itself how far it holds the other origin, because keys may be missing (L7). */
  readonly reportsHeld?: boolean;
}

export async function followLog(o: FollowOptions): Promise<LogSubscription> {
  const { log, merge } = o;
  const changed = (change: MergeChange): void => {
    log.reportRead(merge.newestT);
    if (o.reportsHeld !== false) log.reportHeld(merge.held());
    if (change.placed.length > 0 || change.settled.length > 0 || change.moved) o.onChange(change);
  };
  const stopPeer = log.onPeer((event) => {
    if (event.kind === 'caught-up') changed(merge.catchUp());
    else if (event.kind === 'epoch') {
      merge.fallBehind();
      changed(merge.runs(event.epoch));
    }
    // What a site says while its running epoch waits is not asked of it: its admit follows at once when joined.
    else if (event.kind === 'seen' && merge.isAdmitted(log.site === 'noirmont' ? 'delemont' : 'noirmont', event.epoch))
      changed(merge.peerSeen(event.seen));
  });
  changed(merge.runs(log.epoch));
  if (log.caughtUp) changed(merge.catchUp());
  const subscription = await log.subscribe(o.from ?? merge.readFrom(), (message) => {
    o.onMessage?.(message);
    changed(merge.receive(message));
  });
  return {
    stop: () => {
      subscription.stop();
      stopPeer();
    },
  };
}
