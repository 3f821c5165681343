// Reading parts of an epoch again: from the own disk, with what fills its holes and from archives, or from the disk of the other site.
import { type Seq, type SiteId, otherSite, streamName } from '@vigie/model';
import { originMessage } from '../origin-message.ts';
import type { OriginMessage } from '../types.ts';
import type { ArchivedEpochs } from './archived-epochs.ts';
import type { HeldStreams } from './held-streams.ts';
import type { OwnHoles } from './own-holes.ts';
import { readRange } from './read-range.ts';
import type { Session } from './session.ts';
import { storedAtUs } from './stream-reader.ts';
import type { KnownStream } from './streams.ts';

export interface StoredReadsOptions {
  readonly site: SiteId;
  readonly partition: number;
  readonly held: HeldStreams;
  readonly archived: ArchivedEpochs;
  readonly ownHoles: OwnHoles;
  readonly session: () => Session | undefined;
  /** Less came of a stream than there is: the message at `seq` was missing. */
  readonly onShort: (stream: KnownStream, seq: number) => Promise<void>;
}

export class StoredReads {
  readonly #o: StoredReadsOptions;

  constructor(o: StoredReadsOptions) {
    this.#o = o;
  }

  async read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const { held, archived, ownHoles } = this.#o;
    const session = this.#o.session();
    const isOwn = site === this.#o.site;
    const stream = held.find(site, epoch);
    if (stream?.archived === true) return archived.read(site, epoch, from, limit);
    const info = stream === undefined ? undefined : await session?.api.stream(stream.name);
    if (session === undefined || stream === undefined || !info?.ok) return [];
    const inHole = isOwn ? ownHoles.at(epoch, from, limit) : undefined;
    if (inHole !== undefined) return inHole;
    const readable = isOwn ? ownHoles.readable(epoch, from) : limit;
    const count = Math.min(limit, readable, info.value.state.last_seq - from + 1);
    const messages = count <= 0 ? [] : await readRange(session.nc, stream.name, from, count);
    if (messages.length < count) await this.#o.onShort(stream, from + messages.length);
    return messages.map((message) => originMessage(site, epoch, message.seq, message.bytes, storedAtUs(message)));
  }

  /** From the disk of the other site. */
  async readThere(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    const session = this.#o.session();
    const name = streamName(site, epoch, this.#o.partition);
    const info = await session?.peerApi.stream(name);
    if (session === undefined || info === undefined || !info.ok) return [];
    const count = Math.min(limit, info.value.state.last_seq - from + 1);
    const messages = count <= 0 ? [] : await readRange(session.nc, name, from, count, otherSite(this.#o.site));
    return messages.map(({ seq, bytes }) => originMessage(site, epoch, seq, bytes));
  }
}
