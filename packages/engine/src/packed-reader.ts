// Reads the elements of packed JSON (packed-json-layout.ts), for whoever makes objects or text of them.
import { PLAIN, REPEATING, TURNING, UNIT_BITS, WAY_SHIFT, beforeBits } from './list-coding.ts';
import {
  ARRAY,
  DEGREES,
  DOUBLE,
  FIRST_KNOWN,
  HEX,
  LIST_AGAIN,
  LIST_OPENED,
  OBJECT,
  TEXT,
  TRUE,
  UNITS,
  WHOLE,
} from './packed-json-layout.ts';

export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }
  /** A view on the packed bytes. */
  take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  count(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let place = 128; byte >= 128; place *= 128) {
      byte = this.byte();
      value += (byte & 127) * place;
    }
    return value;
  }
  signed(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  double(): number {
    return new Float64Array(this.take(8).slice().buffer)[0] as number;
  }

  /** Passes over one value. */
  skip(): void {
    const tag = this.byte();
    if (tag >= FIRST_KNOWN || tag <= TRUE) return;
    if (tag === WHOLE || tag === DEGREES) this.#skipCounts(1);
    else if (tag === DOUBLE) this.#at += 8;
    else if (tag === TEXT || tag === HEX) {
      const length = this.count();
      this.#at += length;
    } else if (tag === ARRAY || tag === OBJECT)
      for (let left = this.count() * (tag === OBJECT ? 2 : 1); left > 0; left--) this.skip();
    else if (tag >= LIST_AGAIN) this.#skipCounts(1);
    else {
      const isPlain = this.byte() >>> WAY_SHIFT === PLAIN;
      const count = this.count();
      if (isPlain) this.#skipCounts(count);
      else this.take(this.count());
    }
  }
  #skipCounts(count: number): void {
    for (let left = count; left > 0; ) if ((this.#bytes[this.#at++] as number) < 128) left--;
  }

  /** The numbers of a list whose tag was read, as whole ones: those of degrees in 1e-7. */
  wholeOf(tag: number): number[] {
    if (tag < LIST_AGAIN) return this.#numbers();
    const place = this.count();
    const back = this.#at;
    this.#at = place + 1;
    const values = this.#numbers();
    this.#at = back;
    if (tag >= LIST_OPENED) values.length -= 2;
    return values;
  }

  #numbers(): number[] {
    const first = this.byte();
    const unit = UNITS[first & UNIT_BITS] as number;
    const count = this.count();
    const values = Array<number>(count);
    const way = first >>> WAY_SHIFT;
    if (way !== PLAIN) {
      const end = this.count() + this.#at;
      if (way === REPEATING) this.#repeating(values, unit);
      else this.#bits(values, unit, way);
      this.#at = end;
      return values;
    }
    const bytes = this.#bytes;
    let at = this.#at;
    let even = 0;
    let odd = 0;
    for (let i = 0; i < count; i++) {
      // What `signed` reads. A case has hundreds of these, most of them below two to the 28th.
      let byte = bytes[at++] as number;
      let low = byte & 127;
      for (let shift = 7; byte >= 128 && shift < 28; shift += 7) {
        byte = bytes[at++] as number;
        low |= (byte & 127) << shift;
      }
      let signed = (low >> 1) ^ -(low & 1);
      if (byte >= 128) {
        let value = low;
        for (let place = 268_435_456; byte >= 128; place *= 128) {
          byte = bytes[at++] as number;
          value += (byte & 127) * place;
        }
        signed = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      const value = even + signed * unit;
      values[i] = value;
      even = odd;
      odd = value;
    }
    this.#at = at;
    return values;
  }

  #repeating(values: number[], unit: number): void {
    for (let i = 0; i < values.length; ) {
      const head = this.count();
      const end = i + (head >>> 1);
      if ((head & 1) === 0)
        for (; i < end; i++) values[i] = (i < 2 ? 0 : (values[i - 2] as number)) + this.signed() * unit;
      else
        for (const back = this.count(); i < end; i++)
          values[i] = (values[i - 2] as number) + (values[i - back] as number) - (values[i - back - 2] as number);
    }
  }

  #bits(values: number[], unit: number, way: number): void {
    const first = beforeBits(way);
    for (let i = 0; i < first; i++) values[i] = (i < 2 ? 0 : (values[i - 2] as number)) + this.signed() * unit;
    const parameter = this.count();
    const bytes = this.#bytes;
    let bit = this.#at << 3;
    for (let i = first; i < values.length; i++) {
      let value = 0;
      for (; (((bytes[bit >>> 3] as number) >>> (bit & 7)) & 1) === 1; bit++) value++;
      bit++;
      value <<= parameter;
      for (let k = 0; k < parameter; k++, bit++) value |= (((bytes[bit >>> 3] as number) >>> (bit & 7)) & 1) << k;
      const difference = ((value >>> 1) ^ -(value & 1)) * unit;
      const before = values[i - 2] as number;
      values[i] = before + difference + (way === TURNING ? before - (values[i - 4] as number) : 0);
    }
  }
}
