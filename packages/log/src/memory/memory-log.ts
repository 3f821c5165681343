// One site's log on a MemoryCluster.
import {
  type LogTimeUs,
  type Seen,
  type Seq,
  type SiteId,
  type VectorPosition,
  SITES,
  compareEpochs,
  must,
  otherSite,
  seqOf,
} from '@vigie/model';
import type { RunningEpoch } from '../keeper/rotation.ts';
import type { HybridClock } from '../hybrid-clock.ts';
import { entryBytes, originMessage } from '../origin-message.ts';
import { PeerLine } from '../peer/peer-line.ts';
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
  SiteLog,
  Survey,
} from '../types.ts';
import type { MemoryStream } from './disk.ts';
import type { MemoryCluster } from './memory-cluster.ts';

interface Reader {
  readonly read: Map<string, number>;
  readonly from: ReadFrom;
  readonly deliver: (message: OriginMessage) => void;
}

export class MemoryLog implements SiteLog, CopyDoor, RotationDoor {
  readonly site: SiteId;
  readonly #cluster: MemoryCluster;
  readonly #clock: HybridClock;
  readonly #line: PeerLine;
  readonly #readers = new Set<Reader>();
  readonly halted = new Set<SiteId>();
  /** L12: how far the other's disk went when it was first reached. */
  #target: ReadonlyMap<string, number> | undefined;
  #caughtUp = false;
  #closed = false;

