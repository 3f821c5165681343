// JSON as few bytes, without loss: what people decided is kept so between two looks, because an order with its zones, its times and
// what the authority wrote takes eight times as much as text. Lists of whole numbers and of degrees are written as list-coding.ts says,
// equal lists once, and a ring as the written one it came from.
import { type Json, byCodeUnit, utf8Encode } from '@vigie/model';
import { ByNumbers } from './by-numbers.ts';
import { PLAIN, WAY_SHIFT, shortest, unsigned } from './list-coding.ts';
import {
  ARRAY,
  DEGREES,
  DOUBLE,
  E7,
  FALSE,
  FIRST_KNOWN,
  HEX,
  IN_PAIRS,
  KNOWN_AT,
  LIST,
  LIST_AGAIN,
  LIST_OPENED,
  NULL,
  OBJECT,
  OF_DEGREES,
  TEXT,
  TRUE,
  UNITS,
  WHOLE,
} from './packed-json-layout.ts';

/** 2^51: differences, twice over for their sign, stay exact. Larger numbers are written as doubles. */
const WHOLE_MAX = 2_251_799_813_685_248;
const isWhole = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= WHOLE_MAX;
const isDegrees = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= 1000 && Math.round(value * E7) / E7 === value;

/** The same numbers, where all are whole. */
function allWhole(values: readonly Json[]): readonly number[] | undefined {
  for (let i = 0; i < values.length; i++) if (!isWhole(values[i])) return undefined;
  return values as readonly number[];
}
/** In 1e-7, where all are degrees. */
function allDegrees(values: readonly Json[]): readonly number[] | undefined {
  const whole: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Json;
    if (!isDegrees(value)) return undefined;
    whole.push(Math.round(value * E7));
  }
  return whole;
}
/** Place in `UNITS` of the largest that divides all: each divides the one before it. */
function unitOf(whole: readonly number[]): number {
  let unit = 0;
  for (let i = 0; i < whole.length; i++) while ((whole[i] as number) % (UNITS[unit] as number) !== 0) unit++;
  return unit;
}
/** In the order of canonical text; objects that were parsed from it have it already. */
function keysOf(object: { readonly [key: string]: Json | undefined }): readonly string[] {
  const keys = Object.keys(object);
  let isCanonical = true;
  for (let i = 0; i < keys.length && isCanonical; i++)
    isCanonical = object[keys[i] as string] !== undefined && (i === 0 || (keys[i - 1] as string) < (keys[i] as string));
  return isCanonical ? keys : keys.filter((key) => object[key] !== undefined).sort(byCodeUnit);
}

let spare = new Uint8Array(16_384);

class Packer {
  #bytes = spare;
  #length = 0;
  /** Where each list is, times two; the low bit: without its closing pair. */
  readonly #lists = new ByNumbers<number>();

  take(): Uint8Array {
    spare = this.#bytes;
    return this.#bytes.slice(0, this.#length);
  }

  value(value: Json | undefined): void {
    if (value === null || value === undefined) this.#byte(NULL);
    else if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#number(value);
    else if (Array.isArray(value)) this.#array(value as readonly Json[]);
    else this.#object(value as { readonly [key: string]: Json | undefined });
  }

  #object(object: { readonly [key: string]: Json | undefined }): void {
    const keys = keysOf(object);
    this.#byte(OBJECT);
    this.#count(keys.length);
    for (const key of keys) {
      this.#text(key);
      this.value(object[key]);
    }
  }

  #array(array: readonly Json[]): void {
    if (this.#list(array)) return;
    this.#byte(ARRAY);
    this.#count(array.length);
    for (const item of array) this.value(item);
  }

  /** Two numbers or more, or pairs of numbers. */
  #list(array: readonly Json[]): boolean {
    const inPairs = Array.isArray(array[0]);
    if (array.length < (inPairs ? 1 : 2)) return false;
    if (inPairs && !array.every((pair) => Array.isArray(pair) && pair.length === 2)) return false;
    const values: readonly Json[] = inPairs ? (array as readonly (readonly Json[])[]).flat() : array;
    const whole = allWhole(values) ?? allDegrees(values);
    if (whole === undefined) return false;
    const sort = (whole === values ? 0 : OF_DEGREES) | (inPairs ? IN_PAIRS : 0);
    const before = this.#lists.get(whole);
    if (before !== undefined) {
      // Low bit: without the closing pair.
      this.#byte((before & 1) === 0 ? LIST_AGAIN + sort : LIST_OPENED + sort);
      this.#count(before >>> 1);
      return true;
    }
    const at = this.#length;
    this.#byte(LIST + sort);
    const unit = unitOf(whole);
    const u = UNITS[unit] as number;
    const differences = whole.map((value, i) => (value - (i < 2 ? 0 : (whole[i - 2] as number))) / u);
    // Times are whole minutes or seconds, and only times repeat.
    const coded = shortest(differences, u > 1);
    this.#byte(unit | ((coded?.way ?? PLAIN) << WAY_SHIFT));
    this.#count(whole.length);
    if (coded === undefined) for (const difference of differences) this.#signed(difference);
    else {
      this.#count(coded.bytes.length);
      for (const byte of coded.bytes) this.#byte(byte);
    }
    this.#lists.keep(whole, whole.length, at << 1);
    const isClosed = whole[0] === whole.at(-2) && whole[1] === whole.at(-1);
    if (isClosed) this.#lists.keep(whole, whole.length - 2, (at << 1) | 1);
    return true;
  }

  #number(value: number): void {
    if (isWhole(value)) {
      this.#byte(WHOLE);
      this.#signed(value);
    } else if (isDegrees(value)) {
      this.#byte(DEGREES);
      this.#signed(Math.round(value * E7));
    } else {
      this.#byte(DOUBLE);
      for (const byte of new Uint8Array(new Float64Array([value]).buffer)) this.#byte(byte);
    }
  }

  #text(text: string): void {
    const known = KNOWN_AT.get(text);
    if (known !== undefined) {
      this.#byte(FIRST_KNOWN + known);
    } else if (text.length >= 8 && text.length % 2 === 0 && /^[0-9a-f]+$/.test(text)) {
      this.#byte(HEX);
      this.#count(text.length / 2);
      for (let i = 0; i < text.length; i += 2) this.#byte(Number.parseInt(text.slice(i, i + 2), 16));
    } else {
      const bytes = utf8Encode(text);
      this.#byte(TEXT);
      this.#count(bytes.length);
      for (const byte of bytes) this.#byte(byte);
    }
  }

  #signed(value: number): void {
    this.#count(unsigned(value));
  }
  #count(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    this.#byte(rest);
  }
  #byte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** `undefined` as a property is left out, as by `canonicalJson`. */
export function packJson(value: Json): Uint8Array {
  const packer = new Packer();
  packer.value(value);
  return packer.take();
}
