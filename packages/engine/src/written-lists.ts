// Where packed JSON holds which list of numbers, so that an equal one need not be written again.

interface Written {
  readonly numbers: readonly number[];
  /** How many of them from the first. */
  readonly length: number;
  readonly at: number;
  /** Another list of the same hash. */
  readonly next: Written | undefined;
}

export class WrittenLists {
  readonly #byHash = new Map<number, Written>();

  /** What the first `length` of these numbers were kept with last. */
  at(numbers: readonly number[], length: number): number | undefined {
    let written = this.#byHash.get(hashOf(numbers, length));
    while (written !== undefined && !isSame(written, numbers, length)) written = written.next;
    return written?.at;
  }
  keep(numbers: readonly number[], length: number, at: number): void {
    const hash = hashOf(numbers, length);
    this.#byHash.set(hash, { numbers, length, at, next: this.#byHash.get(hash) });
  }
}

/** 32 bits. */
function hashOf(numbers: readonly number[], length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) {
    const value = numbers[i] as number;
    hash = Math.imul(hash ^ (value | 0), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isSame(written: Written, numbers: readonly number[], length: number): boolean {
  if (written.length !== length) return false;
  for (let i = 0; i < length; i++) if (written.numbers[i] !== numbers[i]) return false;
  return true;
}
