// What lies on the disk of this site's log server, as last looked at and as read since.
import { type Seq, type SiteId, type VectorPosition, compareEpochs, seqOf } from '@vigie/model';
import type { EpochExtent } from '../types.ts';
import type { KnownStream } from './streams.ts';

export class HeldStreams {
  readonly #newest: { [site in SiteId]?: { epoch: string; seq: Seq } } = {};
  #list: readonly KnownStream[] = [];

  get list(): readonly KnownStream[] {
    return this.#list;
  }
  of(site: SiteId): KnownStream[] {
    return this.#list.filter((stream) => stream.site === site);
  }
  /** The longest of an epoch's streams. */
  find(site: SiteId, epoch: string): KnownStream | undefined {
    const found = this.of(site).filter((stream) => stream.epoch === epoch);
    return found.sort((a, b) => b.lastSeq - a.lastSeq)[0];
  }
  know(streams: readonly KnownStream[]): void {
    this.#list = streams;
    for (const { site, epoch, lastSeq } of streams) this.isOnDisk(site, epoch, lastSeq);
  }
  isOnDisk(site: SiteId, epoch: string, seq: number): void {
    const newest = this.#newest[site];
    const order = newest === undefined ? 1 : compareEpochs(epoch, newest.epoch);
    if (order > 0 || (order === 0 && seq > (newest?.seq ?? 0))) this.#newest[site] = { epoch, seq: seqOf(seq) };
  }
  /** The newest of each origin. */
  received(): VectorPosition {
    return { ...this.#newest };
  }
  extents(): readonly EpochExtent[] {
    return this.#list.map(({ site, epoch, lastSeq, sealed }) => ({ site, epoch, lastSeq, sealed }));
  }
}
