// Reads the elements of packed JSON (packed-json-layout.ts), for whoever makes objects or text of them.
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
      this.#at++;
      this.#skipCounts(this.count());
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
    const unit = UNITS[this.byte()] as number;
    const count = this.count();
    const values = Array<number>(count);
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
}
