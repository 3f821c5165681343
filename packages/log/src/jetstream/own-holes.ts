// Entries of an own stream that this site's log server cannot give any more: a damaged block, a flipped byte. The stream keeps its sequences
// and is not written anew (L1), so a reader would stand before the hole for ever. What the other site has copied of it is read in their place,
// at every start again, until the disk is seen to.
import { type SiteId, otherSite, seqOf } from '@vigie/model';
import type { NatsConnection } from '@nats-io/transport-node';
import { originMessage } from '../origin-message.ts';
import type { OriginMessage } from '../types.ts';
import type { JetStreamApi } from './api.ts';
import { readRange } from './read-range.ts';
import type { KnownStream } from './streams.ts';

/** Of one hole; a larger one is a lost disk. */
const HOLE_MAX = 1_000;

export interface Hole {
  readonly from: number;
  readonly to: number;
  /** What the other site holds of it; empty: nothing, and readers stand before it. */
  readonly messages: readonly OriginMessage[];
}

export class OwnHoles {
  readonly #site: SiteId;
  /** By epoch, then sequence. */
  readonly #filled = new Map<string, Map<number, OriginMessage>>();

  constructor(site: SiteId) {
    this.#site = site;
  }

  /** Readers stand at `at`, and the next entry cannot be read. */
  async find(
    { nc, api, peerApi }: { readonly nc: NatsConnection; readonly api: JetStreamApi; readonly peerApi: JetStreamApi },
    stream: KnownStream,
    at: number,
  ): Promise<Hole> {
    const from = at + 1;
    let to = from;
    while (to < stream.lastSeq && to - at < HOLE_MAX && !(await isThere(api, stream.name, to + 1))) to++;
    const copy = await peerApi.stream(stream.name);
    const held = copy.ok ? Math.min(to, copy.value.state.last_seq) : at;
    const told = held < from ? [] : await readRange(nc, stream.name, from, held - at, otherSite(this.#site));
    const messages = told.map(({ seq, bytes }) => originMessage(this.#site, stream.epoch, seq, bytes));
    const filled = this.#filled.get(stream.epoch) ?? new Map<number, OriginMessage>();
    for (const message of messages) filled.set(message.seq, message);
    this.#filled.set(stream.epoch, filled);
    return { from, to, messages };
  }

  /** What lies in a hole at that place, contiguous; undefined: the stream itself has to be read, as far as `readable` says. */
  at(epoch: string, from: number, limit: number): readonly OriginMessage[] | undefined {
    const filled = this.#filled.get(epoch);
    const messages: OriginMessage[] = [];
    for (let seq = from; messages.length < limit; seq++) {
      const message = filled?.get(seq);
      if (message === undefined) break;
      messages.push(message);
    }
    return messages.length === 0 ? undefined : messages;
  }
  /** How many entries from there on lie before the next hole. */
  readable(epoch: string, from: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const seq of this.#filled.get(epoch)?.keys() ?? []) if (seq >= from && seq < least) least = seq;
    return least - from;
  }
}

async function isThere(api: JetStreamApi, stream: string, seq: number): Promise<boolean> {
  const got = await api.message(stream, seqOf(seq));
  return got.ok && got.value !== undefined;
}

export function sayHole({ from, to, messages }: Hole, name: string): string {
  const what =
    from === to ? `entry ${from} of ${name} cannot be read` : `entries ${from} to ${to} of ${name} cannot be read`;
  return messages.length === to - from + 1
    ? `${what}: its disk is failing; they are read from the copy at the other site, and the disk has to be replaced`
    : `${what}, and the other site does not hold all of them: what lies behind is not read`;
}
