// One subscription: all epochs of both origins from the own disk. What was there at the start is delivered oldest first over both
// origins, so that a replay arrives in merged order and neither origin runs ahead in memory; after that each message as it comes.
import { type SiteId, SITES, compareEpochs } from '@vigie/model';
import type { NatsConnection } from '@nats-io/transport-node';
import { ArchiveReader } from '../archive/archive-reader.ts';
import { originMessage } from '../origin-message.ts';
import type { OriginMessage, ReadFrom, ReadingRoom } from '../types.ts';
import { StreamReader } from './stream-reader.ts';
import type { KnownStream } from './streams.ts';

/** Messages of one stream that wait for their turn in a replay, and their bytes; then the server is asked to hold back. */
const WAITING_MAX = 4096;
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

class EpochReader {
  readonly site: SiteId;
  readonly epoch: string;
  /** The last sequence delivered. */
  delivered: number;
  /** Where the stream ended when the replay began. */
  end = 0;
  /** The stream that is read: the own one, a mirror, or one that came back and goes further. */
  stream: KnownStream;
  reader: StreamReader | ArchiveReader | undefined;
  #queue: OriginMessage[] = [];
  #head = 0;
  #bytes = 0;

  constructor(stream: KnownStream, delivered: number) {
    this.site = stream.site;
    this.epoch = stream.epoch;
    this.stream = stream;
    this.delivered = delivered;
  }
  get isEmpty(): boolean {
    return this.#head >= this.#queue.length;
  }
  get isFull(): boolean {
    return this.#queue.length - this.#head >= WAITING_MAX || this.#bytes >= WAITING_BYTES_MAX;
  }
  get isHalfEmpty(): boolean {
    return this.#queue.length - this.#head < WAITING_MAX / 2 && this.#bytes < WAITING_BYTES_MAX / 2;
  }
  push(message: OriginMessage): void {
    this.#queue.push(message);
    this.#bytes += message.bytes.length;
  }
  peek(): OriginMessage | undefined {
    return this.#queue[this.#head];
  }
  shift(): OriginMessage | undefined {
    const message = this.#queue[this.#head++];
    this.#bytes -= message?.bytes.length ?? 0;
    if (this.#head >= this.#queue.length || this.#head > WAITING_MAX) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }
  stop(): void {
    this.reader?.stop();
    this.reader = undefined;
    this.#queue = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

/** Where archived epochs are read from. */
export interface ArchiveSource {
  readonly blocks: (site: SiteId, epoch: string, from: number) => AsyncIterable<readonly OriginMessage[]>;
  readonly onFault: (detail: string) => void;
}

export class OriginsReader {
  readonly #archives: ArchiveSource;
  readonly #from: ReadFrom;
  readonly #deliver: (message: OriginMessage) => void;
  readonly #epochs = new Map<string, EpochReader>();
  /** Epochs still to be replayed, in turn; the first of each site is being read. */
  readonly #replay: { [site in SiteId]: EpochReader[] } = { noirmont: [], delemont: [] };
  readonly #room: ReadingRoom | undefined;
  #nc: NatsConnection | undefined;

  constructor(
    from: ReadFrom | undefined,
    deliver: (message: OriginMessage) => void,
    archives: ArchiveSource,
    room?: ReadingRoom,
  ) {
    this.#archives = archives;
    this.#from = from ?? {};
    this.#deliver = deliver;
    this.#room = room;
    room?.onRoom(() => this.#pump());
  }

  /** A new connection: everything is read on from where it was delivered. */
  attach(nc: NatsConnection, streams: readonly KnownStream[]): void {
    this.detach();
    this.#nc = nc;
    for (const stream of streams) this.#know(stream);
    for (const epoch of [...this.#epochs.values()].sort((a, b) => compareEpochs(a.epoch, b.epoch))) {
      epoch.end = epoch.stream.lastSeq;
      if (epoch.end > epoch.delivered) this.#replay[epoch.site].push(epoch);
    }
    for (const epoch of this.#epochs.values())
      if (!this.#replay[epoch.site].includes(epoch) && !epoch.stream.sealed) this.#open(epoch);
    for (const site of SITES) this.#openFirst(site);
  }
  detach(): void {
    for (const epoch of this.#epochs.values()) epoch.stop();
    for (const site of SITES) this.#replay[site].length = 0;
    this.#nc = undefined;
  }

  /** Streams as they are now: new ones are read from their start, complete ones no longer. */
  look(streams: readonly KnownStream[], isComplete: (stream: KnownStream) => boolean): void {
    if (this.#nc === undefined) return;
    for (const stream of streams) {
      const known = this.#know(stream);
      const waits = this.#replay[known.site].includes(known) && this.#replay[known.site][0] !== known;
      const done = isComplete(known.stream) && known.delivered >= known.stream.lastSeq;
      if (done) known.stop();
      else if (known.reader === undefined && !waits) this.#open(known);
    }
  }

  /** The last sequence delivered of an epoch; undefined: it is not being read. */
  deliveredOf(site: SiteId, epoch: string): number | undefined {
    const known = this.#epochs.get(`${site} ${epoch}`);
    return known?.reader === undefined || !known.isEmpty ? undefined : known.delivered;
  }

  /** These messages are what the stream does not give: they have their turn, and it is read on behind them. */
  fill(stream: KnownStream, messages: readonly OriginMessage[]): void {
    const epoch = this.#epochs.get(`${stream.site} ${stream.epoch}`);
    if (epoch === undefined || !epoch.isEmpty || messages[0]?.seq !== epoch.delivered + 1) return;
    epoch.stop();
    this.#open(epoch, epoch.delivered + messages.length + 1);
    for (const message of messages)
      if (this.#isReplaying(epoch)) epoch.push(message);
      else this.#give(epoch, message);
    this.#pump();
  }

  #know(stream: KnownStream): EpochReader {
    const key = `${stream.site} ${stream.epoch}`;
    const known = this.#epochs.get(key);
    if (known === undefined) {
      const made = new EpochReader(stream, this.#from[stream.site]?.[stream.epoch] ?? 0);
      this.#epochs.set(key, made);
      return made;
    }
    if (known.stream.name === stream.name) known.stream = stream;
    else if (stream.lastSeq > known.stream.lastSeq || (stream.archived && !known.stream.archived)) {
      known.stop();
      known.stream = stream;
    }
    return known;
  }

  #open(epoch: EpochReader, from: number = epoch.delivered + 1): void {
    if (this.#nc === undefined || epoch.reader !== undefined || from >= Number.MAX_SAFE_INTEGER) return;
    const isFull = (): boolean => epoch.isFull;
    const deliver = (message: OriginMessage): void => {
      if (this.#isReplaying(epoch)) {
        epoch.push(message);
        this.#pump();
      } else this.#give(epoch, message);
    };
    if (epoch.stream.archived) {
      const { onFault, blocks } = this.#archives;
      epoch.reader = new ArchiveReader({ blocks: blocks(epoch.site, epoch.epoch, from), deliver, isFull, onFault });
      return;
    }
    epoch.reader = new StreamReader({
      nc: this.#nc,
      stream: epoch.stream.name,
      from,
      isFull,
      deliver: ({ seq, bytes }) => deliver(originMessage(epoch.site, epoch.epoch, seq, bytes)),
    });
  }
  #isReplaying(epoch: EpochReader): boolean {
    return this.#replay[epoch.site][0] === epoch || this.#replay[epoch.site].includes(epoch);
  }
  #openFirst(site: SiteId): void {
    const first = this.#replay[site][0];
    if (first !== undefined) this.#open(first);
  }

  #give(epoch: EpochReader, message: OriginMessage): void {
    epoch.delivered = message.seq;
    this.#deliver(message);
  }

  /** Takes the older of the two heads while both origins show one, or the other has nothing left to replay, as far as there is room. */
  #pump(): void {
    while (this.#room?.isFull() !== true) {
      const [a, b] = [this.#replay.noirmont[0], this.#replay.delemont[0]];
      const [x, y] = [a?.peek(), b?.peek()];
      if ((a !== undefined && x === undefined) || (b !== undefined && y === undefined)) return;
      const epoch = y === undefined || (x !== undefined && timeOf(x) <= timeOf(y)) ? a : b;
      const message = epoch?.shift();
      if (epoch === undefined || message === undefined) return;
      this.#give(epoch, message);
      if (epoch.isHalfEmpty) epoch.reader?.ready();
      if (epoch.delivered >= epoch.end) this.#finish(epoch);
    }
  }
  /** The replay of this epoch is over: what came meanwhile follows at once, then the next epoch has its turn. */
  #finish(epoch: EpochReader): void {
    this.#replay[epoch.site].shift();
    for (let rest = epoch.shift(); rest !== undefined; rest = epoch.shift()) this.#give(epoch, rest);
    epoch.reader?.ready();
    this.#openFirst(epoch.site);
  }
}

const timeOf = (message: OriginMessage): number => (message.entry.ok ? message.entry.value.t : 0);
