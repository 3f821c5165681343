// What a log server's disk holds, and what it may lose. A message is there once it was synced; what is being written when the
// server dies is there whole or not at all, for JetStream drops a torn record when it starts.
import { type SiteId, byCodeUnit, compareEpochs, siteRank } from '@vigie/model';
import type { EpochExtent } from '@vigie/log';

export interface SimStream {
  readonly site: SiteId;
  readonly epoch: string;
  readonly messages: Uint8Array[];
  sealed: boolean;
}

export class SimDisk {
  readonly #streams = new Map<string, SimStream>();
  #sorted: readonly SimStream[] | undefined;

  stream(site: SiteId, epoch: string): SimStream | undefined {
    return this.#streams.get(`${site} ${epoch}`);
  }
  open(site: SiteId, epoch: string): SimStream {
    const key = `${site} ${epoch}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const stream: SimStream = { site, epoch, messages: [], sealed: false };
    this.#streams.set(key, stream);
    this.#sorted = undefined;
    return stream;
  }
  /** By site, then epoch. */
  streams(): readonly SimStream[] {
    this.#sorted ??= [...this.#streams.values()].sort(
      (a, b) => siteRank(a.site) - siteRank(b.site) || compareEpochs(a.epoch, b.epoch) || byCodeUnit(a.epoch, b.epoch),
    );
    return this.#sorted;
  }
  extents(): EpochExtent[] {
    return this.streams().map(({ site, epoch, messages, sealed }) => ({
      site,
      epoch,
      lastSeq: messages.length,
      sealed,
    }));
  }
  /** A backup: a copy of everything as it is now. */
  copy(): SimDisk {
    const copy = new SimDisk();
    for (const stream of this.streams()) {
      const other = copy.open(stream.site, stream.epoch);
      other.messages.push(...stream.messages);
      other.sealed = stream.sealed;
    }
    return copy;
  }
}
