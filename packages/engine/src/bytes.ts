// Bytes of state: a writer and a reader, little-endian, so that equal state gives equal bytes on every machine.
import { assert, utf8Decode, utf8Encode } from '@vigie/model';

assert(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 'state bytes are little-endian');

/** One buffer waits for the next writer, so that saving a case does not grow one from nothing each time. */
const SPARE_BYTES = 65_536;
const SPARE_BYTES_MAX = 8_388_608;
let spare: Uint8Array<ArrayBuffer> | undefined;
const NOTHING = new Uint8Array(0);

export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor() {
    this.#bytes = spare ?? new Uint8Array(SPARE_BYTES);
    spare = undefined;
    this.#view = new DataView(this.#bytes.buffer);
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }
  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }
  text(value: string): void {
    this.bytes(utf8Encode(value));
  }
  /** With their length. */
  bytes(value: Uint8Array): void {
    this.u32(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }
  i32s(values: Int32Array): void {
    this.u32(values.length);
    this.#raw(values);
  }
  f64s(values: Float64Array): void {
    this.u32(values.length);
    this.#raw(values);
  }
  /** As they lie in memory: little-endian on every machine that this runs on (asserted below). */
  #raw(values: Int32Array | Float64Array): void {
    this.#room(values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#length);
    this.#length += values.byteLength;
  }
  /** Ends the writer: its buffer goes to the next one. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    if (this.#bytes.length <= SPARE_BYTES_MAX) spare = this.#bytes;
    this.#bytes = NOTHING;
    this.#view = new DataView(NOTHING.buffer);
    this.#length = 0;
    return taken;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Throws on bytes that were not written by `Writer`: state of our own that is broken stops the process. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
  u32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }
  f64(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }
  text(): string {
    return utf8Decode(this.bytes());
  }
  bytes(): Uint8Array {
    const length = this.u32();
    assert(this.#at + length <= this.#bytes.length, 'state is cut short');
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }
  i32s(): Int32Array {
    const values = new Int32Array(this.u32());
    this.#raw(values);
    return values;
  }
  f64s(): Float64Array {
    const values = new Float64Array(this.u32());
    this.#raw(values);
    return values;
  }
  #raw(values: Int32Array | Float64Array): void {
    const end = this.#at + values.byteLength;
    assert(end <= this.#bytes.length, 'state is cut short');
    new Uint8Array(values.buffer).set(this.#bytes.subarray(this.#at, end));
    this.#at = end;
  }
}
