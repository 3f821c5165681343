// Feeds a merge from a log and tells the log what was read: the loop every reader of the merged order needs.
import type { EpochExtent, LogSubscription, OriginMessage, ReadFrom, ReadingRoom, SiteLog } from './types.ts';
import { DirectReading, type DirectSource } from './direct-reading.ts';
import type { Merge } from './merge/merge.ts';
import type { MergeChange } from './merge/placed.ts';
import type { Time } from './time.ts';

export interface FollowOptions {
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly from?: ReadFrom;
  readonly onChange: (change: MergeChange) => void;
  /** Sees each message before the merge does, e.g. to report malformed ones. */
  readonly onMessage?: (message: OriginMessage) => void;
  /** False: the reader reports itself how far it holds the other origin, because keys may be missing (L7). */
  readonly reportsHeld?: boolean;
  readonly room?: ReadingRoom;
  /** Reads the other origin at its site when no entry of it comes (L13); left out: it is waited for. */
  readonly direct?: { readonly source: DirectSource; readonly time: Time };
}

export interface Following extends LogSubscription {
  /** The other site is asked for what it has written and no copy has brought yet. */
  askDirectly(): void;
}

export async function followLog(o: FollowOptions): Promise<Following> {
  const { log, merge } = o;
  const changed = (change: MergeChange): void => {
    log.reportRead(merge.newestT);
    if (o.reportsHeld !== false) log.reportHeld(merge.held());
    if (change.placed.length > 0 || change.settled.length > 0 || change.moved) o.onChange(change);
  };
  const from = o.from ?? merge.readFrom();
  /** What lay on the own disk when reading began, or when that last held everything the other held (L12), and is not read yet. */
  let unread: readonly EpochExtent[] | undefined;
  const isRead = ({ site, epoch, lastSeq }: EpochExtent): boolean =>
    (from[site]?.[epoch] ?? 0) >= lastSeq || merge.hasReceived(site, epoch, lastSeq);
  const look = (): void => {
    unread = unread?.filter((extent) => !isRead(extent));
    if (unread?.length !== 0) return;
    unread = undefined;
    changed(merge.endReading());
  };
  const stopPeer = log.onPeer((event) => {
    if (event.kind === 'caught-up') {
      merge.beginReading(); // what came to the disk since the start may not have been read
      changed(merge.catchUp());
      unread = log.extents();
      look();
    } else if (event.kind === 'epoch') {
      merge.fallBehind();
      changed(merge.runs(event.epoch));
    }
    // What a site says while its running epoch waits is not asked of it: its admit follows at once when joined.
    else if (event.kind === 'seen' && merge.isAdmitted(log.site === 'noirmont' ? 'delemont' : 'noirmont', event.epoch))
      changed(merge.peerSeen(event.seen));
  });
  let running = log.epoch;
  changed(merge.runs(running));
  merge.beginReading();
  if (log.caughtUp) changed(merge.catchUp());
  const direct =
    o.direct === undefined
      ? undefined
      : new DirectReading({ ...o.direct, merge }, (message) => changed(merge.receiveDirect(message)));
  const deliver = (message: OriginMessage): void => {
    o.onMessage?.(message);
    // A rotation is no event: nothing was missed. What comes from here on is of the epoch that now runs, the last of those that wait.
    if (log.epoch !== running) {
      running = log.epoch;
      changed(merge.runs(running));
    }
    changed(merge.receive(message));
    if (message.site !== log.site) direct?.heard();
    if (unread?.some(({ site, epoch }) => site === message.site && epoch === message.epoch) === true) look();
  };
  const subscription = await log.subscribe(from, deliver, o.room);
  unread = log.extents();
  look();
  return {
    askDirectly: () => direct?.askNow(),
    stop: () => {
      subscription.stop();
      direct?.stop();
      stopPeer();
    },
  };
}
