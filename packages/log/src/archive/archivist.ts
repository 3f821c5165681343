// Closed and settled epochs become archives, and their streams leave the log server once both sites hold the same archive and a
// snapshot past its end (L19). Each site tells in its heartbeats what it holds; the rest is looking and comparing.
import { type HeartbeatData, type SiteId, seqOf } from '@vigie/model';
import type { Merge } from '../merge/merge.ts';
import type { Time } from '../time.ts';
import { MerkleTree } from '../tree/merkle.ts';
import type { Notary } from '../tree/notary.ts';
import type { OriginMessage, SiteLog } from '../types.ts';
import type { Archives } from './archives.ts';

export type ArchiveClaim = NonNullable<HeartbeatData['archives']>[number];

/** Streams of closed epochs on both log servers, and their end. */
export interface EpochStreams {
  /** True while the own log server has a stream of that epoch; `there`: the other one, as last looked. */
  hasStream(site: SiteId, epoch: string): { readonly here: boolean; readonly there: boolean };
  /** The epoch's streams leave the own log server. False: not all of them. */
  dropEpoch(site: SiteId, epoch: string): Promise<boolean>;
}

export interface ArchivistOptions {
  readonly log: SiteLog & EpochStreams;
  readonly merge: Merge;
  readonly notary: Pick<Notary, 'of'>;
  readonly archives: Archives;
  readonly time: Time;
  /** True once a snapshot lies at or after the end of that epoch. */
  readonly isCovered: (site: SiteId, epoch: string) => boolean;
  readonly onNote: (level: 'info' | 'error', detail: string) => void;
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 5000;
const WINDOW = 256;

export class Archivist {
  readonly #o: ArchivistOptions;
  /** What the other site told last, by epoch. */
  readonly #heard = new Map<string, ArchiveClaim>();
  readonly #told = new Set<string>();
  #cancel: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(o: ArchivistOptions) {
    this.#o = o;
    this.#later();
  }

  /** For heartbeats: archives held here of epochs that are still a stream somewhere. */
  claims(): readonly ArchiveClaim[] {
    const { archives, log, isCovered } = this.#o;
    return archives.list().flatMap(({ site, epoch, size, root }) => {
      const { here, there } = log.hasStream(site, epoch);
      return here || there ? [{ site, epoch, size, root, covered: isCovered(site, epoch) }] : [];
    });
  }
  /** The data of a heartbeat of the other site. */
  heard(data: unknown): void {
    const { archives } = (data as HeartbeatData | undefined) ?? {};
    if (!Array.isArray(archives)) return;
    for (const claim of archives as readonly ArchiveClaim[]) this.#heard.set(`${claim.site} ${claim.epoch}`, claim);
  }

  /** Makes what can be made and drops what can be dropped, now. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.#looking;
  }

  #later(): void {
    this.#cancel = this.#o.time.after(this.#o.everyMs ?? LOOK_EVERY_MS, () => {
      void this.look().then(() => (this.#closed ? undefined : this.#later()));
    });
  }

  async #look(): Promise<void> {
    const { archives, merge } = this.#o;
    for (const { site, epoch, lastSeq, settled } of merge.epochs()) {
      if (this.#closed) return;
      if (!settled || lastSeq === undefined) continue;
      try {
        if (archives.get(site, epoch) === undefined) await this.#make(site, epoch, lastSeq);
        else await this.#drop(site, epoch);
      } catch (cause) {
        this.#say(`${site} ${epoch} failed`, 'error', `the archive of ${site}.${epoch} was not made: ${String(cause)}`);
      }
    }
  }

  /** Only an epoch that ends where its lastSeq says: what lies behind has no place, and is not thrown away for that. */
  async #make(site: SiteId, epoch: string, lastSeq: number): Promise<void> {
    const { log, archives } = this.#o;
    const extent = log.extents().find((one) => one.site === site && one.epoch === epoch);
    const tree = this.#o.notary.of(site, epoch) ?? { size: 0, root: new MerkleTree().root() };
    if (extent?.lastSeq !== lastSeq || tree.size !== lastSeq || !log.hasStream(site, epoch).here) return;
    const made = await archives.make(site, epoch, this.#messages(site, epoch, lastSeq), tree);
    if (made === undefined) {
      const detail = `the archive of ${site}.${epoch} does not come out with the root of its tree; its stream stays`;
      this.#say(`${site} ${epoch} differs`, 'error', detail);
    } else this.#o.onNote('info', `archive of ${site}.${epoch}: ${made.size} entries, root ${made.root}`);
  }
  async *#messages(site: SiteId, epoch: string, lastSeq: number): AsyncGenerator<OriginMessage> {
    for (let from = 1; from <= lastSeq; from += WINDOW) {
      const count = Math.min(WINDOW, lastSeq - from + 1);
      const read = await this.#o.log.read(site, epoch, seqOf(from), count);
      if (read.length < count) throw new Error(`read ${read.length} of ${count} entries from ${from} on`);
      yield* read;
    }
  }

  async #drop(site: SiteId, epoch: string): Promise<void> {
    const { archives, log, isCovered } = this.#o;
    const own = archives.get(site, epoch);
    const other = this.#heard.get(`${site} ${epoch}`);
    if (own === undefined || other === undefined || !log.hasStream(site, epoch).here) return;
    if (other.size !== own.size || other.root !== own.root) {
      const detail = `the sites hold different archives of ${site}.${epoch}: the streams stay, and somebody must look`;
      this.#say(`${site} ${epoch} other root`, 'error', detail);
    } else if (other.covered && isCovered(site, epoch) && (await log.dropEpoch(site, epoch)))
      this.#o.onNote('info', `${site}.${epoch} is an archive at both sites; its stream has left the log server`);
  }

  /** Once for each thing. */
  #say(key: string, level: 'info' | 'error', detail: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#o.onNote(level, detail);
  }
}
