// Everybody who reads this site's log, over one connection after the other: who comes gets what lies there, a new connection is read on from.
import type { NatsConnection } from '@nats-io/transport-node';
import type { OriginMessage } from '../types.ts';
import type { OriginsReader } from './origins-reader.ts';
import type { KnownStream } from './streams.ts';

export class Readers {
  readonly #all = new Set<OriginsReader>();

  add(reader: OriginsReader): void {
    this.#all.add(reader);
  }
  remove(reader: OriginsReader): void {
    this.#all.delete(reader);
    reader.detach();
  }
  attach(nc: NatsConnection, streams: readonly KnownStream[]): void {
    for (const reader of this.#all) reader.attach(nc, streams);
  }
  detach(): void {
    for (const reader of this.#all) reader.detach();
  }
  /** Streams as they are now. */
  look(streams: readonly KnownStream[], isComplete: (stream: KnownStream) => boolean): void {
    for (const reader of this.#all) reader.look(streams, isComplete);
  }
  /** What a stream does not give any more. */
  fill(stream: KnownStream, messages: readonly OriginMessage[]): void {
    for (const reader of this.#all) reader.fill(stream, messages);
  }
  /** How far the slowest of those who read it is; undefined: nobody does. */
  deliveredOf({ site, epoch }: KnownStream): number | undefined {
    let least: number | undefined;
    for (const reader of this.#all) {
      const at = reader.deliveredOf(site, epoch);
      if (at !== undefined && (least === undefined || at < least)) least = at;
    }
    return least;
  }
  clear(): void {
    this.detach();
    this.#all.clear();
  }
}
