// What belongs to a list of numbers, found by the numbers themselves: hashing them costs less than writing them as a
// text to look up.

interface Kept<T> {
  readonly numbers: ArrayLike<number>;
  /** How many of them from the first. */
  readonly length: number;
  readonly value: T;
  /** Another list of the same hash. */
  readonly next: Kept<T> | undefined;
}

export class ByNumbers<T> {
  readonly #byHash = new Map<number, Kept<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What the first `length` of these numbers were kept with last. */
  get(numbers: ArrayLike<number>, length = numbers.length): T | undefined {
    let kept = this.#byHash.get(hashOf(numbers, length));
    while (kept !== undefined && !isSame(kept, numbers, length)) kept = kept.next;
    return kept?.value;
  }
  /** The numbers must stay as they are. */
  keep(numbers: ArrayLike<number>, length: number, value: T): void {
    const hash = hashOf(numbers, length);
    this.#byHash.set(hash, { numbers, length, value, next: this.#byHash.get(hash) });
    this.#size++;
  }
  clear(): void {
    this.#byHash.clear();
    this.#size = 0;
  }
}

/** 32 bits. */
function hashOf(numbers: ArrayLike<number>, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) {
    const value = numbers[i] as number;
    hash = Math.imul(hash ^ (value | 0), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isSame(kept: Kept<unknown>, numbers: ArrayLike<number>, length: number): boolean {
  if (kept.length !== length) return false;
  for (let i = 0; i < length; i++) if (kept.numbers[i] !== numbers[i]) return false;
  return true;
}
