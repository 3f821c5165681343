// A map from whole numbers (0 to 2^31 - 1) to whole numbers (32 bits, not -1) in one typed array: open addressing, linear probing. One memory
// access per look-up, where a Map takes three.

const EMPTY = -1;

export class IntMap {
  /** Key and value side by side; key EMPTY = free. */
  #slots = new Int32Array(2 * 64).fill(EMPTY);
  #mask = 63;
  #count = 0;

  /** The value, or -1. */
  get(key: number): number {
    const slots = this.#slots;
    for (let i = home(key) & this.#mask; ; i = (i + 1) & this.#mask) {
      const found = slots[2 * i] as number;
      if (found === key) return slots[2 * i + 1] as number;
      if (found === EMPTY) return -1;
    }
  }

  set(key: number, value: number): void {
    if ((this.#count + 1) * 2 > this.#mask) this.#grow();
    let i = home(key) & this.#mask;
    while (this.#slots[2 * i] !== EMPTY && this.#slots[2 * i] !== key) i = (i + 1) & this.#mask;
    if (this.#slots[2 * i] === EMPTY) this.#count++;
    this.#slots[2 * i] = key;
    this.#slots[2 * i + 1] = value;
  }

  delete(key: number): void {
    const slots = this.#slots;
    let i = home(key) & this.#mask;
    while (slots[2 * i] !== key) {
      if (slots[2 * i] === EMPTY) return;
      i = (i + 1) & this.#mask;
    }
    this.#count--;
    // Close the gap: move back every later entry of the run that may not stay behind it.
    for (let j = (i + 1) & this.#mask; slots[2 * j] !== EMPTY; j = (j + 1) & this.#mask) {
      const wanted = home(slots[2 * j] as number) & this.#mask;
      if (((j - wanted) & this.#mask) < ((j - i) & this.#mask)) continue;
      slots[2 * i] = slots[2 * j] as number;
      slots[2 * i + 1] = slots[2 * j + 1] as number;
      i = j;
    }
    slots[2 * i] = EMPTY;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(2 * (this.#mask + 1)).fill(EMPTY);
    this.#count = 0;
    for (let i = 0; i < old.length; i += 2) if (old[i] !== EMPTY) this.set(old[i] as number, old[i + 1] as number);
  }
}

/** Spreads neighbouring keys (multiplication by a prime near 2^32 / golden ratio, high bits brought down). */
function home(key: number): number {
  const mixed = Math.imul(key, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
