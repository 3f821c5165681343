// The streams on one site's disk, in memory: what survives the crash of a log server.
import { type SiteId, byCodeUnit, compareEpochs, must, siteRank } from '@vigie/model';

export interface MemoryStream {
  readonly site: SiteId;
  readonly epoch: string;
  readonly messages: Uint8Array[];
  sealed: boolean;
}

export class MemoryDisk {
  readonly #streams = new Map<string, MemoryStream>();
  /** Appends are refused. */
  full = false;

  stream(site: SiteId, epoch: string): MemoryStream | undefined {
    return this.#streams.get(`${site} ${epoch}`);
  }
  open(site: SiteId, epoch: string): MemoryStream {
    const key = `${site} ${epoch}`;
    if (!this.#streams.has(key)) this.#streams.set(key, { site, epoch, messages: [], sealed: false });
    return must(this.#streams.get(key), 'just made');
  }
  /** By site, then epoch. */
  streams(): MemoryStream[] {
    return [...this.#streams.values()].sort(
      (a, b) => siteRank(a.site) - siteRank(b.site) || compareEpochs(a.epoch, b.epoch) || byCodeUnit(a.epoch, b.epoch),
    );
  }
  remove(site: SiteId, epoch: string): void {
    this.#streams.delete(`${site} ${epoch}`);
  }
  /** A lost disk. */
  clear(): void {
    this.#streams.clear();
  }
  /** An old backup comes back: a copy of everything as it is now. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const stream of this.#streams.values()) {
      const other = copy.open(stream.site, stream.epoch);
      other.messages.push(...stream.messages);
      other.sealed = stream.sealed;
    }
    return copy;
  }
}
