// The digest's numbers: 128 bits over whatever is fed, four lanes of 32 bits side by side. It tells apart states that two honest sites
// came to differently; against an administrator who rewrites history stand the log's signed trees, not this. Allocates nothing.

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
/** Characters of a text on their way. */
const CODES = 256;
const codes = new Int32Array(CODES);

export class StateHash {
  a = 0;
  b = 0;
  c = 0;
  d = 0;

  start(): this {
    this.a = 0x811c9dc5 | 0;
    this.b = 0x2545f491;
    this.c = 0x9e3779b9 | 0;
    this.d = 0x6a09e667;
    return this;
  }

  /** 32 bits. */
  word(w: number): void {
    let h = Math.imul(this.a ^ w, 0x85ebca6b);
    this.a = h ^ (h >>> 15);
    h = Math.imul(this.b ^ w, 0xc2b2ae35);
    this.b = h ^ (h >>> 13);
    h = Math.imul(this.c ^ w, 0x27d4eb2f);
    this.c = h ^ (h >>> 16);
    h = Math.imul(this.d ^ w, 0x165667b1);
    this.d = h ^ (h >>> 14);
  }
  f64(value: number): void {
    number[0] = value;
    this.word(halves[0] as number);
    this.word(halves[1] as number);
  }
  f64s(values: Float64Array | undefined): void {
    if (values === undefined) {
      this.word(-1);
      return;
    }
    this.word(values.length);
    for (let i = 0; i < values.length; i++) this.f64(values[i] as number);
  }
  words(values: ArrayLike<number>): void {
    this.word(values.length);
    for (let i = 0; i < values.length; i++) this.word(values[i] as number);
  }
  /** The first `count` of them, without their number. */
  mix(words: Int32Array, count: number): void {
    // As `word` for each, in numbers that stay in registers.
    let { a, b, c, d } = this;
    for (let i = 0; i < count; i++) {
      const w = words[i] as number;
      a = Math.imul(a ^ w, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ w, 0xc2b2ae35);
      b ^= b >>> 13;
      c = Math.imul(c ^ w, 0x27d4eb2f);
      c ^= c >>> 16;
      d = Math.imul(d ^ w, 0x165667b1);
      d ^= d >>> 14;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
  text(text: string): void {
    this.word(text.length);
    for (let from = 0; from < text.length; from += CODES) {
      const count = Math.min(CODES, text.length - from);
      for (let i = 0; i < count; i++) codes[i] = text.charCodeAt(from + i);
      this.mix(codes, count);
    }
  }
  bytes(bytes: Uint8Array): void {
    this.word(bytes.length);
    let i = 0;
    for (; i + 4 <= bytes.length; i += 4)
      this.word(
        (bytes[i] as number) |
          ((bytes[i + 1] as number) << 8) |
          ((bytes[i + 2] as number) << 16) |
          ((bytes[i + 3] as number) << 24),
      );
    for (; i < bytes.length; i++) this.word(bytes[i] as number);
  }
  /** What another has come to. */
  lanes(other: Lanes): void {
    this.word(other.a);
    this.word(other.b);
    this.word(other.c);
    this.word(other.d);
  }

  taken(): Lanes {
    return { a: this.a, b: this.b, c: this.c, d: this.d };
  }
  hex(): string {
    return [this.a, this.b, this.c, this.d].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

export interface Lanes {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}
