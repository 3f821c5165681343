// What the log delivers, on its way into the fold: how far it was received, what can be opened, what is published, who else hears of it.
import {
  type DirectSource,
  type Following,
  type Merge,
  type MergeChange,
  type OriginMessage,
  type PlacedEntry,
  followLog,
  type SiteLog,
} from '@vigie/log';
import type { CaseQueries } from './case-queries.ts';
import type { DigestWatch } from './digest-watch.ts';
import type { Fold } from './fold.ts';
import type { KeyWaits } from './key-waits.ts';
import type { Openable } from './openable.ts';
import type { Publisher } from './publisher.ts';
import type { Delivered, Received } from './received.ts';
import type { Faults } from './status.ts';
import type { Timing } from './timing.ts';
import type { Turns } from './turns.ts';

/** Entries of the past that were read and wait for the fold, which is slower than the disk: some 3 MB of reports. */
const WAITING_ENTRIES_MAX = 64;

export interface IntakeOptions {
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly fold: Fold;
  readonly cases: CaseQueries;
  readonly delivered: Delivered;
  readonly digests: DigestWatch;
  readonly faults: Faults;
  readonly keyWaits: KeyWaits;
  readonly openable: Openable;
  readonly publisher: Publisher;
  readonly received: Received;
  readonly turns: Turns;
  readonly timing: Timing;
  /** The other origin at its site (L13). */
  readonly direct: DirectSource | undefined;
}

export class Intake {
  readonly #o: IntakeOptions;
  readonly #listeners = new Set<(change: MergeChange) => void>();
  readonly #haltedEpochs = new Set<string>();
  #subscription: Following | undefined;
  #goOn: () => void = () => {};

  constructor(o: IntakeOptions) {
    this.#o = o;
  }

  async follow(): Promise<void> {
    const { log, merge, turns, direct, timing } = this.#o;
    this.#subscription = await followLog({
      log,
      merge,
      reportsHeld: false,
      onMessage: (message) => this.#deliver(message),
      onChange: (change) => this.#take(change),
      room: {
        isFull: () => this.#o.fold.waitingCount >= WAITING_ENTRIES_MAX,
        onRoom: (goOn) => (this.#goOn = goOn),
      },
      ...(direct === undefined ? {} : { direct: { source: direct, time: timing } }),
    });
    turns.follows(log.extents());
  }
  stop(): void {
    this.#goOn = () => {};
    this.#subscription?.stop();
  }
  /** After a turn: the log goes on reading where it was held back. */
  afterTurn(): void {
    if (this.#o.fold.waitingCount < WAITING_ENTRIES_MAX) this.#goOn();
  }
  /** A report is missing here that the other site may have. */
  askDirectly(): void {
    this.#subscription?.askDirectly();
  }
  onChange(listener: (change: MergeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was parked and has been read from the disk again. */
  takeAgain(messages: readonly OriginMessage[]): void {
    const change = this.#o.merge.takeAgain(messages);
    // Of an epoch that was admitted after it had been parked nothing was told as placed.
    for (const entry of change.settled) this.#note(entry);
    this.#take(change);
  }

  keyArrived(measure: string): void {
    this.#o.openable.unblock(measure);
    this.#o.fold.context.keyArrived(measure);
    this.#reportHeld();
    this.#o.turns.schedule();
  }

  #deliver(message: OriginMessage): void {
    const { log, delivered, openable, digests } = this.#o;
    delivered.note(message.site, message.epoch, message.seq);
    if (!message.entry.ok && message.entry.error.kind === 'newer-format')
      this.#halted(message, message.entry.error.detail);
    if (message.site === log.site) return;
    openable.note(message);
    if (message.entry.ok && message.entry.value.kind === 'heartbeat') digests.heard(message.entry.value.data);
  }

  /** Told once per epoch: everything after it stands still, too. */
  #halted({ site, epoch, seq }: OriginMessage, detail: string): void {
    const name = `${site}.${epoch}`;
    if (this.#haltedEpochs.has(name)) return;
    this.#haltedEpochs.add(name);
    this.#o.faults.say({ kind: 'newer-format', place: `${name}:${seq}`, detail });
  }

  #take(change: MergeChange): void {
    const { fold, publisher, turns } = this.#o;
    for (const placed of change.placed) {
      publisher.arrived(placed);
      this.#note(placed);
    }
    fold.take(change);
    for (const listener of this.#listeners) listener(change);
    this.#reportHeld();
    turns.schedule();
  }

  #note(placed: PlacedEntry): void {
    const { cases, keyWaits, openable, publisher, received } = this.#o;
    received.note(placed);
    const erased = cases.noteErased(placed);
    if (erased === undefined) return;
    openable.unblock(erased);
    keyWaits.remove(erased);
    publisher.forget(erased);
  }

  #reportHeld(): void {
    const { log, merge, openable } = this.#o;
    log.reportHeld(openable.limit(merge.held()));
  }
}
