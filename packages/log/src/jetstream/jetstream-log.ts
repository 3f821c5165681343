// A site's log on its own JetStream server (L1): one connection at a time. The client never reconnects by itself, because what it
// would send again could reach a restarted server whose epoch is another.
import { jetstream } from '@nats-io/jetstream';
import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  type LogTimeUs,
  type Seen,
  type Seq,
  type SiteId,
  type VectorPosition,
  otherSite,
  partitionName,
  streamName,
} from '@vigie/model';
import type { EpochStreams } from '../archive/archivist.ts';
import { HybridClock } from '../hybrid-clock.ts';
import type { RunningEpoch } from '../keeper/rotation.ts';
import { entryBytes, originMessage } from '../origin-message.ts';
import { PeerLine } from '../peer/peer-line.ts';
import { type Time, systemTime } from '../time.ts';
import type {
  AppendResult,
  CopyDoor,
  RotationDoor,
  EpochExtent,
  EntryDraft,
  LogSubscription,
  OriginMessage,
  PeerEvent,
  PeerState,
  ReadFrom,
  ReadingRoom,
  SiteLog,
  Survey,
} from '../types.ts';
import { JetStreamApi } from './api.ts';
import { ArchivedEpochs, type ArchivedEpochsOptions } from './archived-epochs.ts';
import { type OpenEpochOptions, openEpoch, openNextEpoch, sealAll } from './epoch.ts';
import { surveyBoth } from './extents.ts';
import { HeldStreams } from './held-streams.ts';
import { HoleWatch } from './hole-watch.ts';
import { Mirrors, PEER_ANSWER_MS, isComplete } from './mirrors.ts';
import { OriginsReader } from './origins-reader.ts';
import { OwnHoles, sayHole } from './own-holes.ts';
import { Publisher } from './publisher.ts';
import { readRange } from './read-range.ts';
import { askSkew, tellClock } from './site-clocks.ts';
import { storedAtUs } from './stream-reader.ts';
import { type ServerAddress, UnusableServer, connectTo, lastOwnT, timeAt } from './session.ts';
import { type KnownStream, copySpec, entrySubject, otherPartitions } from './streams.ts';

export interface JetStreamLogOptions extends ServerAddress, ArchivedEpochsOptions {
  /** Which one of how many; left out: the only one. */
  readonly partition?: number;
  readonly partitions?: number;
  /** The site clock and its timers. */
  readonly time?: Time;
  /** Shared by the partitions of a site. */
  readonly clock?: HybridClock;
  /** How long an append waits for its acknowledgement before it is `unknown`. */
  readonly ackTimeoutMs?: number;
  /** Told once for each hole in an own stream: entries that its disk does not give any more. */
  readonly onHole?: (detail: string) => void;
  /** While it is full nothing is written: not by appends, not by copies. */
  readonly disk?: { readonly full: boolean };
}

const ACK_TIMEOUT_MS = 2000;
const RETRY_MS = 100;
const RETRY_MS_MAX = 500;
const SUFFIX_LENGTH = 5;
const ASK_EVERY_MS = 5000;
const TELL_EVERY_MS = 10_000;

interface Session {
  readonly nc: NatsConnection;
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly mirrors: Mirrors;
}

export type JetStreamSiteLog = SiteLog & CopyDoor & RotationDoor & EpochStreams;

/** Resolves once the log server is reached and the epoch runs; throws when that server cannot be used at all. */
export async function openJetStreamLog(o: JetStreamLogOptions): Promise<JetStreamSiteLog> {
  const log = new JetStreamLog(o);
  await log.opened;
  return log;
}

class JetStreamLog implements JetStreamSiteLog {
  readonly site: SiteId;
  readonly opened: Promise<void>;
  readonly #o: JetStreamLogOptions;
  readonly #time: Time;
  readonly #partition: number;
  readonly #partitions: number;
  readonly #clock: HybridClock;
  readonly #publisher: Publisher;
  readonly #readers = new Set<OriginsReader>();
  readonly halted = new Set<SiteId>();
  readonly #archived: ArchivedEpochs;
  readonly #held = new HeldStreams();
  #line: PeerLine | undefined;
  #session: Session | undefined;
  #epoch = '';
  #askedUs = Number.NEGATIVE_INFINITY;
  #toldUs = Number.NEGATIVE_INFINITY;
  #caughtUp = false;
  #closed = false;
  #rotating = false;
  #lookingForHoles = false;
  readonly #holes = new HoleWatch();
  readonly #ownHoles: OwnHoles;
  /** Log time of the first entry of the running epoch, once it is read. */
  #firstT: number | undefined;
  /** Nothing but a `leave` is appended any more. */
  #gated = false;
  #left = false;
  /** Called once another epoch runs. */
  #reopening: (() => void) | undefined;
  #peerStreams: readonly KnownStream[] = [];
  readonly #running: Promise<void>;

