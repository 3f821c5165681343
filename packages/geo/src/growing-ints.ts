/** A list of 32-bit integers that grows; for building tables whose size is not known beforehand. */
export class GrowingInts {
  #ints = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#ints.length) {
      const larger = new Int32Array(this.#ints.length * 2);
      larger.set(this.#ints);
      this.#ints = larger;
    }
    this.#ints[this.#length++] = value;
  }

  /** A copy of exactly the values pushed. */
  toArray(): Int32Array {
    return this.#ints.slice(0, this.#length);
  }
}
