// Settled state at one place, taken out of a running fold a slice at a time. A case that changes before its turn has come is copied first,
// as its tail begins: that is the copy that live makes anyway.
import type { Merge } from '@vigie/log';
import { type SiteId, type VectorPosition, must } from '@vigie/model';
import type { DirectoryRow } from './directory.ts';
import type { Fold, FoldStart } from './fold.ts';
import {
  PART_BYTES,
  type Snapshot,
  type SnapshotCase,
  type SnapshotHeader,
  SNAPSHOT_VERSION,
  casesPart,
  endPart,
  headerPart,
} from './snapshot.ts';

/** Cases saved between two turns: a few milliseconds. */
const CASES_PER_SLICE = 100;
/**
 * Cases ahead of settled state are copied at the start, at once. While the sites are apart they are nearly all: then settled state stands
 * still, and the snapshot of before the cut serves as well.
 */
const TAILS_AT_START_MAX = 1_000;

/** Copies that wait for a slow disk; beyond it the snapshot is given up, and the one before serves. */
const COPIED_BYTES_MAX = 256 * 1024 * 1024;

export interface SnapshotSources {
  readonly fold: Fold;
  readonly merge: Merge;
  /** How far settled state reaches in each origin. */
  readonly received: VectorPosition;
  readonly rowOf: (measure: string) => DirectoryRow | undefined;
  /** Resolves when it is the turn of the next slice. */
  readonly nextSlice: () => Promise<void>;
}

export class SnapshotTaking {
  readonly header: SnapshotHeader;
  readonly #o: SnapshotSources;
  /** Cases whose turn has not come. */
  readonly #left: Set<string>;
  #ready: SnapshotCase[] = [];
  #readyBytes = 0;
  #written = 0;
  #isEnded = false;

  private constructor(o: SnapshotSources, header: SnapshotHeader) {
    this.#o = o;
    this.header = header;
    const { live, tails } = o.fold.context;
    this.#left = new Set(live.measures());
    for (const tail of tails.all()) {
      this.#left.delete(tail.measure);
      if (tail.base !== undefined) this.#add(tail.measure, tail.base);
    }
    tails.onBegin = (measure, base) => {
      if (this.#left.delete(measure) && base !== undefined) this.#add(measure, base);
      if (this.#readyBytes > COPIED_BYTES_MAX) this.end();
    };
  }

  /** Nothing is copied any more. Whoever began it must say so, however it went. */
  end(): void {
    this.#o.fold.context.tails.onBegin = undefined;
    this.#isEnded = true;
    this.#ready = [];
  }

  /** Undefined: fold and merge do not stand at the same place now, or too much is ahead of it. */
  static begin(o: SnapshotSources): SnapshotTaking | undefined {
    const { fold, merge, received } = o;
    const { settled, context } = fold;
    if (fold.isSpilled || fold.hasWork || settled.waitingCount > 0 || settled.place.t === 0) return undefined;
    if (context.tails.size > TAILS_AT_START_MAX || context.tails.onBegin !== undefined) return undefined;
    // Brings every base to this place, and leaves no settled item beside one.
    const digest = settled.digestAt(settled.place);
    return new SnapshotTaking(o, {
      version: SNAPSHOT_VERSION,
      v8: process.versions.v8,
      place: settled.place,
      clocks: context.clocks.stateAt(settled.place),
      merge: merge.snapshot(),
      received,
      erased: context.erased.settled(),
      digest,
    });
  }

  async *parts(): AsyncGenerator<Uint8Array> {
    yield headerPart(this.header);
    while (this.#left.size > 0 || this.#ready.length > 0) {
      this.#slice();
      if (this.#readyBytes >= PART_BYTES || this.#left.size === 0) yield this.#takePart();
      await this.#o.nextSlice();
      if (this.#isEnded) throw new Error(`more than ${COPIED_BYTES_MAX} bytes waited to be written: it was given up`);
    }
    yield endPart(this.#written);
  }

  #slice(): void {
    const { live } = this.#o.fold.context;
    let count = 0;
    for (const measure of this.#left) {
      if (count++ >= CASES_PER_SLICE || this.#readyBytes >= PART_BYTES) return;
      this.#left.delete(measure);
      const bytes = live.packCase(measure);
      // Erased since: the log says so to whoever goes on from here.
      if (bytes !== undefined) this.#add(measure, bytes);
    }
  }
  #add(measure: string, bytes: Uint8Array): void {
    const { settled } = this.#o.fold;
    const digest = must(settled.digestOf(measure), 'a case that there was at the digest of all has one');
    this.#ready.push({ measure, row: this.#o.rowOf(measure), digest, bytes });
    this.#readyBytes += bytes.length;
  }
  #takePart(): Uint8Array {
    let count = 0;
    let bytes = 0;
    while (count < this.#ready.length && bytes < PART_BYTES)
      bytes += (this.#ready[count++] as SnapshotCase).bytes.length;
    const taken = this.#ready.splice(0, count);
    this.#readyBytes -= bytes;
    this.#written += count;
    return casesPart(taken);
  }
}

export const startOf = ({ header }: Snapshot): FoldStart => ({
  place: header.place,
  clocks: header.clocks,
  erased: header.erased,
});

/** Why a snapshot cannot be used at this site; undefined: it can. */
export function refusal(snapshot: Snapshot, site: SiteId): string | undefined {
  if (snapshot.header.merge.self !== site) return `is of ${snapshot.header.merge.self}`;
  return undefined;
}
