// The line to the other site: who is heard, who is joined (L7), and who waits for `seen` (L14). The log beneath carries the messages.
import { type Seen, type Seq, compareEpochs, seqOf } from '@vigie/model';
import type { Time } from '../time.ts';
import type { PeerEvent, PeerState } from '../types.ts';
import { type PlainMessage, decodePlain, encodePlain } from './plain-message.ts';

/** L7: joined and reachable want each to have heard the other within this. */
export const HEARD_WITHIN_MS = 1000;
/** Between two messages when there is nothing to say: four fit into the limit, on the way there and back. */
const HELLO_EVERY_MS = 200;
/** L7: `seen` travels at most this often as a plain message. */
const SEEN_EVERY_MS = 5;

interface Waiter {
  readonly epoch: string;
  readonly seq: number;
  readonly done: (held: boolean) => void;
}

export class PeerLine {
  readonly #time: Time;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #partitions: number;
  #onOtherPartitions: ((theirs: number) => void) | undefined;
  readonly #listeners = new Set<(event: PeerEvent) => void>();
  readonly #waiters = new Set<Waiter>();
  #epoch: string;
  #held: Seen = null;
  #peerEpoch: string | undefined;
  #seen: Seen = null;
  #heardAtUs: number | undefined;
  #heardSentUs = 0;
  /** When we sent the newest message that the other says to have heard. */
  #echoedUs: number | undefined;
  #skewUs: number | undefined;
  /** Since when this site says that it is about to leave. */
  #leavingSinceUs: number | undefined;
  #peerLeaving = false;
  #staysForUs = false;
  #stored = 0;
  /** Since when entries of the running epoch wait for `seen` to advance. */
  #pendingSinceUs: number | undefined;
  #holds = false;
  /** The other site was not heard; what was stored by the time it is heard again, it has to hold before the two are joined. */
  #wasUnheard = false;
  #backlogTo = 0;
  #sentAtUs = Number.NEGATIVE_INFINITY;
  #cancelSeen: (() => void) | undefined;
  #cancelHello: (() => void) | undefined;

  /** @param o.onOtherPartitions the other site's log has another number of them: told once, and nothing of it is heard */
  constructor(o: {
    time: Time;
    epoch: string;
    send: (bytes: Uint8Array) => void;
    partitions?: number;
    onOtherPartitions?: (theirs: number) => void;
  }) {
    this.#partitions = o.partitions ?? 1;
    this.#onOtherPartitions = o.onOtherPartitions;
    this.#time = o.time;
    this.#epoch = o.epoch;
    this.#send = o.send;
    this.#hello();
  }

