// Bytes of state that stay small: most numbers of a case are -1, 0 or a time, and take one byte or a few. A reader of what a program of
// another day wrote meets the same bytes, so what a number looks like never changes.
import { assert, utf8Decode, utf8Encode } from '@vigie/model';

/** 2^51: twice as much and one more is still exact. */
const WHOLE_MAX = 2_251_799_813_685_248;
/** 2^28: smaller ones are shifted, not divided. */
const SMALL_MAX = 268_435_456;
/** Stands before a number that is not whole, or too large: eight bytes follow. */
const DOUBLE = 0;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** One buffer serves all writers, one after the other: each ends with `view` before the next begins. */
let buffer = new Uint8Array(65_536);
let used = 0;

export class CompactWriter {
  constructor() {
    used = 0;
  }

  /** Not below 0, up to 2^53. */
  count(value: number): void {
    room(8);
    let rest = value;
    for (; rest >= SMALL_MAX; rest = Math.floor(rest / 128)) buffer[used++] = (rest % 128) | 128;
    let low = rest | 0;
    for (; low >= 128; low >>>= 7) buffer[used++] = (low & 127) | 128;
    buffer[used++] = low;
  }
  number(value: number): void {
    if (Number.isInteger(value) && value <= WHOLE_MAX && value >= -WHOLE_MAX && !Object.is(value, -0)) {
      this.count(1 + (value < 0 ? -value * 2 - 1 : value * 2));
      return;
    }
    this.count(DOUBLE);
    room(8);
    double[0] = value;
    buffer.set(doubleBytes, used);
    used += 8;
  }
  numbers(values: ArrayLike<number>): void {
    this.count(values.length);
    for (let i = 0; i < values.length; i++) this.number(values[i] as number);
  }
  /** As they lie in memory, little-endian: many, and of all sizes. */
  words(values: Int32Array): void {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  text(value: string): void {
    this.bytes(utf8Encode(value));
  }
  bytes(value: Uint8Array): void {
    this.count(value.length);
    room(value.length);
    buffer.set(value, used);
    used += value.length;
  }
  /** Good until the next writer begins. */
  view(): Uint8Array<ArrayBuffer> {
    return buffer.subarray(0, used);
  }
}

function room(more: number): void {
  if (used + more <= buffer.length) return;
  const grown = new Uint8Array(Math.max(buffer.length * 2, used + more));
  grown.set(buffer.subarray(0, used));
  buffer = grown;
}

/** Throws on bytes that were not written by `CompactWriter`: state of our own that is broken stops the process. */
export class CompactReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(from: Uint8Array) {
    this.#bytes = from;
  }

  count(): number {
    let byte = this.#byte();
    let value = byte & 127;
    for (let place = 128; byte >= 128; place *= 128) {
      byte = this.#byte();
      value += (byte & 127) * place;
    }
    return value;
  }
  number(): number {
    const count = this.count();
    if (count === DOUBLE) {
      doubleBytes.set(this.#take(8));
      return double[0] as number;
    }
    const value = count - 1;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  numbers(): Float64Array {
    const values = new Float64Array(this.count());
    for (let i = 0; i < values.length; i++) values[i] = this.number();
    return values;
  }
  words(): Int32Array {
    const from = this.bytes();
    const values = new Int32Array(from.length / 4);
    new Uint8Array(values.buffer).set(from);
    return values;
  }
  text(): string {
    return utf8Decode(this.bytes());
  }
  /** A view on what is read. */
  bytes(): Uint8Array {
    return this.#take(this.count());
  }

  #byte(): number {
    assert(this.#at < this.#bytes.length, 'state is cut short');
    return this.#bytes[this.#at++] as number;
  }
  #take(size: number): Uint8Array {
    assert(this.#at + size <= this.#bytes.length, 'state is cut short');
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}
