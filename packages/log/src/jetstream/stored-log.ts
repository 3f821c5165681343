// What a log server has on its disk, read from start to end: for replays and audits. Writes nothing, opens no epoch, follows nothing.
import type { NatsConnection } from '@nats-io/transport-node';
import { compareEpochs } from '@vigie/model';
import type { Archives } from '../archive/archives.ts';
import { originMessage } from '../origin-message.ts';
import type { EpochExtent, OriginMessage } from '../types.ts';
import { JetStreamApi } from './api.ts';
import { ArchivedEpochs } from './archived-epochs.ts';
import { readRange } from './read-range.ts';
import { type ServerAddress, connectTo } from './session.ts';
import { storedAtUs } from './stream-reader.ts';
import { type KnownStream, partitionsOf } from './streams.ts';

/** Messages of one epoch read at a time, and so held in memory. */
const WINDOW = 256;

export interface StoredLog {
  /** How many partitions the site's log has; this is one of them. */
  readonly partitions: number;
  /** Every epoch of both origins, the fullest copy of each. */
  readonly extents: readonly EpochExtent[];
  /** All messages, oldest first over all epochs, each epoch in its order. What cannot be read is left out: compare with `extents`. */
  messages(): AsyncIterable<OriginMessage>;
  close(): Promise<void>;
}

/** Throws when the server is not reached or does not list its streams. */
export async function openStoredLog(
  o: ServerAddress & { readonly partition?: number; readonly archives?: Archives },
): Promise<StoredLog> {
  const nc = await connectTo(o);
  const listed = await new JetStreamApi(nc).streams();
  if (!listed.ok) {
    await nc.close();
    throw new Error(listed.detail);
  }
  const streams = fullest(new ArchivedEpochs(o).withStreams(listed.value, o.partition ?? 0));
  return {
    partitions: partitionsOf(listed.value) ?? 1,
    extents: streams.map(({ site, epoch, lastSeq, sealed }) => ({ site, epoch, lastSeq, sealed })),
    messages: () => oldestFirst(streams.map((stream) => new Cursor(windowsOf(nc, stream, o.archives)))),
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
  readonly #windows: AsyncIterator<readonly OriginMessage[]>;

  constructor(windows: AsyncIterable<readonly OriginMessage[]>) {
    this.#windows = windows[Symbol.asyncIterator]();
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
    const next = await this.#windows.next();
    this.#window = next.done === true ? [] : next.value;
    this.#at = 0;
  }
}

/** An epoch from its start. Where something cannot be read it ends: what lies behind a gap has no place. */
async function* windowsOf(
  nc: NatsConnection,
  { site, epoch, name, lastSeq, archived }: KnownStream,
  archives: Archives | undefined,
): AsyncGenerator<readonly OriginMessage[]> {
  if (archived) {
    yield* archives?.blocks(site, epoch, 1) ?? [];
    return;
  }
  for (let from = 1; from <= lastSeq; from += WINDOW) {
    const count = Math.min(WINDOW, lastSeq - from + 1);
    const read = await readRange(nc, name, from, count);
    yield read.map((message) => originMessage(site, epoch, message.seq, message.bytes, storedAtUs(message)));
    if (read.length < count) return;
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
