// Blocks of words of one size in slabs that are shared: what grows takes one block more and copies nothing, what is given back is used
// again, and the collector sees a few large arrays where it would see one for each device.
const SLAB_BLOCKS_BITS = 9;
const SLAB_BLOCKS = 1 << SLAB_BLOCKS_BITS;

export class WordSlabs {
  readonly #blockWords: number;
  readonly #slabs: Int32Array[] = [];
  #blocks = 0;
  /** The last one given back is the first taken: it is in the cache. */
  readonly #free: number[] = [];

  constructor(blockWords: number) {
    this.#blockWords = blockWords;
  }

  /** In use. */
  get taken(): number {
    return this.#blocks - this.#free.length;
  }

  /** Holds whatever was in it last. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if ((this.#blocks & (SLAB_BLOCKS - 1)) === 0) this.#slabs.push(new Int32Array(SLAB_BLOCKS * this.#blockWords));
    return this.#blocks++;
  }
  give(block: number): void {
    this.#free.push(block);
  }

  /** The slab that holds a block, and the word there at which it begins. */
  words(block: number): Int32Array {
    return this.#slabs[block >>> SLAB_BLOCKS_BITS] as Int32Array;
  }
  at(block: number): number {
    return (block & (SLAB_BLOCKS - 1)) * this.#blockWords;
  }
}
