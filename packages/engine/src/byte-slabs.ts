// Many short runs of bytes in slabs of 4 MiB: an array of its own would cost each of them some 300 bytes more. Freed pieces are kept by size
// and used again; nothing moves, nothing is compacted.
const UNIT_BITS = 4;
/** Places are counted in units of 16 bytes, so that 32 bits reach over 32 GiB. */
const UNIT_BYTES = 1 << UNIT_BITS;
const SLAB_BITS = 18;
const SLAB_UNITS = 1 << SLAB_BITS;
const SLAB_MASK = SLAB_UNITS - 1;
const SLAB_BYTES = SLAB_UNITS * UNIT_BYTES;
/** The first slab only: an engine of a few cases does not pay 4 MiB. */
const FIRST_SLAB_BYTES = 65_536;
const LENGTH_BYTES = 4;
const EMPTY = new Uint8Array(0);

export class ByteSlabs {
  readonly #slabs: Uint8Array[] = [];
  /** Free pieces by size in units. */
  readonly #free = new Map<number, number[]>();
  /** Slabs that held one large run and were given back. */
  readonly #vacant: number[] = [];
  /** Next free unit, and where its slab ends. */
  #top = 0;
  #end = 0;

  /** Copies; the place is what gives the bytes again. */
  keep(bytes: Uint8Array): number {
    const units = unitsOf(bytes.length);
    const place = units > SLAB_UNITS ? this.#slabOfItsOwn(units) : (this.#free.get(units)?.pop() ?? this.#take(units));
    const slab = this.#slabs[place >>> SLAB_BITS] as Uint8Array;
    const at = (place & SLAB_MASK) << UNIT_BITS;
    for (let i = 0; i < LENGTH_BYTES; i++) slab[at + i] = bytes.length >>> (8 * i);
    slab.set(bytes, at + LENGTH_BYTES);
    return place;
  }
  /** A view, good until the place is given up. */
  at(place: number): Uint8Array {
    const slab = this.#slabs[place >>> SLAB_BITS] as Uint8Array;
    const at = (place & SLAB_MASK) << UNIT_BITS;
    let length = 0;
    for (let i = 0; i < LENGTH_BYTES; i++) length |= (slab[at + i] as number) << (8 * i);
    return slab.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
  }
  drop(place: number): void {
    const units = unitsOf(this.at(place).length);
    if (units > SLAB_UNITS) {
      this.#slabs[place >>> SLAB_BITS] = EMPTY;
      this.#vacant.push(place >>> SLAB_BITS);
      return;
    }
    const list = this.#free.get(units);
    if (list === undefined) this.#free.set(units, [place]);
    else list.push(place);
  }

  #take(units: number): number {
    if (this.#top + units > this.#end) {
      const slab = this.#slabs.length;
      const size = slab === 0 && units * UNIT_BYTES <= FIRST_SLAB_BYTES ? FIRST_SLAB_BYTES : SLAB_BYTES;
      this.#slabs.push(new Uint8Array(size));
      this.#top = slab << SLAB_BITS;
      this.#end = this.#top + size / UNIT_BYTES;
    }
    const place = this.#top;
    this.#top += units;
    return place;
  }
  #slabOfItsOwn(units: number): number {
    const slab = this.#vacant.pop() ?? this.#slabs.push(EMPTY) - 1;
    this.#slabs[slab] = new Uint8Array(units * UNIT_BYTES);
    return slab << SLAB_BITS;
  }
}

/** Up to 4 kB exactly, then in steps of a 32nd to a 64th: pieces of like size are used again. */
function unitsOf(length: number): number {
  const units = Math.ceil((length + LENGTH_BYTES) / UNIT_BYTES);
  let step = 1;
  while (step * 256 < units) step *= 2;
  return Math.ceil(units / step) * step;
}
