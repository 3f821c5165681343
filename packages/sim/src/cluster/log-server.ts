// A site's log server: appends to the running epoch, acknowledges after fsync, mirrors the other site's streams. Behaves as
// packages/log's JetStream does behind the same door; here with a clock, a line and a disk that a seed decides.
import { type AppendResult, originMessage } from '@vigie/log';
import { type SiteId, epochNumber, must, seqOf } from '@vigie/model';
import type { Random } from '../random.ts';
import type { Break } from './breaks.ts';
import { SimDisk, type SimStream } from './disk.ts';
import type { Line } from './line.ts';
import type { Schedule } from './schedule.ts';

type Stored = Pick<Extract<AppendResult, { kind: 'stored' }>, 'epoch' | 'seq'>;
export type ServerAnswer = { readonly kind: 'stored'; readonly at: Stored } | { readonly kind: 'sealed' | 'disk_full' };

/** `rotated`: another epoch runs, and nothing that was under way is lost. */
export type ServerNews = 'stored' | 'started' | 'rotated';

interface Write {
  readonly stream: SimStream;
  readonly bytes: Uint8Array;
  readonly done: ((answer: ServerAnswer) => void) | undefined;
}

/** Messages that cross the line in one go. */
const BATCH_MAX = 16;
/** What a process gave to its log server before it heard of a rotation has come to it within this. */
const ON_ITS_WAY_US = 5_000;
/** A mirror that got nothing looks again. */
const LOOK_AGAIN_US = 150_000;

export interface LogServerOptions {
  readonly site: SiteId;
  readonly schedule: Schedule;
  readonly dice: Random;
  readonly line: Line;
  readonly fsyncUs: number;
  readonly breaks: Break | undefined;
}

export class LogServer {
  readonly site: SiteId;
  readonly #o: LogServerOptions;
  disk = new SimDisk();
  up = false;
  stalled = false;
  full = false;
  fsyncFails = false;
  slowness = 1;
  /** Readers get this origin far behind the other one: a long stream beside a short one, a consumer that is made anew. */
  lagging: SiteId | undefined;
  /** Readers get nothing of this origin. */
  holdsBack: SiteId | undefined;
  /** False: nothing of the other site is fetched any more. */
  copies = true;
  epoch = '';
  /** Grows with every start: what an earlier one began is void. */
  life = 0;
  peer: LogServer | undefined;
  readonly #listeners = new Set<(what: ServerNews) => void>();
  #writes: Write[] = [];
  #writing = false;
  readonly #mirroring = new Set<string>();
  #suffix = 0;
  /** Was the running epoch until just now. */
  #closing: SimStream | undefined;
  #reports = 0;
  readonly #held: (() => void)[] = [];
  /** Messages acknowledged and not synced, newest last; only with the break `acks-unsynced`. */
  #unsynced: SimStream[] = [];

