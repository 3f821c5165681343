// A heap of 32-bit integers in chunks of 4 MiB. Freed pieces are kept by size class and used again; nothing moves, nothing is compacted.

const CHUNK_BITS = 20;
const CHUNK_INTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_INTS - 1;
/** First chunk only: small engines (tests, one case) do not pay 4 MiB. */
const FIRST_CHUNK_INTS = 1 << 14;

export class IntHeap {
  readonly #chunks: Int32Array[] = [];
  /** Free pieces by rounded length. */
  readonly #free = new Map<number, number[]>();
  #top = 0;
  #end = 0;

  /** A place for `length` integers, at most one chunk. */
  take(length: number): number {
    const size = rounded(length);
    const again = this.#free.get(size)?.pop();
    if (again !== undefined) return again;
    if (size > CHUNK_INTS) throw new Error(`assertion failed: ${length} integers do not fit a chunk`);
    if (this.#top + size > this.#end) this.#grow(size);
    const at = this.#top;
    this.#top += size;
    return at;
  }

  give(at: number, length: number): void {
    const size = rounded(length);
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [at]);
    else list.push(at);
  }

  #grow(size: number): void {
    const ints = this.#chunks.length === 0 && size <= FIRST_CHUNK_INTS ? FIRST_CHUNK_INTS : CHUNK_INTS;
    this.#top = this.#chunks.length * CHUNK_INTS;
    this.#end = this.#top + ints;
    this.#chunks.push(new Int32Array(ints));
  }

  chunkOf(at: number): Int32Array {
    return this.#chunks[at >>> CHUNK_BITS] as Int32Array;
  }
  indexOf(at: number): number {
    return at & CHUNK_MASK;
  }
  bytes(): number {
    let ints = 0;
    for (const chunk of this.#chunks) ints += chunk.length;
    return ints * 4;
  }
}

/** Even lengths up to 256 integers, then steps of a 64th to a 32nd: edits of like size use the same pieces again, at most 3 % are lost. */
function rounded(length: number): number {
  let step = 2;
  while (step * 128 < length) step *= 2;
  return Math.ceil(length / step) * step;
}
