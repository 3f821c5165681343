// Dice that fall the same from the same seed, on every machine: sfc32 (Chris Doty-Humphrey's small fast counting generator,
// 128 bits of state), seeded by hashing text. Each use forks its own stream by name, so that adding a draw in one place moves
// nothing elsewhere.

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    // FNV-1a in three lanes; the warm-up mixes them.
    const lane = (offset: number): number => {
      let h = offset | 0;
      for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
      return h;
    };
    this.#a = lane(0x811c9dc5);
    this.#b = lane(0x9e3779b9);
    this.#c = lane(0x85ebca6b);
    for (let i = 0; i < 15; i++) this.uint32();
  }

  /** Independent dice under this one's name. */
  fork(name: string | number): Random {
    return new Random(`${this.#name}/${name}`);
  }

  uint32(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }
  /** [0, 1) in steps of 2^-32. */
  unit(): number {
    return this.uint32() / 4_294_967_296;
  }
  between(from: number, to: number): number {
    return from + (to - from) * this.unit();
  }
  /** Even on a logarithmic scale: as likely in [1, 10] as in [10, 100]. */
  logBetween(from: number, to: number): number {
    return Math.exp(this.between(Math.log(from), Math.log(to)));
  }
  /** Whole numbers from 0 to count - 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }
  chance(probability: number): boolean {
    return this.unit() < probability;
  }
  /** Mean 0, deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }
  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('assertion failed: nothing to pick from');
    return item;
  }
  /** An index with probability in proportion to its weight. */
  weighted(weights: readonly number[]): number {
    let rest = this.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length; i++) {
      rest -= weights[i] as number;
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }
}
