// A site's log on its own JetStream server (L1): one connection at a time, and one epoch that runs.
import { jetstream } from '@nats-io/jetstream';
import { randomInt } from 'node:crypto';
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
import { HoleCloser } from './hole-closer.ts';
import { Mirrors, PEER_ANSWER_MS, isComplete } from './mirrors.ts';
import { OriginsReader } from './origins-reader.ts';
import { OwnHoles } from './own-holes.ts';
import { OwnWriter } from './own-writer.ts';
import { Publisher } from './publisher.ts';
import { Readers } from './readers.ts';
import { askSkew, tellClock } from './site-clocks.ts';
import { StoredReads } from './stored-reads.ts';
import { type ServerAddress, type Session, lastOwnT, timeAt } from './session.ts';
import { Sessions } from './sessions.ts';
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
const SUFFIX_LENGTH = 5;
const STOPPED: AppendResult = { kind: 'refused', reason: 'stopped', detail: 'the log is closed' };

export type JetStreamSiteLog = SiteLog & CopyDoor & RotationDoor & EpochStreams;

/** Resolves once the log server is reached and the epoch runs; throws when that server cannot be used at all. */
export async function openJetStreamLog(o: JetStreamLogOptions): Promise<JetStreamSiteLog> {
  const log = new JetStreamLog(o);
  await log.sessions.opened;
  return log;
}

class JetStreamLog implements JetStreamSiteLog {
  readonly site: SiteId;
  readonly #o: JetStreamLogOptions;
  readonly #time: Time;
  readonly #partition: number;
  readonly #partitions: number;
  readonly #clock: HybridClock;
  readonly #publisher: Publisher;
  readonly sessions: Sessions;
  readonly #writer: OwnWriter;
  readonly #readers = new Readers();
  readonly halted = new Set<SiteId>();
  readonly #archived: ArchivedEpochs;
  readonly #held = new HeldStreams();
  #line: PeerLine | undefined;
  #session: Session | undefined;
  #epoch = '';
  #caughtUp = false;
  #rotating = false;
  readonly #stored: StoredReads;
  readonly #holes: HoleCloser;
  /** Log time of the first entry of the running epoch, once it is read. */
  #firstT: number | undefined;
  /** Called once another epoch runs. */
  #reopening: (() => void) | undefined;
  #peerStreams: readonly KnownStream[] = [];