  constructor(cluster: MemoryCluster, site: SiteId, clock: HybridClock) {
    this.#cluster = cluster;
    this.site = site;
    this.#clock = clock;
    this.#line = new PeerLine({
      time: cluster.time,
      epoch: this.epoch,
      send: (bytes) => cluster.carry(site, bytes),
    });
  }

  get epoch(): string {
    return this.#cluster.server(this.site).epoch;
  }
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get left(): boolean {
    return this.#cluster.left(this.site);
  }

  async append(draft: EntryDraft): Promise<AppendResult> {
    if (this.left) return { kind: 'refused', reason: 'left', detail: 'the site has left' };
    const { up, disk, epoch } = this.#cluster.server(this.site);
    if (this.#closed) return { kind: 'refused', reason: 'stopped', detail: 'the log is closed' };
    if (!up) return { kind: 'unknown', detail: 'the log server does not answer' };
    if (disk.full) return { kind: 'refused', reason: 'disk_full', detail: 'insufficient storage' };
    const t = this.#clock.next();
    const bytes = entryBytes(draft, t, this.#line.held);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const stream = must(disk.stream(this.site, epoch), 'the running epoch');
    stream.messages.push(bytes);
    const seq = seqOf(stream.messages.length);
    this.#line.stored(epoch, seq);
    this.#cluster.pump();
    return { kind: 'stored', epoch, seq, t };
  }

  sayLeaving(leaving: boolean): void {
    this.#line.sayLeaving(leaving);
  }
  /** Appends are stored at once here: nothing can come between. */
  leave(draft: EntryDraft): Promise<AppendResult> {
    return this.append(draft);
  }
  async reopen(): Promise<void> {
    if (this.#cluster.server(this.site).up) this.#cluster.openEpoch(this.site);
  }

  async subscribe(from: ReadFrom | undefined, deliver: (message: OriginMessage) => void): Promise<LogSubscription> {
    const reader: Reader = { read: new Map(), from: from ?? {}, deliver };
    this.#readers.add(reader);
    this.#cluster.pump();
    return { stop: () => void this.#readers.delete(reader) };
  }

  async read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    return this.#readDisk(this.site, site, epoch, from, limit);
  }
  async readOrigin(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const other = otherSite(this.site);
    if (!this.#cluster.passes(this.site) || !this.#cluster.passes(other)) return [];
    return this.#readDisk(other, site, epoch, from, limit);
  }
  #readDisk(of: SiteId, site: SiteId, epoch: string, from: Seq, limit: number): OriginMessage[] {
    const messages = this.#cluster.server(of).disk.stream(site, epoch)?.messages ?? [];
    return messages.slice(from - 1, from - 1 + limit).map((bytes, i) => originMessage(site, epoch, from + i, bytes));
  }
  running(): RunningEpoch {
    const { messages } = must(this.#cluster.server(this.site).disk.stream(this.site, this.epoch), 'the running epoch');
    const first = messages[0] === undefined ? undefined : originMessage(this.site, this.epoch, 1, messages[0]).entry;
    const bytes = messages.reduce((sum, message) => sum + message.length, 0);
    return { bytes, sinceUs: first?.ok === true ? first.value.t : undefined };
  }
  async rotate(): Promise<boolean> {
    if (!this.#cluster.server(this.site).up) return false;
    this.#cluster.rotate(this.site);
    return true;
  }
  /** For the cluster: the next epoch runs; nothing was lost. */
  rotated(): void {
    this.#line.run(this.epoch);
  }
  halt(site: SiteId): void {
    this.halted.add(site);
  }
  renewCopy(): void {
    this.#cluster.pump();
  }
  async dropCopy(site: SiteId, epoch: string): Promise<boolean> {
    if (site === this.site) return false;
    this.#cluster.server(this.site).disk.remove(site, epoch);
    return true;
  }

  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean> {
    return this.#line.whenSeen(epoch, seq, timeoutMs);
  }
  reportHeld(held: Seen): void {
    this.#line.reportHeld(held);
  }
  reportRead(t: LogTimeUs): void {
    this.#clock.read(t);
  }
  onPeer(listener: (event: PeerEvent) => void): () => void {
    return this.#line.onEvent(listener);
  }
  peer(): PeerState {
    return this.#line.state();
  }

  async survey(): Promise<Survey | undefined> {
    const other = otherSite(this.site);
    if (!this.#cluster.passes(this.site) || !this.#cluster.passes(other)) return undefined;
    return { own: this.#cluster.extents(this.site), peer: this.#cluster.extents(other) };
  }

  received(): VectorPosition {
    const position: { [site in SiteId]?: { epoch: string; seq: Seq } } = {};
    for (const site of SITES) {
      const newest = this.#streams()
        .filter((stream) => stream.site === site)
        .sort((a, b) => compareEpochs(a.epoch, b.epoch))
        .at(-1);
      if (newest !== undefined) position[site] = { epoch: newest.epoch, seq: seqOf(newest.messages.length) };
    }
    return position;
  }

  extents(): readonly EpochExtent[] {
    return this.#cluster.extents(this.site);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#readers.clear();
    this.#line.stop();
    this.#cluster.forget(this);
  }

  /** For the cluster: the log server has started, or another epoch was opened. */
  serverStarted(): void {
    this.#caughtUp = false;
    this.#target = undefined;
    this.#line.run(this.epoch);
    this.#line.emit({ kind: 'epoch', epoch: this.epoch });
  }
  /** For the cluster: a plain message of the other site. */
  take(bytes: Uint8Array): void {
    this.#line.take(bytes);
  }
  /** For the cluster: delivers one message to each reader, the oldest by log time first; false: there is none. */
  deliverNext(): boolean {
    let delivered = false;
    if (this.#cluster.server(this.site).up)
      for (const reader of this.#readers) if (this.#deliverTo(reader)) delivered = true;
    this.#checkCaughtUp();
    return delivered;
  }

  #streams(): MemoryStream[] {
    return this.#cluster.server(this.site).disk.streams();
  }

  #deliverTo(reader: Reader): boolean {
    let oldest: OriginMessage | undefined;
    let oldestT = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams()) {
      const key = `${stream.site} ${stream.epoch}`;
      const read = reader.read.get(key) ?? reader.from[stream.site]?.[stream.epoch] ?? 0;
      const bytes = stream.messages[read];
      if (bytes === undefined) continue;
      const message = originMessage(stream.site, stream.epoch, read + 1, bytes);
      const t = message.entry.ok ? message.entry.value.t : Number.NEGATIVE_INFINITY;
      if (oldest !== undefined && t >= oldestT) continue;
      oldest = message;
      oldestT = t;
    }
    if (oldest === undefined) return false;
    reader.read.set(`${oldest.site} ${oldest.epoch}`, oldest.seq);
    if (this.halted.has(oldest.site)) return true;
    if (oldest.site !== this.site && oldest.entry.ok) this.#line.entrySeen(oldest.entry.value.seen);
    reader.deliver(oldest);
    return true;
  }

  #checkCaughtUp(): void {
    const other = otherSite(this.site);
    if (this.#caughtUp) return;
    if (!this.#cluster.passes(this.site) || !this.#cluster.passes(other)) return;
    const there = new Map(this.#cluster.extents(other).map((e) => [`${e.site} ${e.epoch}`, e.lastSeq]));
    const here = new Map(this.#streams().map((s) => [`${s.site} ${s.epoch}`, s.messages.length]));
    this.#target ??= there;
    // What the other site has lost since then cannot be waited for.
    for (const [key, last] of this.#target) if ((here.get(key) ?? 0) < Math.min(last, there.get(key) ?? 0)) return;
    this.#caughtUp = true;
    this.#line.emit({ kind: 'caught-up' });
  }
}
