// Feeds a merge from a log and tells the log what was read: the loop every reader of the merged order needs.
import type { EpochExtent, LogSubscription, OriginMessage, ReadFrom, ReadingRoom, SiteLog } from './types.ts';
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
  readonly room?: ReadingRoom;
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
  const from = o.from ?? merge.readFrom();
  const past = new Past(from);
  merge.beginReading();
  const deliver = (message: OriginMessage): void => {
    o.onMessage?.(message);
    changed(merge.receive(message));
    if (past.note(message)) changed(merge.endReading());
  };
  const subscription = await log.subscribe(from, deliver, o.room);
  if (past.ends(log.extents())) changed(merge.endReading());
  return {
    stop: () => {
      subscription.stop();
      stopPeer();
    },
  };
}

/** What lay on the disk when reading began, until all of it has been delivered. */
class Past {
  readonly #read = new Map<string, number>();
  #left: Map<string, number> | undefined;
  #isOver = false;

  constructor(from: ReadFrom) {
    for (const [site, epochs] of Object.entries(from))
      for (const [epoch, seq] of Object.entries(epochs)) this.#read.set(`${site} ${epoch}`, seq);
  }
  /** True with the message that ends it. */
  note({ site, epoch, seq }: OriginMessage): boolean {
    if (this.#isOver) return false;
    const key = `${site} ${epoch}`;
    this.#read.set(key, seq);
    if (this.#left === undefined || seq < (this.#left.get(key) ?? Number.POSITIVE_INFINITY)) return false;
    this.#left.delete(key);
    return this.#check();
  }
  /** True if there is none. */
  ends(extents: readonly EpochExtent[]): boolean {
    this.#left = new Map();
    for (const { site, epoch, lastSeq } of extents) {
      const key = `${site} ${epoch}`;
      if (lastSeq > (this.#read.get(key) ?? 0)) this.#left.set(key, lastSeq);
    }
    return this.#check();
  }
  #check(): boolean {
    this.#isOver = this.#left?.size === 0;
    return this.#isOver;
  }
}