  constructor(o: JetStreamLogOptions) {
    this.#o = o;
    this.site = o.site;
    this.#time = o.time ?? systemTime();
    this.#partition = o.partition ?? 0;
    this.#partitions = o.partitions ?? 1;
    this.#archived = new ArchivedEpochs(o);
    const ownHoles = new OwnHoles(o.site);
    const session = (): Session | undefined => this.#session;
    const note = (detail: string, cause?: unknown): void => o.note?.(detail, cause);
    this.#stored = new StoredReads({
      site: o.site,
      partition: this.#partition,
      held: this.#held,
      archived: this.#archived,
      ownHoles,
      session,
      onShort: async (stream, seq) => {
        if (this.peer().reachable) await this.#holes.lookAt(stream, seq);
      },
    });
    this.#holes = new HoleCloser({
      site: o.site,
      readers: this.#readers,
      ownHoles,
      session,
      note,
      onHole: (detail) => o.onHole?.(detail),
    });
    this.#clock = o.clock ?? new HybridClock(this.#time);
    this.#publisher = new Publisher(o.ackTimeoutMs ?? ACK_TIMEOUT_MS);
    this.#writer = new OwnWriter({
      site: o.site,
      partition: this.#partition,
      publisher: this.#publisher,
      clock: this.#clock,
      time: this.#time,
      line: () => this.#line,
      api: () => this.#session?.api,
      epoch: () => this.#epoch,
      isDiskFull: () => this.#isDiskFull(),
      note,
    });
    this.sessions = new Sessions({
      address: o,
      time: this.#time,
      begin: (nc) => this.#begin(nc),
      end: () => this.#end(),
      note,
    });
  }

  get epoch(): string {
    return this.#epoch;
  }
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get left(): boolean {
    return this.#writer.left;
  }

  async append(draft: EntryDraft): Promise<AppendResult> {
    return this.sessions.closed ? STOPPED : this.#writer.append(draft);
  }
  sayLeaving(leaving: boolean): void {
    this.#lineOrThrow().sayLeaving(leaving);
  }
  async leave(draft: EntryDraft): Promise<AppendResult> {
    if (this.sessions.closed) return STOPPED;
    if (this.#rotating) return { kind: 'refused', reason: 'overloaded', detail: 'the epoch is just being closed' };
    return this.#writer.leave(draft);
  }
  async reopen(): Promise<void> {
    if (this.sessions.closed) return;
    const opened = new Promise<void>((resolve) => {
      this.#reopening = resolve;
    });
    await this.#session?.nc.close(); // the next session opens it
    await opened;
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
    return { stop: () => this.#readers.remove(reader) };
  }

  read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    return this.#stored.read(site, epoch, from, limit);
  }

  running(): RunningEpoch | undefined {
    const stream = this.#held.list.find((known) => known.site === this.site && known.epoch === this.#epoch);
    return stream === undefined ? undefined : { bytes: stream.bytes, sinceUs: this.#firstT };
  }
  async rotate(): Promise<boolean> {
    const session = this.#session;
    const before = this.#epoch;
    if (session === undefined || this.#rotating || this.#writer.gated) return false;
    this.#rotating = true;
    try {
      const epoch = await openNextEpoch(this.#epochOptions(session));
      const listed = epoch === undefined ? undefined : await session.api.streams();
      if (epoch === undefined || !listed?.ok || this.#session !== session) return false;
      // Read before it is written to, so that nobody misses the first entry.
      this.#held.know(this.#archived.withStreams(listed.value, this.#partition));
      const next = this.#ownStreams().filter((stream) => stream.epoch === epoch);
      this.#readers.look(next, () => false);
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
  readOrigin(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    return this.#stored.readThere(site, epoch, from, limit);
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
    this.sessions.close();
    this.#readers.clear();
    this.#line?.stop();
    this.#session?.mirrors.stop();
    await this.#session?.nc.close();
    await this.sessions.ended;
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

  /** False: the server is there and does not answer as it must yet. */
  async #begin(nc: NatsConnection): Promise<boolean> {
    const { site } = this;
    const api = new JetStreamApi(nc);
    const peerApi = new JetStreamApi(nc, otherSite(site));
    const opened = await openEpoch(this.#epochOptions({ nc, api, peerApi }));
    const listed = opened === undefined ? undefined : await api.streams();
    if (opened === undefined || !listed?.ok || this.sessions.closed) return false;
    this.#held.know(this.#archived.withStreams(listed.value, this.#partition));
    this.#clock.read(await lastOwnT(api, this.#held.list, site));
    if (this.#partition === 0) tellClock(nc, site, this.#time);
    if (this.#epoch === '') await this.#checkClock(nc);
    this.#writer.begin(opened.left);
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
      partitions: this.#partitions,
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
    this.#readers.attach(nc, this.#held.list);
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
    if (peer.length > 0) void this.#holes.look(own);
    this.#sealLeftOpen();
    this.#readers.look(own, (stream) => isComplete(stream, peer, this.site));
  }

  /** A rotation that ended before the old epoch was sealed: nobody writes there any more. */
  #sealLeftOpen(): void {
    const session = this.#session;
    const isOpen = ({ epoch, copy, sealed }: KnownStream): boolean => epoch !== this.#epoch && !copy && !sealed;
    if (session === undefined || this.#rotating || !this.#ownStreams().some(isOpen)) return;
    void sealAll(session.api, this.#ownStreams(), this.#epoch);
  }

  #end(): void {
    this.#publisher.aim(undefined);
    this.#session?.mirrors.stop();
    this.#session = undefined;
    this.#readers.detach();
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
