// Epochs whose stream has left the log server (L19), as a log sees them: streams among others, read from their file.
import type { Seq, SiteId } from '@vigie/model';
import type { Archives } from '../archive/archives.ts';
import type { OriginMessage } from '../types.ts';
import type { StreamInfo } from './api.ts';
import type { ArchiveSource } from './origins-reader.ts';
import { type KnownStream, archivedStream, isEpochMissing, knownStreams } from './streams.ts';

export interface ArchivedEpochsOptions {
  /** Closed epochs that have left the log server, or may. */
  readonly archives?: Archives;
  /** L12: brings over archives that only the other site has, `has` says what is here; false: not all of them yet. */
  readonly bringArchives?: (has: (site: SiteId, epoch: string) => boolean) => Promise<boolean>;
  /** Told what went wrong outside of any call. */
  readonly note?: (detail: string, cause?: unknown) => void;
}

const NO_BLOCKS: AsyncIterable<readonly OriginMessage[]> = { [Symbol.asyncIterator]: async function* () {} };

export class ArchivedEpochs {
  readonly #o: ArchivedEpochsOptions;

  constructor(o: ArchivedEpochsOptions) {
    this.#o = o;
  }

  list(): KnownStream[] {
    return this.#o.archives?.list().map(archivedStream) ?? [];
  }
  has(site: SiteId, epoch: string): boolean {
    return this.#o.archives?.get(site, epoch) !== undefined;
  }
  /** What the log server has, and what it no longer has; an epoch that is both counts as its stream. */
  withStreams(infos: readonly StreamInfo[], partition: number): KnownStream[] {
    const streams = knownStreams(infos, partition);
    const left = this.list().filter(
      ({ site, epoch }) => !streams.some((one) => one.site === site && one.epoch === epoch),
    );
    return [...streams, ...left];
  }
  get source(): ArchiveSource {
    const { archives, note } = this.#o;
    return {
      blocks: (site, epoch, from) => archives?.blocks(site, epoch, from) ?? NO_BLOCKS,
      onFault: (detail) => note?.(detail),
    };
  }
  /** Damaged bytes are told, and end the reading there. */
  async read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    try {
      return (await this.#o.archives?.read(site, epoch, from, limit)) ?? [];
    } catch (cause) {
      this.#o.note?.(`the archive of ${site}.${epoch} cannot be read`, cause);
      return [];
    }
  }
  /** Only when epochs are missing here: a start must not wait for the other site's process without need. */
  async bring(streams: readonly KnownStream[]): Promise<boolean> {
    const { bringArchives } = this.#o;
    if (bringArchives === undefined || !isEpochMissing(streams)) return true;
    return bringArchives((site, epoch) => streams.some((one) => one.site === site && one.epoch === epoch));
  }
}
