// Is everything there that must be? Each epoch without a gap up to its end, and up to where the other site has said to hold it.
import type { EpochExtent, OriginMessage } from '@vigie/log';
import { type SiteId, otherSite } from '@vigie/model';

const nameOf = (site: SiteId, epoch: string): string => `${site}.${epoch}`;

export class WholeLog {
  readonly #last = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #breaks: string[] = [];
  /** Entries whose bytes are no entry; both sites pass over them. */
  malformed = 0;

  /** Passes the messages on, and takes notes. */
  async *watch(messages: AsyncIterable<OriginMessage>): AsyncGenerator<OriginMessage> {
    for await (const message of messages) {
      this.#note(message);
      yield message;
    }
  }

  #note({ site, epoch, seq, entry }: OriginMessage): void {
    const name = nameOf(site, epoch);
    const last = this.#last.get(name) ?? 0;
    if (seq !== last + 1) this.#breaks.push(`${name} has no entry ${last + 1}; the next one read is ${seq}`);
    this.#last.set(name, seq);
    if (!entry.ok) this.malformed++;
    else if (entry.value.seen !== null) {
      const { epoch: seenEpoch, seq: seenSeq } = entry.value.seen;
      const seen = nameOf(otherSite(site), seenEpoch);
      this.#seen.set(seen, Math.max(this.#seen.get(seen) ?? 0, seenSeq));
    }
  }

  /** What is missing, in words. */
  missing(extents: readonly EpochExtent[], grows = false): string[] {
    const missing = [...this.#breaks];
    for (const { site, epoch, lastSeq } of extents) {
      const last = this.#last.get(nameOf(site, epoch)) ?? 0;
      if (last < lastSeq) missing.push(`${nameOf(site, epoch)} can be read up to ${last} only, of ${lastSeq}`);
    }
    const open = new Set(extents.flatMap(({ site, epoch, sealed }) => (grows && !sealed ? [nameOf(site, epoch)] : [])));
    for (const [name, seq] of this.#seen)
      if (!open.has(name) && (this.#last.get(name) ?? 0) < seq)
        missing.push(
          `${name} ends at ${this.#last.get(name) ?? 0}, but the other site has said to hold it up to ${seq}`,
        );
    return missing;
  }
}