  constructor(o: JetStreamLogOptions) {
    this.#o = o;
    this.site = o.site;
    this.#time = o.time ?? systemTime();
    this.#partition = o.partition ?? 0;
    this.#partitions = o.partitions ?? 1;
    this.#archived = new ArchivedEpochs(o);
    this.#ownHoles = new OwnHoles(o.site);
    this.#clock = o.clock ?? new HybridClock(this.#time);
    this.#publisher = new Publisher(o.ackTimeoutMs ?? ACK_TIMEOUT_MS);
    let running: Promise<void> = Promise.resolve();
    this.opened = new Promise((resolve, reject) => {
      running = this.#run(resolve, reject);
    });
    this.#running = running;
  }

  get epoch(): string {
    return this.#epoch;
  }
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get left(): boolean {
    return this.#left;
  }

  append(draft: EntryDraft): Promise<AppendResult> {
    return this.#append(draft, () => this.#gated);
  }
  sayLeaving(leaving: boolean): void {
    this.#lineOrThrow().sayLeaving(leaving);
  }
  /** What is under way goes before it on the same connection; what waits for its turn is refused when that comes. */
  async leave(draft: EntryDraft): Promise<AppendResult> {
    if (this.#rotating) return { kind: 'refused', reason: 'overloaded', detail: 'the epoch is just being closed' };
    this.#gated = true;
    const result = await this.#append(draft, () => this.#left);
    if (result.kind === 'refused') this.#gated = this.#left;
    if (result.kind !== 'stored') return result;
    this.#left = true;
    const sealed = await this.#session?.api.seal(streamName(this.site, result.epoch, this.#partition));
    if (sealed?.ok === false) this.#o.note?.(`the stream of ${result.epoch} is not sealed yet: ${sealed.detail}`);
    return result;
  }
  async reopen(): Promise<void> {
    if (this.#closed) return;
    const opened = new Promise<void>((resolve) => {
      this.#reopening = resolve;
    });
    await this.#session?.nc.close(); // the next session opens it
    await opened;
  }

  async #append(draft: EntryDraft, isGated: () => boolean): Promise<AppendResult> {
    if (this.#closed) return { kind: 'refused', reason: 'stopped', detail: 'the log is closed' };
    if (this.#isDiskFull())
      return { kind: 'refused', reason: 'disk_full', detail: 'the disk of the log has no room left' };
    const result = await this.#publisher.publish(() => {
      if (!this.#clock.isTrusted) this.#clock.compare((this.peer().clockSkewMs ?? Number.NaN) * 1000, false);
      if (isGated()) return { kind: 'refused', reason: 'left', detail: 'the site has left' };
      const t = this.#clock.next();
      const bytes = entryBytes(draft, t, this.#line?.held ?? null);
      return bytes instanceof Uint8Array ? { bytes, t } : bytes;
    });
    if (result.kind === 'stored') this.#line?.stored(result.epoch, result.seq);
    else if (result.kind === 'unknown') void this.#askWhy();
    return result;
  }

  /**
   * A server whose store failed (no space left, a bad disk) acknowledges nothing more and refuses nothing either, until it is started
   * again (measured, 2.15.1); its API goes on answering. That must be said.
   */
  async #askWhy(): Promise<void> {
    const now = this.#time.nowUs();
    if (this.#session === undefined || now - this.#askedUs < ASK_EVERY_MS * 1000) return;
    this.#askedUs = now;
    const info = await this.#session.api.stream(streamName(this.site, this.#epoch, this.#partition));
    if (info.ok)
      this.#o.note?.(
        'the log server answers and does not acknowledge entries: its disk was full or is failing, see its /healthz; ' +
          'make room and start it again',
      );
  }
  #isDiskFull(): boolean {
    return this.#o.disk?.full === true;
  }

  async subscribe(
    from: ReadFrom | undefined,
    deliver: (message: OriginMessage) => void,
    room?: ReadingRoom,
  ): Promise<LogSubscription> {
    const reader = new OriginsReader(
      from,
      (message) => {
        if (this.halted.has(message.site)) return;
        this.#note(message);
        deliver(message);
      },
      this.#archived.source,
      room,
    );
    this.#readers.add(reader);
    if (this.#session !== undefined) {
      const listed = await this.#session.api.streams();
      if (listed.ok) this.#held.know(this.#archived.withStreams(listed.value, this.#partition));
      reader.attach(this.#session.nc, this.#held.list);
    }
    return {
      stop: () => {
        this.#readers.delete(reader);
        reader.detach();
      },
    };
  }

  async read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const session = this.#session;
    const stream = this.#held.find(site, epoch);
    if (stream?.archived === true) return this.#archived.read(site, epoch, from, limit);
    const info = stream === undefined ? undefined : await session?.api.stream(stream.name);
    if (session === undefined || stream === undefined || !info?.ok) return [];
    const inHole = site === this.site ? this.#ownHoles.at(epoch, from, limit) : undefined;
    if (inHole !== undefined) return inHole;
    const readable = site === this.site ? this.#ownHoles.readable(epoch, from) : limit;
    const count = Math.min(limit, readable, info.value.state.last_seq - from + 1);
    const messages = count <= 0 ? [] : await readRange(session.nc, stream.name, from, count);
    return messages.map((message) => originMessage(site, epoch, message.seq, message.bytes, storedAtUs(message)));
  }

  running(): RunningEpoch | undefined {
    const stream = this.#held.list.find((known) => known.site === this.site && known.epoch === this.#epoch);
    return stream === undefined ? undefined : { bytes: stream.bytes, sinceUs: this.#firstT };
  }
  async rotate(): Promise<boolean> {
    const session = this.#session;
    const before = this.#epoch;
    if (session === undefined || this.#rotating || this.#gated) return false;
    this.#rotating = true;
    try {
      const epoch = await openNextEpoch(this.#epochOptions(session));
      const listed = epoch === undefined ? undefined : await session.api.streams();
      if (epoch === undefined || !listed?.ok || this.#session !== session) return false;
      // Read before it is written to, so that nobody misses the first entry.
      this.#held.know(this.#archived.withStreams(listed.value, this.#partition));
      const next = this.#ownStreams().filter((stream) => stream.epoch === epoch);
      for (const reader of this.#readers) reader.look(next, () => false);
      this.#runEpoch(epoch, session.nc, true);
      await this.#publisher.answered(before);
      return await sealAll(session.api, this.#ownStreams(), this.#epoch);
    } finally {
      this.#rotating = false;
      this.#session?.mirrors.look();
    }
  }
  hasStream(site: SiteId, epoch: string): { readonly here: boolean; readonly there: boolean } {
    const isIt = (stream: KnownStream): boolean => stream.site === site && stream.epoch === epoch && !stream.archived;
    return { here: this.#held.list.some(isIt), there: this.#peerStreams.some(isIt) };
  }
  async dropEpoch(site: SiteId, epoch: string): Promise<boolean> {
    const session = this.#session;
    if (session === undefined || !this.#archived.has(site, epoch) || epoch === this.#epoch) return false;
    let dropped = true;
    for (const stream of this.#held.list)
      if (stream.site === site && stream.epoch === epoch && !stream.archived)
        dropped = (await session.api.remove(stream.name)).ok && dropped;
    session.mirrors.look();
    return dropped;
  }
  #ownStreams(): KnownStream[] {
    return this.#held.of(this.site);
  }
  #epochOptions({ nc, api, peerApi }: Pick<Session, 'nc' | 'api' | 'peerApi'>): OpenEpochOptions {
    const { site } = this;
    const serverId = nc.info?.server_id ?? '';
    const fresh = this.#reopening !== undefined;
    const [partition, partitions] = [this.#partition, this.#partitions];
    return { api, peerApi, site, partition, partitions, serverId, suffix: randomSuffix, fresh };
  }
  halt(site: SiteId): void {
    this.halted.add(site);
  }
  async readOrigin(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const session = this.#session;
    const name = streamName(site, epoch, this.#partition);
    const info = await session?.peerApi.stream(name);
    if (session === undefined || info === undefined || !info.ok) return [];
    const count = Math.min(limit, info.value.state.last_seq - from + 1);
    const messages = count <= 0 ? [] : await readRange(session.nc, name, from, count, otherSite(this.site));
    return messages.map(({ seq, bytes }) => originMessage(site, epoch, seq, bytes));
  }
  renewCopy(site: SiteId, epoch: string): void {
    if (site !== this.site) this.#session?.mirrors.renew(copySpec(site, epoch, this.#partition, this.site).name);
  }
  async dropCopy(site: SiteId, epoch: string): Promise<boolean> {
    if (site === this.site || this.#session === undefined) return false;
    return this.#session.mirrors.giveUp(copySpec(site, epoch, this.#partition, this.site).name);
  }

  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean> {
    return this.#line?.whenSeen(epoch, seq, timeoutMs) ?? Promise.resolve(false);
  }
  reportHeld(held: Seen): void {
    this.#line?.reportHeld(held);
  }
  reportRead(t: LogTimeUs): void {
    this.#clock.read(t);
  }
  onPeer(listener: (event: PeerEvent) => void): () => void {
    return this.#lineOrThrow().onEvent(listener);
  }
  peer(): PeerState {
    return this.#lineOrThrow().state();
  }
  async survey(): Promise<Survey | undefined> {
    const session = this.#session;
    return session === undefined
      ? undefined
      : surveyBoth(session.api, session.peerApi, this.#partition, PEER_ANSWER_MS, this.#archived.list());
  }
  received(): VectorPosition {
    return this.#held.received();
  }

  extents(): readonly EpochExtent[] {
    return this.#held.extents();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const reader of this.#readers) reader.detach();
    this.#readers.clear();
    this.#line?.stop();
    this.#session?.mirrors.stop();
    await this.#session?.nc.close();
    await this.#running;
    this.#reopening?.();
  }

  #lineOrThrow(): PeerLine {
    if (this.#line === undefined) throw new Error('assertion failed: an opened log has a line');
    return this.#line;
  }

  #note({ site, epoch, seq, entry }: OriginMessage): void {
    if (epoch === this.#epoch && seq === 1 && entry.ok && site === this.site) this.#firstT = entry.value.t;
    this.#held.isOnDisk(site, epoch, seq);
    if (site !== this.site && entry.ok) this.#line?.entrySeen(entry.value.seen);
  }

  /** Sessions one after the other until closed. */
  async #run(opened: () => void, failed: (cause: unknown) => void): Promise<void> {
    for (let retryMs = RETRY_MS; !this.#closed; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      try {
        const nc = await connectTo(this.#o);
        try {
          if (!this.#closed && (await this.#begin(nc))) {
            opened();
            retryMs = RETRY_MS;
            await nc.closed();
          }
        } finally {
          this.#end();
          await nc.close();
        }
      } catch (cause) {
        if (this.#epoch === '' && cause instanceof UnusableServer) {
          this.#closed = true;
          failed(cause);
          return;
        }
        this.#tell('the log server is not reached, or does not answer as it must', cause);
      }
      if (!this.#closed) await after(retryMs);
    }
    failed(new Error('closed before the log server was reached'));
  }

  #tell(detail: string, cause: unknown): void {
    const now = this.#time.nowUs();
    if ((now - this.#toldUs) / 1000 < TELL_EVERY_MS) return;
    this.#toldUs = now;
    this.#o.note?.(detail, cause);
  }

  /** False: the server is there and does not answer as it must yet. */
  async #begin(nc: NatsConnection): Promise<boolean> {
    const { site } = this;
    const api = new JetStreamApi(nc);
    const peerApi = new JetStreamApi(nc, otherSite(site));
    const opened = await openEpoch(this.#epochOptions({ nc, api, peerApi }));
    const listed = opened === undefined ? undefined : await api.streams();
    if (opened === undefined || !listed?.ok || this.#closed) return false;
    this.#held.know(this.#archived.withStreams(listed.value, this.#partition));
    this.#clock.read(await lastOwnT(api, this.#held.list, site));
    if (this.#partition === 0) tellClock(nc, site, this.#time);
    if (this.#epoch === '') await this.#checkClock(nc);
    this.#left = opened.left;
    this.#gated = opened.left;
    this.#runEpoch(opened.epoch, nc);
    if (opened.left) this.#line?.sayLeaving(true);
    this.#firstT = await timeAt(api, streamName(site, opened.epoch, this.#partition), 1);
    nc.subscribe(lineSubject(otherSite(site), this.#partition), {
      callback: (error, message) => {
        if (error === null && this.#line?.take(message.data) === true) this.#session?.mirrors.look();
      },
    });
    const mirrors = new Mirrors({
      nc,
      api,
      peerApi,
      site,
      partition: this.#partition,
      running: () => this.#epoch,
      archived: this.#archived,
      onLook: (own, peer) => this.#look(own, peer),
      onCaughtUp: () => {
        this.#caughtUp = true;
        this.#line?.emit({ kind: 'caught-up' });
      },
      onFault: (detail) => this.#o.note?.(detail),
      isDiskFull: () => this.#isDiskFull(),
    });
    this.#session = { nc, api, peerApi, mirrors };
    for (const reader of this.#readers) reader.attach(nc, this.#held.list);
    this.#reopening?.();
    this.#reopening = undefined;
    return true;
  }

  /** L5: once, before anything is written. */
  async #checkClock(nc: NatsConnection): Promise<void> {
    const skewUs = await askSkew(nc, otherSite(this.site), this.#time);
    if (skewUs === undefined) return;
    this.#clock.compare(skewUs, true);
    if (!this.#clock.isTrusted)
      this.#o.note?.(
        `the clocks of the sites are ${(Math.abs(skewUs) / 1e6).toFixed(1)} s apart: log time goes on from the last own entry`,
      );
  }

  #runEpoch(epoch: string, nc: NatsConnection, rotated = false): void {
    const changed = epoch !== this.#epoch;
    if (changed) this.#firstT = undefined;
    const first = this.#epoch === '';
    this.#epoch = epoch;
    this.#publisher.aim({ nc, js: jetstream(nc), subject: entrySubject(this.site, epoch, this.#partition), epoch });
    this.#line ??= new PeerLine({
      time: this.#time,
      epoch,
      partitions: this.#partitions,
      onOtherPartitions: (theirs) => this.#o.note?.(otherPartitions(theirs, this.#partitions)),
      send: (bytes) => {
        const now = this.#session?.nc;
        if (now !== undefined && !now.isClosed()) now.publish(lineSubject(this.site, this.#partition), bytes);
      },
    });
    if (first)
      this.#line.onEvent((event) => {
        if (event.kind === 'line' && event.holds) this.#session?.mirrors.look();
      });
    if (!changed || first) return;
    if (rotated) {
      this.#line.run(epoch);
      return;
    }
    this.#caughtUp = false;
    this.#line.run(epoch);
    this.#line.emit({ kind: 'epoch', epoch });
  }

  #look(own: readonly KnownStream[], peer: readonly KnownStream[]): void {
    this.#held.know(own);
    this.#peerStreams = peer;
    if (peer.length > 0) void this.#closeHoles(own);
    this.#sealLeftOpen();
    const complete = (stream: KnownStream): boolean => isComplete(stream, peer, this.site);
    for (const reader of this.#readers) reader.look(own, complete);
  }

  /** A rotation that ended before the old epoch was sealed: nobody writes there any more. */
  #sealLeftOpen(): void {
    const session = this.#session;
    const isOpen = ({ epoch, copy, sealed }: KnownStream): boolean => epoch !== this.#epoch && !copy && !sealed;
    if (session === undefined || this.#rotating || !this.#ownStreams().some(isOpen)) return;
    void sealAll(session.api, this.#ownStreams(), this.#epoch);
  }

  /** L13: a copy with a hole is begun anew; what readers got of it was right, as far as it went. An own stream is read past it. */
  async #closeHoles(own: readonly KnownStream[]): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.#lookingForHoles) return;
    this.#lookingForHoles = true;
    const read = own.filter((stream) => !stream.archived && stream.copy === (stream.site !== this.site));
    const deliveredOf = ({ site, epoch }: KnownStream): number | undefined => {
      const reached = [...this.#readers]
        .map((reader) => reader.deliveredOf(site, epoch))
        .filter((at) => at !== undefined);
      return reached.length === 0 ? undefined : Math.min(...reached);
    };
    try {
      for (const stream of await this.#holes.look(session.api, read, deliveredOf)) {
        const { name, lastSeq } = stream;
        if (stream.site === this.site) {
          await this.#readPastHole(session, stream, deliveredOf(stream));
          continue;
        }
        this.#o.note?.(
          `the copy ${name} cannot be read to its end at ${lastSeq}: its disk is failing; it is begun anew`,
        );
        await session.mirrors.giveUp(name);
      }
    } finally {
      this.#lookingForHoles = false;
    }
  }

  async #readPastHole(session: Session, stream: KnownStream, at: number | undefined): Promise<void> {
    if (at === undefined) return;
    const hole = await this.#ownHoles.find(session, stream, at);
    this.#o.onHole?.(sayHole(hole, stream.name));
    if (this.#session !== session) return;
    for (const reader of this.#readers) reader.fill(stream, hole.messages);
  }

  #end(): void {
    this.#publisher.aim(undefined);
    this.#session?.mirrors.stop();
    this.#session = undefined;
    for (const reader of this.#readers) reader.detach();
  }
}

/** Where a site's plain messages go. */
const lineSubject = (site: SiteId, partition: number): string =>
  partition === 0 ? `seen.${site}` : `seen.${site}.${partitionName(partition)}`;

function randomSuffix(): string {
  let suffix = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += randomInt(36).toString(36);
  return suffix;
}
