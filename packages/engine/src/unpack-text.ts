// The canonical text of packed JSON, byte by byte and without the objects or strings between: every case that changed is saved at each
// whole second, and its text is most of what is saved.
import { canonicalJson, utf8Decode, utf8Encode } from '@vigie/model';
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
  KNOWN_QUOTED,
  LIST,
  NULL,
  OBJECT,
  OF_DEGREES,
  TEXT,
  TRUE,
  WHOLE,
} from './packed-json-layout.ts';
import { PackedReader } from './packed-reader.ts';

const codeOf = (sign: string): number => sign.charCodeAt(0);
const COMMA = codeOf(',');
const COLON = codeOf(':');
const OPEN = codeOf('[');
const CLOSE = codeOf(']');
const BRACE = codeOf('{');
const BRACE_END = codeOf('}');
const SPACE = codeOf(' ');
const QUOTE = codeOf('"');
const BACKSLASH = codeOf('\\');
const MINUS = codeOf('-');
const POINT = codeOf('.');
const ZERO = codeOf('0');
/** First byte of a byte order mark, which decoding would take away. */
const MARK = 0xef;
const DEGREE_DIGITS = 7;
/** Smaller numbers fit in 32 bits, where dividing by ten is cheap. */
const SMALL_MAX = 1_000_000_000;
const SMALL_DIGITS = 9;

const KNOWN_BYTES = KNOWN_QUOTED.map((text) => utf8Encode(text));
const HEX_BYTES = HEX_OF.map((text) => utf8Encode(text));
const FALSE_BYTES = utf8Encode('false');
const TRUE_BYTES = utf8Encode('true');
const NULL_BYTES = utf8Encode('null');

let spare = new Uint8Array(65_536);

class TextOfPacked {
  readonly #r: PackedReader;
  #bytes = spare;
  #length = 0;

  constructor(packed: Uint8Array) {
    this.#r = new PackedReader(packed);
  }

  take(): Uint8Array {
    spare = this.#bytes;
    return this.#bytes.slice(0, this.#length);
  }

  /** Properties were packed in the order of canonical text. */
  value(): void {
    const r = this.#r;
    const tag = r.byte();
    if (tag >= FIRST_KNOWN) this.#put(KNOWN_BYTES[tag - FIRST_KNOWN] as Uint8Array);
    else if (tag >= LIST) this.#list(tag);
    else if (tag === OBJECT) this.#members(BRACE, BRACE_END, true);
    else if (tag === ARRAY) this.#members(OPEN, CLOSE, false);
    else if (tag === TEXT) this.#text(r.take(r.count()));
    else if (tag === HEX) this.#hex();
    else if (tag === WHOLE) this.#whole(r.signed());
    else if (tag === DEGREES) this.#degrees(r.signed());
    else if (tag === DOUBLE) this.#put(utf8Encode(canonicalJson(r.double())));
    else if (tag === TRUE) this.#put(TRUE_BYTES);
    else if (tag === FALSE) this.#put(FALSE_BYTES);
    else if (tag === NULL) this.#put(NULL_BYTES);
  }

  #members(open: number, close: number, isNamed: boolean): void {
    this.#sign(open);
    const count = this.#r.count();
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#sign(COMMA);
      if (isNamed) {
        this.value();
        this.#sign(COLON);
      }
      this.value();
    }
    this.#sign(close);
  }

  #list(tag: number): void {
    const sort = (tag - LIST) & 3;
    const isOfDegrees = (sort & OF_DEGREES) !== 0;
    const inPairs = (sort & IN_PAIRS) !== 0;
    const values = this.#r.wholeOf(tag);
    this.#sign(OPEN);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.#sign(COMMA);
      if (inPairs && i % 2 === 0) this.#sign(OPEN);
      if (isOfDegrees) this.#degrees(values[i] as number);
      else this.#whole(values[i] as number);
      if (inPairs && i % 2 === 1) this.#sign(CLOSE);
    }
    this.#sign(CLOSE);
  }

  #hex(): void {
    this.#sign(QUOTE);
    for (let left = this.#r.count(); left > 0; left--) {
      const digits = HEX_BYTES[this.#r.byte()] as Uint8Array;
      this.#sign(digits[0] as number);
      this.#sign(digits[1] as number);
    }
    this.#sign(QUOTE);
  }

  #text(text: Uint8Array): void {
    if (!isPlain(text)) {
      this.#put(utf8Encode(JSON.stringify(utf8Decode(text))));
      return;
    }
    this.#sign(QUOTE);
    this.#put(text);
    this.#sign(QUOTE);
  }

  /** Below 2^53. */
  #whole(value: number): void {
    if (value < 0) this.#sign(MINUS);
    this.#digits(Math.abs(value), 1);
  }

  /** The shortest text that reads as this number of degrees: eleven digits at most, so it is the decimal itself. */
  #degrees(e7: number): void {
    const size = Math.abs(e7);
    // As numbers are written in JSON: below a millionth with an exponent.
    if (size > 0 && size < 10) {
      this.#put(utf8Encode(`${e7 / E7}`));
      return;
    }
    if (e7 < 0) this.#sign(MINUS);
    const whole = Math.floor(size / E7);
    this.#digits(whole, 1);
    let rest = size - whole * E7;
    if (rest === 0) return;
    let places = DEGREE_DIGITS;
    for (; rest % 10 === 0; rest /= 10) places--;
    this.#sign(POINT);
    this.#digits(rest, places);
  }

  /** Not below 0 and below 2^53; at least `places` of them. */
  #digits(value: number, places: number): void {
    if (value >= SMALL_MAX) {
      const high = Math.floor(value / SMALL_MAX);
      this.#digits(high, 1);
      this.#digits(value - high * SMALL_MAX, SMALL_DIGITS);
      return;
    }
    let count = 1;
    for (let limit = 10; limit <= value; limit *= 10) count++;
    count = Math.max(count, places);
    this.#room(count);
    const from = this.#length;
    this.#length += count;
    for (let at = this.#length - 1, rest = value | 0; at >= from; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
  }

  #put(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
  #sign(byte: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = byte;
  }
  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Stands between quotes as it is. */
function isPlain(text: Uint8Array): boolean {
  if (text[0] === MARK) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] as number;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

/** The canonical text, in UTF-8, of what was packed. */
export function unpackText(packed: Uint8Array): Uint8Array {
  const text = new TextOfPacked(packed);
  text.value();
  return text.take();
}
