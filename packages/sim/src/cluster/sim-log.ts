// The SiteLog of one life of a site: the same hybrid clock and peer line as the real one, over the simulated log servers.
import {
  type AppendResult,
  type EntryDraft,
  type EpochExtent,
  type HybridClock,
  type LogSubscription,
  type OriginMessage,
  PeerLine,
  type PeerEvent,
  type PeerState,
  type ReadFrom,
  type RotationDoor,
  type RunningEpoch,
  type SiteLog,
  type Survey,
  entryBytes,
  originMessage,
} from '@vigie/log';
import {
  type LogTimeUs,
  type Seen,
  type Seq,
  type SiteId,
  type VectorPosition,
  compareEpochs,
  seqOf,
} from '@vigie/model';
import type { Random } from '../random.ts';
import type { Life } from './life.ts';
import type { Line } from './line.ts';
import type { LogServer, ServerNews } from './log-server.ts';
import type { Schedule } from './schedule.ts';

/** One way between a process and its own log server, microseconds. */
const LOCAL_US = 60;
/** As packages/log waits for an acknowledgement. */
const ACK_WITHIN_US = 2_000_000;
const LOOK_EVERY_US = 50_000;
const SURVEY_WITHIN_US = 500_000;
/** A client finds a server that was started again after up to this. */
const RECONNECT_US = 100_000;

/** Of a reader that lags: between two deliveries of a stream. */
const LAG_US = 80_000;

interface Reader {
  readonly read: Map<string, number>;
  readonly pumping: Set<string>;
  readonly deliver: (message: OriginMessage) => void;
}

export interface SimLogOptions {
  readonly life: Life;
  /** Of the whole site. */
  readonly clock: HybridClock;
  readonly schedule: Schedule;
  readonly dice: Random;
  readonly server: LogServer;
  readonly peerServer: LogServer;
  readonly line: Line;
  /** To the other site's process, if there is one. */
  readonly sendPlain: (bytes: Uint8Array) => void;
}

export class SimLog implements SiteLog, RotationDoor {
  readonly site: SiteId;
  readonly #o: SimLogOptions;
  readonly #clock: HybridClock;
  readonly #peerLine: PeerLine;
  readonly #readers = new Set<Reader>();
  readonly #stop: () => void;
  #epoch: string;
  #caughtUp = false;
  /** A `leave` is under way: nothing may come after it. */
  #gated = false;
  #target: ReadonlyMap<string, number> | undefined;
  #surveying = false;
  /** Nothing overtakes on the connection to the own server, in either direction. */
  #lastSentUs = 0;
  #lastGotUs = 0;

