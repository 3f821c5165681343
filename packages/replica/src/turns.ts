// When a replica folds: what has been delivered is applied in turns, one after the other and never in the middle of a delivery. Reads
// again what was given up, takes a snapshot when one is due, and tells when everything that there was at the start is applied.
import type { EpochExtent, Merge, OriginMessage, SiteLog } from '@vigie/log';
import { Deferring, PAST_GAP_MS } from './deferring.ts';
import type { Fold } from './fold.ts';
import type { Delivered } from './received.ts';
import { readAgain } from './read-again.ts';
import type { Snapshots } from './snapshots.ts';
import type { SnapshotTaking } from './take-snapshot.ts';
import type { Timing } from './timing.ts';

/** The log did not give everything that was asked of it. */
const READ_AGAIN_AFTER_MS = 1_000;

export interface TurnsOptions {
  readonly fold: Fold;
  readonly log: SiteLog;
  readonly merge: Merge;
  /** Gives to the fold what was parked and has been read again. */
  readonly takeAgain: (messages: readonly OriginMessage[]) => void;
  readonly timing: Timing;
  readonly delivered: Delivered;
  readonly snapshots: Snapshots | undefined;
  readonly takeSnapshot: () => SnapshotTaking | undefined;
  /** Right after the fold has applied something. */
  readonly afterTurn: () => void;
  /** Once everything that the log held when this replica opened has been applied. */
  readonly onCaughtUp: () => void;
}

export class Turns {
  readonly #o: TurnsOptions;
  /** What there was in the log when this replica began to read; undefined until it follows. */
  #catchUpTo: readonly EpochExtent[] | undefined;
  #caughtUp = false;
  #isReading = false;
  #due = false;
  /** Ends the wait for more of a past. */
  #cancelWait: (() => void) | undefined;
  #closed = false;
  readonly #deferring: Deferring;

  constructor(o: TurnsOptions) {
    this.#o = o;
    this.#deferring = new Deferring(o.timing);
  }
  get caughtUp(): boolean {
    return this.#caughtUp;
  }
  /** The replica follows the log, which held this much when it began. */
  follows(catchUpTo: readonly EpochExtent[]): void {
    this.#catchUpTo = catchUpTo;
    this.schedule();
  }
  close(): void {
    this.#closed = true;
    this.#cancelWait?.();
  }

  schedule(): void {
    if (this.#due || this.#closed) return;
    this.#due = true;
    this.#o.timing.soon(() => {
      this.#due = false;
      if (!this.#closed) this.turn();
    });
  }

  turn(refoldItemsMax?: number): void {
    const { fold, snapshots } = this.#o;
    const hasRead = !this.#caughtUp && this.#catchUpTo !== undefined && this.#o.delivered.covers(this.#catchUpTo);
    if (hasRead) fold.endPast();
    const defers = refoldItemsMax === undefined && this.#deferring.defers(fold.bringsPast, fold.hasStale);
    const passed = fold.turn(refoldItemsMax, defers);
    const done = passed && !(defers && fold.hasStale);
    this.#o.afterTurn();
    if (hasRead && done) {
      this.#caughtUp = true;
      this.#o.onCaughtUp();
    }
    if (!this.#isReading && fold.hasRoomForAgain && this.#o.merge.isParked) this.#readAgain();
    if (!passed) this.schedule();
    else if (!done) this.#waitForMore();
    else if (snapshots?.isDue === true) {
      const taking = this.#o.takeSnapshot();
      if (taking !== undefined) void snapshots.save(taking);
    }
  }

  #waitForMore(): void {
    this.#cancelWait ??= this.#o.timing.after(PAST_GAP_MS + 1, () => {
      this.#cancelWait = undefined;
      this.schedule();
    });
  }

  /** Writes a snapshot now, if settled state is at a place where one can be taken; true if so. */
  async snapshotNow(): Promise<boolean> {
    const { snapshots } = this.#o;
    if (snapshots === undefined) return false;
    await snapshots.idle();
    this.turn(Number.POSITIVE_INFINITY);
    const taking = this.#o.takeSnapshot();
    return taking !== undefined && snapshots.save(taking);
  }

  /** Settling stands before entries that are not held: they are read from the disk again, a window at a time. */
  #readAgain(): void {
    const { log, merge, timing, takeAgain } = this.#o;
    const { wanted } = merge;
    if (wanted === undefined) return;
    this.#isReading = true;
    void readAgain(log, wanted).then((messages) => {
      this.#isReading = false;
      if (this.#closed) return;
      if (messages.length > 0) takeAgain(messages);
      const { wanted: next } = merge;
      const isStuck = next !== undefined && next.epoch === wanted.epoch && next.from === wanted.from;
      if (isStuck) timing.after(READ_AGAIN_AFTER_MS, () => this.schedule());
      else this.schedule();
    });
  }
}
