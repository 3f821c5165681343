// JSON as it was before pack-json.ts packed it, or its canonical text at once.
import { type Json, canonicalJson, utf8Decode } from '@vigie/model';
import {
  ARRAY,
  DEGREES,
  DOUBLE,
  E7,
  FALSE,
  FIRST_KNOWN,
  HEX,
  HEX_OF,
  IN_PAIRS,
  KNOWN,
  KNOWN_QUOTED,
  LIST,
  LIST_AGAIN,
  LIST_OPENED,
  NULL,
  OF_DEGREES,
  OBJECT,
  TEXT,
  TRUE,
  UNITS,
  WHOLE,
} from './packed-json-layout.ts';

class Unpacker {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  value(): Json {
    const tag = this.#byte();
    if (tag >= FIRST_KNOWN) return KNOWN[tag - FIRST_KNOWN] as string;
    if (tag >= LIST) return this.#list(tag);
    switch (tag) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case WHOLE:
        return this.#signed();
      case DEGREES:
        return this.#signed() / E7;
      case DOUBLE:
        return new Float64Array(this.#take(8).slice().buffer)[0] as number;
      case TEXT:
        return utf8Decode(this.#take(this.#count()));
      case HEX:
        return this.#hex();
      case ARRAY:
        return Array.from({ length: this.#count() }, () => this.value());
      default:
        return this.#object();
    }
  }

  /** As `canonicalJson` would write the value: properties were packed in its order. */
  text(): string {
    const tag = this.#byte();
    if (tag >= FIRST_KNOWN) return KNOWN_QUOTED[tag - FIRST_KNOWN] as string;
    if (tag >= LIST) return this.#textOfList(tag);
    switch (tag) {
      case NULL:
        return 'null';
      case FALSE:
        return 'false';
      case TRUE:
        return 'true';
      case ARRAY: {
        let text = '[';
        for (let left = this.#count(), comma = ''; left > 0; left--, comma = ',') text += comma + this.text();
        return `${text}]`;
      }
      case OBJECT: {
        let text = '{';
        for (let left = this.#count(), comma = ''; left > 0; left--, comma = ',') {
          text += comma + this.text();
          text += `:${this.text()}`;
        }
        return `${text}}`;
      }
      case HEX:
        return `"${this.#hex()}"`;
      default:
        this.#at--;
        return canonicalJson(this.value());
    }
  }

  #textOfList(tag: number): string {
    const values = this.#valuesOf(tag);
    const inPairs = ((tag - LIST) & 3 & IN_PAIRS) !== 0;
    let text = '[';
    for (let i = 0; i < values.length; i++) {
      if (inPairs) text += i % 2 === 1 ? ',' : i === 0 ? '[' : '],[';
      else if (i > 0) text += ',';
      text += values[i] as number;
    }
    return inPairs ? `${text}]]` : `${text}]`;
  }

  #hex(): string {
    let text = '';
    for (let left = this.#count(); left > 0; left--) text += HEX_OF[this.#byte()] as string;
    return text;
  }

  #object(): Json {
    const object: { [key: string]: Json } = {};
    for (let left = this.#count(); left > 0; left--) {
      const key = this.value() as string;
      // As JSON.parse does: a key of this name is a property like any other.
      if (key === '__proto__')
        Object.defineProperty(object, key, {
          value: this.value(),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      else object[key] = this.value();
    }
    return object;
  }

  #list(tag: number): Json {
    const values = this.#valuesOf(tag);
    if (((tag - LIST) & 3 & IN_PAIRS) === 0) return values;
    return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i] as number, values[2 * i + 1] as number]);
  }

  #valuesOf(tag: number): number[] {
    let values: number[];
    if (tag < LIST_AGAIN) values = this.#numbers();
    else {
      const place = this.#count();
      const back = this.#at;
      this.#at = place + 1;
      values = this.#numbers();
      this.#at = back;
      if (tag >= LIST_OPENED) values.length -= 2;
    }
    if (((tag - LIST) & 3 & OF_DEGREES) !== 0)
      for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / E7;
    return values;
  }

  #numbers(): number[] {
    const unit = UNITS[this.#byte()] as number;
    const count = this.#count();
    const values: number[] = [];
    for (let i = 0; i < count; i++) values.push((i < 2 ? 0 : (values[i - 2] as number)) + this.#signed() * unit);
    return values;
  }

  #signed(): number {
    const value = this.#count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  #count(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  }
  #take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  #byte(): number {
    return this.#bytes[this.#at++] as number;
  }
}

export const unpackJson = (bytes: Uint8Array): Json => new Unpacker(bytes).value();
/** The canonical text of what was packed. */
export const unpackText = (bytes: Uint8Array): string => new Unpacker(bytes).text();