  constructor(o: SimLogOptions) {
    this.#o = o;
    this.site = o.server.site;
    this.#epoch = o.server.epoch;
    this.#clock = o.clock;
    this.#readLastOwnT();
    this.#peerLine = new PeerLine({
      time: o.life,
      epoch: this.#epoch,
      send: (bytes) => o.server.answers && o.sendPlain(bytes),
    });
    this.#stop = o.server.onChange((what) => this.#serverChanged(what));
    this.#look();
  }
  get epoch(): string {
    return this.#epoch;
  }
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get left(): boolean {
    return this.#o.server.left;
  }
  sayLeaving(leaving: boolean): void {
    this.#peerLine.sayLeaving(leaving);
  }
  async leave(draft: EntryDraft): Promise<AppendResult> {
    this.#gated = true;
    const result = await this.#append(draft);
    if (result.kind === 'refused') this.#gated = false;
    return result;
  }
  async reopen(): Promise<void> {
    if (this.#o.server.up) this.#o.server.start(true);
  }
  append(draft: EntryDraft): Promise<AppendResult> {
    if (this.#gated || this.left)
      return Promise.resolve({ kind: 'refused', reason: 'left', detail: 'the site has left' });
    return this.#append(draft);
  }
  #append(draft: EntryDraft): Promise<AppendResult> {
    const { life, schedule, server } = this.#o;
    const t = this.#clock.next();
    const bytes = entryBytes(draft, t, this.#peerLine.held);
    if (!(bytes instanceof Uint8Array)) return Promise.resolve(bytes);
    const epoch = this.#epoch;
    return life.promise((resolve) => {
      let open = true;
      const answer = (result: AppendResult): void => {
        if (!open) return;
        open = false;
        giveUp();
        if (result.kind === 'stored') this.#peerLine.stored(result.epoch, result.seq);
        resolve(result);
      };
      const giveUp = schedule.after(ACK_WITHIN_US, () =>
        life.run(() => answer({ kind: 'unknown', detail: 'the log server does not answer' })),
      );
      const back = (result: AppendResult): void => this.#back(() => life.run(() => answer(result)));
      schedule.after(this.#sentAfter(), () => {
        if (server.stalled) server.onResume(() => this.#give(server, epoch, bytes, t, back));
        else this.#give(server, epoch, bytes, t, back);
      });
    });
  }
  #give(server: LogServer, epoch: string, bytes: Uint8Array, t: LogTimeUs, back: (result: AppendResult) => void): void {
    server.append(epoch, bytes, (answer) => {
      if (answer.kind === 'stored') back({ kind: 'stored', ...answer.at, t });
      else back({ kind: 'refused', reason: answer.kind, detail: answer.kind });
    });
  }

  async subscribe(from: ReadFrom | undefined, deliver: (message: OriginMessage) => void): Promise<LogSubscription> {
    const read = new Map<string, number>();
    for (const [site, epochs] of Object.entries(from ?? {}))
      for (const [epoch, seq] of Object.entries(epochs)) read.set(`${site} ${epoch}`, seq);
    const reader: Reader = { read, pumping: new Set(), deliver };
    this.#readers.add(reader);
    this.#feed(reader);
    return { stop: () => void this.#readers.delete(reader) };
  }
  read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const { life, server, schedule } = this.#o;
    return life.promise((resolve) => {
      schedule.after(2 * LOCAL_US, () => {
        const messages = server.answers ? (server.disk.stream(site, epoch)?.messages ?? []) : [];
        resolve(
          messages.slice(from - 1, from - 1 + limit).map((bytes, i) => originMessage(site, epoch, from + i, bytes)),
        );
      });
    });
  }

  whenSeen(epoch: string, seq: Seq, timeoutMs: number): Promise<boolean> {
    return this.#peerLine.whenSeen(epoch, seq, timeoutMs);
  }
  reportHeld(held: Seen): void {
    this.#peerLine.reportHeld(held);
  }
  reportRead(t: LogTimeUs): void {
    this.#clock.read(t);
  }
  onPeer(listener: (event: PeerEvent) => void): () => void {
    return this.#peerLine.onEvent(listener);
  }
  peer(): PeerState {
    return this.#peerLine.state();
  }
  async survey(): Promise<Survey | undefined> {
    const { server, peerServer, line, life } = this.#o;
    if (!server.answers) return undefined;
    const peer = await life.promise<readonly EpochExtent[] | undefined>((resolve) => {
      void line
        .ask<readonly EpochExtent[]>(this.site, peerServer.site, SURVEY_WITHIN_US, (reply) => {
          if (peerServer.answers) reply(peerServer.disk.extents());
        })
        .then(resolve);
    });
    return peer === undefined ? undefined : { own: server.disk.extents(), peer };
  }
  received(): VectorPosition {
    const position: { [site in SiteId]?: { epoch: string; seq: Seq } } = {};
    for (const { site, epoch, messages } of this.#o.server.disk.streams()) {
      const known = position[site];
      if (known === undefined || compareEpochs(epoch, known.epoch) > 0)
        position[site] = { epoch, seq: seqOf(messages.length) };
    }
    return position;
  }
  extents(): readonly EpochExtent[] {
    return this.#o.server.disk.extents();
  }
  /** The process is gone, and with it the connection. */
  abandon(): void {
    this.#stop();
    this.#readers.clear();
  }
  async close(): Promise<void> {
    this.abandon();
    this.#peerLine.stop();
  }
  /** A plain message of the other site. */
  take(bytes: Uint8Array): void {
    if (this.#o.server.answers) this.#peerLine.take(bytes);
  }

  #readLastOwnT(): void {
    for (const { site, epoch, messages } of this.#o.server.disk.streams()) {
      const last = messages.at(-1);
      if (site !== this.site || last === undefined) continue;
      const { entry } = originMessage(site, epoch, messages.length, last);
      if (entry.ok) this.#clock.read(entry.value.t);
    }
  }

  /** Size and begin of the running epoch (L10). */
  running(): RunningEpoch | undefined {
    const { server } = this.#o;
    const messages = server.disk.stream(this.site, server.epoch)?.messages ?? [];
    const [first] = messages;
    if (first === undefined) return undefined;
    const { entry } = originMessage(this.site, server.epoch, 1, first);
    const bytes = messages.reduce((sum, message) => sum + message.length, 0);
    return { bytes, sinceUs: entry.ok ? entry.value.t : undefined };
  }
  async rotate(): Promise<boolean> {
    return !this.#gated && this.#o.server.rotate();
  }

  #serverChanged(what: ServerNews): void {
    const { life, schedule, dice, server } = this.#o;
    if (what === 'stored') return this.#feedAll();
    if (what === 'rotated')
      return life.run(() => {
        this.#epoch = server.epoch;
        this.#peerLine.run(this.#epoch);
        this.#feedAll();
      });
    schedule.after(RECONNECT_US * dice.unit(), () =>
      life.run(() => {
        if (!server.up || this.#epoch === server.epoch) return;
        this.#epoch = server.epoch;
        this.#gated = false;
        this.#caughtUp = false;
        this.#target = undefined;
        this.#readLastOwnT();
        this.#peerLine.run(this.#epoch);
        this.#peerLine.emit({ kind: 'epoch', epoch: this.#epoch });
        this.#feedAll();
      }),
    );
  }

  #feedAll(): void {
    for (const reader of this.#readers) this.#feed(reader);
  }
  /** Each stream has a consumer of its own: in its order, at its own pace. */
  #feed(reader: Reader): void {
    const { server, schedule, dice, life } = this.#o;
    if (!server.answers) return;
    for (const stream of server.disk.streams()) {
      const key = `${stream.site} ${stream.epoch}`;
      if (
        server.holdsBack === stream.site ||
        reader.pumping.has(key) ||
        stream.messages.length <= (reader.read.get(key) ?? 0)
      )
        continue;
      reader.pumping.add(key);
      const us = LOCAL_US * (1 + dice.unit() * (dice.chance(0.05) ? 100 : 4));
      const lagUs = stream.site === server.lagging ? LAG_US * dice.unit() : 0;
      schedule.after(us + lagUs, () =>
        life.run(() => {
          reader.pumping.delete(key);
          if (!this.#readers.has(reader) || !server.answers || server.holdsBack === stream.site) return;
          const now = server.disk.stream(stream.site, stream.epoch)?.messages ?? [];
          const end = Math.min(now.length, (reader.read.get(key) ?? 0) + 1 + dice.below(16));
          for (let seq = (reader.read.get(key) ?? 0) + 1; seq <= end; seq++) {
            reader.read.set(key, seq);
            const message = originMessage(stream.site, stream.epoch, seq, now[seq - 1] as Uint8Array);
            if (stream.site !== this.site && message.entry.ok) this.#peerLine.entrySeen(message.entry.value.seen);
            reader.deliver(message);
          }
          this.#feed(reader);
        }),
      );
    }
  }

  #sentAfter(): number {
    const { schedule, dice } = this.#o;
    this.#lastSentUs = Math.max(this.#lastSentUs + 1, schedule.nowUs + Math.round(LOCAL_US * (1 + dice.unit())));
    return this.#lastSentUs - schedule.nowUs;
  }
  #back(run: () => void): void {
    const { schedule, dice } = this.#o;
    this.#lastGotUs = Math.max(this.#lastGotUs + 1, schedule.nowUs + Math.round(LOCAL_US * (1 + dice.unit())));
    schedule.after(this.#lastGotUs - schedule.nowUs, run);
  }

  /** L12: until this disk holds what the other held when it was first asked after the start. */
  #look(): void {
    const { life } = this.#o;
    life.after(LOOK_EVERY_US / 1000, () => this.#look());
    if (this.#caughtUp || this.#surveying) return;
    this.#surveying = true;
    const epoch = this.#epoch;
    void this.survey().then((survey) => {
      this.#surveying = false;
      if (survey === undefined || this.#caughtUp || epoch !== this.#epoch) return;
      const name = (extent: EpochExtent): string => `${extent.site} ${extent.epoch}`;
      const there = new Map(survey.peer.map((extent) => [name(extent), extent.lastSeq]));
      const here = new Map(survey.own.map((extent) => [name(extent), extent.lastSeq]));
      this.#target ??= there;
      for (const [key, last] of this.#target) if ((here.get(key) ?? 0) < Math.min(last, there.get(key) ?? 0)) return;
      this.#caughtUp = true;
      this.#peerLine.emit({ kind: 'caught-up' });
    });
  }
}
