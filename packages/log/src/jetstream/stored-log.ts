// What a log server has on its disk, read from start to end: for replays and audits. Writes nothing, opens no epoch, follows nothing.
import type { NatsConnection } from '@nats-io/transport-node';
import { compareEpochs } from '@vigie/model';
import { originMessage } from '../origin-message.ts';
import type { EpochExtent, OriginMessage } from '../types.ts';
import { JetStreamApi } from './api.ts';
import { readRange } from './read-range.ts';
import { type ServerAddress, connectTo } from './session.ts';
import { type KnownStream, knownStreams } from './streams.ts';

/** Messages of one epoch read at a time, and so held in memory. */
const WINDOW = 256;

export interface StoredLog {
  /** Every epoch of both origins, the fullest copy of each. */
  readonly extents: readonly EpochExtent[];
  /** All messages, oldest first over all epochs, each epoch in its order. What cannot be read is left out: compare with `extents`. */
  messages(): AsyncIterable<OriginMessage>;
  close(): Promise<void>;
}

/** Throws when the server is not reached or does not list its streams. */
export async function openStoredLog(o: ServerAddress & { readonly partition?: number }): Promise<StoredLog> {
  const nc = await connectTo(o);
  const listed = await new JetStreamApi(nc).streams();
  if (!listed.ok) {
    await nc.close();
    throw new Error(listed.detail);
  }
  const streams = fullest(knownStreams(listed.value, o.partition ?? 0));
  return {
    extents: streams.map(({ site, epoch, lastSeq, sealed }) => ({ site, epoch, lastSeq, sealed })),
    messages: () => oldestFirst(streams.map((stream) => new Cursor(nc, stream))),
    close: () => nc.close(),
  };
}

function fullest(streams: readonly KnownStream[]): KnownStream[] {
  const best = new Map<string, KnownStream>();
  for (const stream of streams) {
    const key = `${stream.site} ${stream.epoch}`;
    if ((best.get(key)?.lastSeq ?? -1) < stream.lastSeq) best.set(key, stream);
  }
  return [...best.values()].sort((a, b) =>
    a.site < b.site ? -1 : a.site > b.site ? 1 : compareEpochs(a.epoch, b.epoch),
  );
}

class Cursor {
  /** Never goes back within an epoch, as a reader reckons it (L4). */
  t = 0;
  #window: readonly OriginMessage[] = [];
  #at = 0;
  #next = 1;
  readonly #nc: NatsConnection;
  readonly #stream: KnownStream;

  constructor(nc: NatsConnection, stream: KnownStream) {
    this.#nc = nc;
    this.#stream = stream;
  }
  get head(): OriginMessage | undefined {
    return this.#window[this.#at];
  }
  /** To the next message; there is a `head` afterwards, unless this was the last one. */
  async step(): Promise<void> {
    this.#at++;
    if (this.#at >= this.#window.length) await this.#fill();
    const entry = this.head?.entry;
    if (entry?.ok === true) this.t = Math.max(this.t + 1, entry.value.t);
  }

  async #fill(): Promise<void> {
    const { site, epoch, name, lastSeq } = this.#stream;
    const count = Math.min(WINDOW, lastSeq - this.#next + 1);
    const read = count <= 0 ? [] : await readRange(this.#nc, name, this.#next, count);
    this.#window = read.map(({ seq, bytes }) => originMessage(site, epoch, seq, bytes));
    this.#at = 0;
    // Where something cannot be read, this epoch ends: what lies behind a gap has no place.
    this.#next = read.length < count ? Number.POSITIVE_INFINITY : this.#next + read.length;
  }
}

async function* oldestFirst(cursors: readonly Cursor[]): AsyncGenerator<OriginMessage> {
  for (const cursor of cursors) await cursor.step();
  for (;;) {
    let first: Cursor | undefined;
    for (const cursor of cursors)
      if (cursor.head !== undefined && (first === undefined || cursor.t < first.t)) first = cursor;
    if (first?.head === undefined) return;
    yield first.head;
    await first.step();
  }
}