  constructor(o: LogServerOptions) {
    this.#o = o;
    this.site = o.site;
    o.line.onHeal(() => this.lookAtPeer());
    const again = (): void => {
      this.lookAtPeer();
      o.schedule.after(LOOK_AGAIN_US, again);
    };
    o.schedule.after(LOOK_AGAIN_US, again);
  }
  get answers(): boolean {
    return this.up && !this.stalled;
  }
  onChange(listener: (what: ServerNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The running epoch has ended with a `leave`. */
  get left(): boolean {
    const messages = this.disk.stream(this.site, this.epoch)?.messages ?? [];
    const last = messages.at(-1);
    if (last === undefined) return false;
    const { entry } = originMessage(this.site, this.epoch, messages.length, last);
    return entry.ok && entry.value.kind === 'leave';
  }

  /** L10: every start, and every rotation, opens a new epoch and seals the earlier ones; a site that has left opens none by itself. */
  start(opens = !this.left): void {
    this.#abandon();
    this.life++;
    if (opens) this.#openEpoch();
    this.up = true;
    this.fsyncFails = false;
    this.#tell('started');
    this.lookAtPeer();
    this.peer?.lookAtPeer();
  }
  /** L10: the next epoch takes entries; what was on its way to the one before is written there still. */
  rotate(): boolean {
    if (!this.answers || this.left || this.full || this.fsyncFails) return false;
    const before = must(this.disk.stream(this.site, this.epoch), 'the running epoch');
    this.#openEpoch();
    before.sealed = false;
    this.#closing = before;
    this.#sealWhenAnswered(before);
    this.#tell('rotated');
    this.peer?.lookAtPeer();
    return true;
  }
  #sealWhenAnswered(before: SimStream): void {
    this.#o.schedule.after(ON_ITS_WAY_US, () => {
      if (this.#closing !== before) return; // another start has sealed it
      if (!this.answers || this.#writes.some(({ stream }) => stream === before)) return this.#sealWhenAnswered(before);
      this.#closing = undefined;
      before.sealed = true;
    });
  }
  #openEpoch(): void {
    this.#closing = undefined;
    const known = this.disk.streams().filter((stream) => stream.site === this.site);
    const { peer } = this;
    if (peer?.answers === true && this.#o.line.passes(peer.site) && this.#o.line.passes(this.site))
      known.push(...peer.disk.streams().filter((stream) => stream.site === this.site));
    const number = known.reduce((most, stream) => Math.max(most, epochNumber(stream.epoch)), 0) + 1;
    for (const stream of this.disk.streams()) if (stream.site === this.site) stream.sealed = true;
    this.epoch = `${number}-${this.site[0]}${(this.#suffix++).toString(36)}`;
    this.disk.open(this.site, this.epoch);
  }
  stop(): void {
    if (!this.up) return;
    this.up = false;
    this.stalled = false;
    this.#held.length = 0;
    this.life++;
    this.#abandon();
  }
  /** What has come to a stalled server is taken up when it goes on. */
  onResume(run: () => void): void {
    this.#held.push(run);
  }
  resume(): void {
    this.stalled = false;
    for (const run of this.#held.splice(0)) run();
    this.#pump();
    this.#tell('stored');
    this.lookAtPeer();
    this.peer?.lookAtPeer();
  }

  deliversAgain(): void {
    if (this.holdsBack === undefined) return;
    this.holdsBack = undefined;
    this.#tell('stored');
  }

  /** A message has come to the server. No answer is one, too. */
  append(epoch: string, bytes: Uint8Array, done: (answer: ServerAnswer) => void): void {
    if (!this.up) return;
    const stream = epoch === this.#closing?.epoch ? this.#closing : this.disk.stream(this.site, this.epoch);
    if (stream?.epoch !== epoch) return done({ kind: 'sealed' });
    if (this.full) return done({ kind: 'disk_full' });
    this.#write({ stream, bytes, done });
  }

  /** Fetches what the other disk has and this one has not; own epochs come back to a site that lost them, too (L12). */
  lookAtPeer(): void {
    const { peer } = this;
    if (peer === undefined || !this.copies || !this.answers || !peer.answers || !this.#o.line.passes(peer.site)) return;
    for (const stream of peer.disk.streams()) {
      const isWritten = stream.epoch === this.epoch || stream.epoch === this.#closing?.epoch;
      if (stream.site !== this.site || !isWritten) this.#mirror(peer, stream);
    }
  }

  #mirror(peer: LogServer, from: SimStream): void {
    const key = `${from.site} ${from.epoch}`;
    if (this.#mirroring.has(key)) return;
    const to = this.disk.open(from.site, from.epoch);
    const start = to.messages.length;
    const batch = from.messages.slice(start, start + 1 + this.#o.dice.below(BATCH_MAX));
    if (batch.length === 0) {
      if ((from.sealed || from.site === this.site) && from.messages.length === start) to.sealed = true;
      return;
    }
    this.#mirroring.add(key);
    const { life } = this;
    const theirs = peer.life;
    this.#o.line.carry(peer.site, (whole) => {
      if (life !== this.life) return; // what was being mirrored is forgotten
      if (!whole || !this.answers || theirs !== peer.life) return void this.#mirroring.delete(key);
      const last = batch.length - 1;
      batch.forEach((bytes, i) =>
        this.#write({
          stream: to,
          bytes,
          done: () => {
            if (i !== last) return;
            this.#mirroring.delete(key);
            this.lookAtPeer();
          },
        }),
      );
    });
  }

  #write(write: Write): void {
    this.#writes.push(write);
    this.#pump();
  }
  #pump(): void {
    if (this.#writing || this.#writes.length === 0 || !this.answers) return;
    this.#writing = true;
    const { life } = this;
    const { fsyncUs, dice, schedule } = this.#o;
    schedule.after(fsyncUs * this.slowness * (1 + dice.unit()), () => {
      if (life !== this.life) return;
      this.#writing = false;
      this.#synced();
      this.#pump();
    });
  }
  #synced(): void {
    if (!this.answers) return;
    if (this.fsyncFails) return; // neither acknowledged nor shown; the server is started again
    const write = must(this.#writes.shift(), 'being written');
    const isDropped = this.#o.breaks === 'drops-acknowledged' && this.#isThird(write);
    const seq = isDropped ? write.stream.messages.length + 1 : write.stream.messages.push(write.bytes);
    if (this.#o.breaks === 'acks-unsynced') this.#unsynced.push(write.stream);
    write.done?.({ kind: 'stored', at: { epoch: write.stream.epoch, seq: seqOf(seq) } });
    this.#tell('stored');
    this.peer?.lookAtPeer();
  }

  /** The server is gone: the first writes that were under way may lie on the disk all the same, unacknowledged. */
  #abandon(): void {
    const { dice } = this.#o;
    for (const write of this.#writes) {
      if (dice.chance(0.5)) break;
      write.stream.messages.push(write.bytes);
    }
    this.#writes = [];
    this.#writing = false;
    this.#mirroring.clear();
  }
  /** The third entry with reports that is written here. */
  #isThird(write: Write): boolean {
    const { entry } = originMessage(write.stream.site, write.stream.epoch, 1, write.bytes);
    return write.stream.site === this.site && entry.ok && entry.value.kind === 'reports' && ++this.#reports === 3;
  }
  /** Half of the last record that was being written when the server died lies behind what is whole. */
  tear(): void {
    const stream = this.disk.stream(this.site, this.epoch);
    const last = stream?.messages.at(-1);
    if (stream !== undefined && last !== undefined) stream.messages.push(last.slice(0, last.length >> 1));
  }
  /** The power is gone: what was acknowledged before it was synced is lost with it. */
  losePower(): void {
    for (const stream of this.#unsynced) stream.messages.pop();
    this.#unsynced = [];
    if (this.#o.breaks !== 'keeps-in-memory') return;
    for (const { site, epoch, messages } of this.disk.streams()) {
      const there = this.peer?.disk.stream(site, epoch)?.messages.length ?? 0;
      if (site === this.site) messages.length = Math.min(messages.length, there);
    }
  }
  #tell(what: ServerNews): void {
    for (const listener of this.#listeners) listener(what);
  }
}