  onEvent(listener: (event: PeerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  emit(event: PeerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A new epoch of the own origin runs. */
  run(epoch: string): void {
    this.#epoch = epoch;
    this.#stored = 0;
    this.#backlogTo = 0;
    this.#pendingSinceUs = undefined;
    this.#sendNow();
  }

  sayLeaving(leaving: boolean): void {
    if (leaving === (this.#leavingSinceUs !== undefined)) return;
    this.#staysForUs = false;
    this.#leavingSinceUs = leaving ? this.#time.nowUs() : undefined;
    this.#sendNow();
  }

  get peerEpoch(): string | undefined {
    return this.#peerEpoch;
  }
  get held(): Seen {
    return this.#held;
  }
  reportHeld(held: Seen): void {
    if (held === null || (this.#held?.epoch === held.epoch && this.#held.seq >= held.seq)) return;
    this.#held = held;
    if (this.#cancelSeen !== undefined) return;
    const waitMs = SEEN_EVERY_MS - (this.#time.nowUs() - this.#sentAtUs) / 1000;
    if (waitMs <= 0) this.#sendNow();
    else this.#cancelSeen = this.#time.after(waitMs, () => this.#sendNow());
  }

  /** An own entry is on the own disk. */
  stored(epoch: string, seq: number): void {
    if (epoch !== this.#epoch || seq <= this.#stored) return;
    this.#stored = seq;
    // The other site may have said to hold it before our own log server acknowledged it.
    if (!this.#covers(epoch, seq)) this.#pendingSinceUs ??= this.#time.nowUs();
  }

  /** The other origin was heard of by an entry. */
  entrySeen(seen: Seen): void {
    this.#advanceSeen(seen);
  }

  /** True: the other site is heard again after a silence, or runs another epoch. */
  take(bytes: Uint8Array): boolean {
    const message = decodePlain(bytes);
    if (message !== undefined && (message.partitions ?? 1) !== this.#partitions) {
      this.#onOtherPartitions?.(message.partitions ?? 1);
      this.#onOtherPartitions = undefined;
      return false;
    }
    if (message === undefined || (message.atUs < this.#heardSentUs && this.#peerEpoch === message.epoch)) return false;
    const now = this.#time.nowUs();
    const isBack = this.#heardAtUs === undefined || now - this.#heardAtUs > HEARD_WITHIN_MS * 1000;
    this.#heardAtUs = now;
    this.#heardSentUs = message.atUs;
    const isNew = this.#peerEpoch !== message.epoch;
    this.#peerEpoch = message.epoch;
    this.#peerLeaving = message.leaving;
    this.#staysForUs =
      !message.leaving &&
      this.#leavingSinceUs !== undefined &&
      message.heard !== null &&
      message.heard.atUs >= this.#leavingSinceUs;
    if (message.heard !== null) this.#takeEcho(message, message.heard, now);
    if (this.#advanceSeen(message.seen)) this.emit({ kind: 'seen', seen: message.seen, epoch: message.epoch });
    this.#judge();
    // At once, so that the other hears that it is heard, and both go on copying.
    if (isNew || isBack) this.#sendNow();
    return isNew || isBack;
  }

  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean> {
    if (this.#covers(epoch, seq)) return Promise.resolve(true);
    if (!this.#judge()) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        epoch,
        seq,
        done: (held) => {
          cancel();
          this.#waiters.delete(waiter);
          resolve(held);
        },
      };
      const cancel = this.#time.after(timeoutMs, () => waiter.done(false));
      this.#waiters.add(waiter);
    });
  }

  state(): PeerState {
    const now = this.#time.nowUs();
    return {
      joined: this.#judge() && this.#seesAndIsSeen(),
      reachable: this.#reachable(now),
      epoch: this.#peerEpoch,
      seenByPeer: this.#seen,
      heardAgoMs: this.#heardAtUs === undefined ? undefined : (now - this.#heardAtUs) / 1000,
      clockSkewMs: this.#skewUs === undefined ? undefined : this.#skewUs / 1000,
      leaving: this.#peerLeaving,
      staysForUs: this.#staysForUs,
    };
  }

  stop(): void {
    this.#cancelSeen?.();
    this.#cancelHello?.();
    this.#listeners.clear();
    for (const waiter of this.#waiters) waiter.done(false);
  }

  #hello(): void {
    this.#cancelHello = this.#time.after(HELLO_EVERY_MS, () => this.#hello());
    if ((this.#time.nowUs() - this.#sentAtUs) / 1000 >= HELLO_EVERY_MS / 2) this.#sendNow();
    this.#judge();
  }
  #sendNow(): void {
    this.#cancelSeen?.();
    this.#cancelSeen = undefined;
    const now = this.#time.nowUs();
    this.#sentAtUs = now;
    const heard = this.#heardAtUs === undefined ? null : { atUs: this.#heardSentUs, agoUs: now - this.#heardAtUs };
    const leaving = this.#leavingSinceUs !== undefined;
    this.#send(encodePlain({ epoch: this.#epoch, seen: this.#held, atUs: now, ...this.#several, leaving, heard }));
  }
  get #several(): { readonly partitions?: number } {
    return this.#partitions === 1 ? {} : { partitions: this.#partitions };
  }
  #takeEcho(message: PlainMessage, heard: { atUs: number; agoUs: number }, now: number): void {
    if (this.#echoedUs !== undefined && heard.atUs < this.#echoedUs) return;
    this.#echoedUs = heard.atUs;
    const roundTripUs = now - heard.atUs - heard.agoUs;
    // A restarted peer may echo a message of our earlier life; no clock of ours has sent it.
    if (roundTripUs >= 0) this.#skewUs = message.atUs + roundTripUs / 2 - now;
  }

  /** How far the other holds the own origin only ever grows. */
  #advanceSeen(seen: Seen): boolean {
    if (seen === null) return false;
    const before = this.#seen;
    if (before !== null) {
      const order = compareEpochs(seen.epoch, before.epoch);
      if (seen.epoch !== this.#epoch && order < 0) return false;
      if (order === 0 && seen.seq <= before.seq) return false;
    }
    this.#seen = { epoch: seen.epoch, seq: seqOf(seen.seq) };
    if (seen.epoch === this.#epoch) this.#pendingSinceUs = seen.seq < this.#stored ? this.#time.nowUs() : undefined;
    // In the order they came to wait, which is the order of their sequences; the first that is not covered ends the search.
    for (const waiter of this.#waiters) {
      if (!this.#covers(waiter.epoch, waiter.seq)) break;
      waiter.done(true);
    }
    return true;
  }
  #covers(epoch: string, seq: number): boolean {
    return this.#seen !== null && this.#seen.epoch === epoch && this.#seen.seq >= seq;
  }

  #reachable(now: number): boolean {
    const limit = now - HEARD_WITHIN_MS * 1000;
    return this.#heardAtUs !== undefined && this.#heardAtUs >= limit && (this.#echoedUs ?? 0) >= limit;
  }
  /** After a cut each site still learns what the other did in it, and for these moments they are no more one than before. */
  #isCatchingUp(now: number): boolean {
    if (!this.#reachable(now)) {
      this.#wasUnheard = this.#heardAtUs !== undefined;
      return false;
    }
    if (this.#wasUnheard) {
      this.#wasUnheard = false;
      this.#backlogTo = this.#stored;
    }
    return this.#seen?.epoch === this.#epoch && this.#seen.seq < this.#backlogTo;
  }
  /** L7: of an epoch that waits for its admit nothing is seen. Until then each site folds what its own devices bring alone. */
  #seesAndIsSeen(): boolean {
    return this.#seen?.epoch === this.#epoch && this.#held !== null && this.#held.epoch === this.#peerEpoch;
  }
  /** The line holds: each hears the other, and `seen` advances if the other has begun to say it of the running epoch. */
  #judge(): boolean {
    const now = this.#time.nowUs();
    const stuck =
      this.#seen?.epoch === this.#epoch &&
      this.#pendingSinceUs !== undefined &&
      now - this.#pendingSinceUs > HEARD_WITHIN_MS * 1000;
    const isCatchingUp = this.#isCatchingUp(now);
    const holds = this.#reachable(now) && !stuck && !isCatchingUp;
    if (holds === this.#holds) return holds;
    this.#holds = holds;
    if (!holds) for (const waiter of this.#waiters) waiter.done(false);
    this.emit({ kind: 'line', holds });
    return holds;
  }
}
