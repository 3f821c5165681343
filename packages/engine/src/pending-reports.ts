// Reports of the usual sort that wait to be put into their device's history (history.ts): records as they will stand there, in blocks of
// one slab. A device has at most one block, and one that is full is put into the history at once.
import { RECORD_WORDS } from './history.ts';

export const BLOCK_REPORTS = 32;
const BLOCK_WORDS = BLOCK_REPORTS * RECORD_WORDS;
const CHUNK_BLOCKS_BITS = 9;
const CHUNK_BLOCKS = 1 << CHUNK_BLOCKS_BITS;

export class PendingReports {
  readonly #chunks: Int32Array[] = [];
  #blocks = 0;
  /** The last one given back is the first taken: it is in the cache. */
  readonly #free: number[] = [];

  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if ((this.#blocks & (CHUNK_BLOCKS - 1)) === 0) this.#chunks.push(new Int32Array(CHUNK_BLOCKS * BLOCK_WORDS));
    return this.#blocks++;
  }
  give(block: number): void {
    this.#free.push(block);
  }

  words(block: number): Int32Array {
    return this.#chunks[block >>> CHUNK_BLOCKS_BITS] as Int32Array;
  }
  at(block: number): number {
    return (block & (CHUNK_BLOCKS - 1)) * BLOCK_WORDS;
  }
}
