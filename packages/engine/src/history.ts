// The reports of one device inside the late window, sorted by fix time, as records in blocks of a slab that all devices share. It answers
// three questions: was this report applied before, what came before and after a late one, and what did each rule say of it. A report in
// order is appended; only a late one moves others.
import { type LaneSum, lanes, mixWords, startLanes } from './lanes.ts';
import { HISTORY_BLOCK_BITS, RECORD_WORDS, type ReportSlabs } from './report-slabs.ts';
import type { WordSlabs } from './word-slabs.ts';

const BLOCK = 1 << HISTORY_BLOCK_BITS;
const IN_BLOCK = BLOCK - 1;

export const SEC = 0;
/** Milliseconds in bits 0-9, flags above. */
export const MS_FLAGS = 1;
export const LAT = 2;
export const LON = 3;
export const ACCURACY = 4;
export const BOOT = 5;
export const SEQ_LOW = 6;
export const SEQ_HIGH = 7;
export const HASH_A = 8;
export const HASH_B = 9;
export const BEACONS = 10;

export const HAS_FIX = 1 << 10;
/** The report has boot and seq; otherwise its name is its hash (L15). */
export const NAMED = 1 << 11;
/** Its own fix time lay ahead of log time; `at` is log time. */
export const AHEAD = 1 << 12;
/** Another report carries the same (boot, seq) with other content. */
export const CONFLICT = 1 << 13;
export const IN_MOTION = 1 << 14;
export const TWO_32 = 4_294_967_296;

/** Verdicts in two bits: geo's 0 undetermined, 1 inside, 2 outside, and 3 for a report that says nothing of the place. */
export const NOTHING = 3;

/** One report as the history takes it; one of these is reused, nothing is allocated per report. */
export interface Draft {
  at: number;
  flags: number;
  latE7: number;
  lonE7: number;
  accuracyMm: number;
  boot: number;
  seq: number;
  hashA: number;
  hashB: number;
  beacons: number;
}

export class History {
  readonly #all: ReportSlabs;
  readonly #slabs: WordSlabs;
  readonly #stride: number;
  /** In the order of the records; the last ones may hold none yet. */
  #blocks: number[] = [];
  /** Records of the first block that were dropped. */
  #head = 0;
  length = 0;
  /** Records [0, #hashed) are in the sum of hashes below: their order follows from what they hold, so a sum tells them apart. */
  #hashed = 0;
  #hashedWith = 0;
  readonly #sum = { a: 0, b: 0, c: 0, d: 0 };

  constructor(slabs: ReportSlabs, verdictWords: number) {
    this.#all = slabs;
    this.#slabs = slabs.ofHistories(verdictWords);
    this.#stride = RECORD_WORDS + verdictWords;
  }

  get verdictWords(): number {
    return this.#stride - RECORD_WORDS;
  }

  at(i: number): number {
    const w = this.#wordsOf(i);
    const o = this.#placeOf(i);
    return ((w[o + SEC] as number) >>> 0) * 1000 + ((w[o + MS_FLAGS] as number) & 1023);
  }
  flags(i: number): number {
    return this.#word(i, MS_FLAGS) & ~1023;
  }
  addFlag(i: number, flag: number): void {
    this.#unhash(i);
    const w = this.#wordsOf(i);
    const o = this.#placeOf(i) + MS_FLAGS;
    w[o] = (w[o] as number) | flag;
  }
  hasFix(i: number): boolean {
    return (this.#word(i, MS_FLAGS) & HAS_FIX) !== 0;
  }
  latE7(i: number): number {
    return this.#word(i, LAT);
  }
  lonE7(i: number): number {
    return this.#word(i, LON);
  }
  accuracyMm(i: number): number {
    return this.#word(i, ACCURACY) >>> 0;
  }
  beacons(i: number): number {
    return this.#word(i, BEACONS);
  }
  boot(i: number): number {
    return this.#word(i, BOOT) >>> 0;
  }
  seq(i: number): number {
    return this.#word(i, SEQ_HIGH) * TWO_32 + (this.#word(i, SEQ_LOW) >>> 0);
  }
  isNamed(i: number): boolean {
    return (this.#word(i, MS_FLAGS) & NAMED) !== 0;
  }
  sameHash(i: number, d: Draft): boolean {
    return this.#word(i, HASH_A) === d.hashA && this.#word(i, HASH_B) === d.hashB;
  }
  /** The same report at the same time. */
  isSame(i: number, d: Draft): boolean {
    return this.#compare(i, d) === 0;
  }
  /** The report's name inside this device (L15). Reports in conflict share boot and seq, so their hash is part of it. */
  key(i: number): string {
    const flags = this.#word(i, MS_FLAGS);
    const hash = `${hex8(this.#word(i, HASH_A))}${hex8(this.#word(i, HASH_B))}`;
    if ((flags & NAMED) === 0) return `#${hash}`;
    return (flags & CONFLICT) === 0 ? `${this.boot(i)}.${this.seq(i)}` : `${this.boot(i)}.${this.seq(i)}#${hash}`;
  }

  verdict(i: number, place: number): number {
    return (this.#word(i, RECORD_WORDS + (place >>> 4)) >>> ((place & 15) << 1)) & 3;
  }
  setVerdict(i: number, place: number, verdict: number): void {
    this.#unhash(i);
    const w = this.#wordsOf(i);
    const o = this.#placeOf(i) + RECORD_WORDS + (place >>> 4);
    const shift = (place & 15) << 1;
    w[o] = ((w[o] as number) & ~(3 << shift)) | (verdict << shift);
  }

  /** Where a report belongs: after every one that sorts before it. Fix time first, then name, so that arrival plays no part. */
  placeOf(d: Draft): number {
    let i = this.length;
    if (i === 0 || this.#compare(i - 1, d) < 0) return i;
    let low = 0;
    while (low < i) {
      const middle = (low + i) >>> 1;
      if (this.#compare(middle, d) < 0) low = middle + 1;
      else i = middle;
    }
    return low;
  }

  insert(i: number, d: Draft): void {
    this.#unhash(i);
    this.#makeRoom(1);
    if (i < this.length) this.#moveOn(i);
    const s = this.#stride;
    const w = this.#wordsOf(i);
    const o = this.#placeOf(i);
    const sec = Math.floor(d.at / 1000);
    w[o + SEC] = sec;
    w[o + MS_FLAGS] = (d.at - sec * 1000) | d.flags;
    w[o + LAT] = d.latE7;
    w[o + LON] = d.lonE7;
    w[o + ACCURACY] = d.accuracyMm;
    w[o + BOOT] = d.boot;
    w[o + SEQ_LOW] = (d.seq % TWO_32) | 0;
    w[o + SEQ_HIGH] = Math.floor(d.seq / TWO_32);
    w[o + HASH_A] = d.hashA;
    w[o + HASH_B] = d.hashB;
    w[o + BEACONS] = d.beacons;
    for (let k = RECORD_WORDS; k < s; k++) w[o + k] = 0;
    this.length++;
  }

  /** Moves the records from `i` on one place further: of each block its own, and before them the last one of the block before. */
  #moveOn(i: number): void {
    const s = this.#stride;
    const first = (this.#head + i) >>> HISTORY_BLOCK_BITS;
    for (let b = (this.#head + this.length) >>> HISTORY_BLOCK_BITS; b >= first; b--) {
      const block = this.#blocks[b] as number;
      const w = this.#slabs.words(block);
      const at = this.#slabs.at(block);
      const from = at + (b === first ? ((this.#head + i) & IN_BLOCK) * s : 0);
      w.copyWithin(from + s, from, at + IN_BLOCK * s);
      if (b === first) return;
      const before = this.#blocks[b - 1] as number;
      const last = this.#slabs.at(before) + IN_BLOCK * s;
      const source = this.#slabs.words(before);
      for (let k = 0; k < s; k++) w[at + k] = source[last + k] as number;
    }
  }

  /** Appends records that sort last and on which every rule says what it said of the last one here; `from`: their first word. */
  appendLikeLast(words: Int32Array, from: number, count: number): void {
    const s = this.#stride;
    this.#makeRoom(count);
    let i = from;
    for (let n = 0; n < count; n++) {
      const verdicts = this.#wordsOf(this.length - 1);
      const last = this.#placeOf(this.length - 1);
      const w = this.#wordsOf(this.length);
      const o = this.#placeOf(this.length);
      for (let k = 0; k < RECORD_WORDS; k++) w[o + k] = words[i + k] as number;
      for (let k = RECORD_WORDS; k < s; k++) w[o + k] = verdicts[last + k] as number;
      i += RECORD_WORDS;
      this.length++;
    }
  }

  /** Forgets the first `count` records. */
  drop(count: number): void {
    if (count <= this.#hashed) {
      for (let i = 0; i < count; i++) this.#addHash(i, -1, this.#hashedWith);
      this.#hashed -= count;
    } else this.#unhash(0);
    this.#head += count;
    this.length -= count;
    if (this.length === 0) {
      this.#giveFirst(this.#blocks.length);
      this.#head = 0;
      return;
    }
    this.#giveFirst(this.#head >>> HISTORY_BLOCK_BITS);
    this.#head &= IN_BLOCK;
  }
  #giveFirst(blocks: number): void {
    for (const block of this.#blocks.splice(0, blocks)) this.#slabs.give(block);
  }
  /** Gives everything back: nobody will ask for these reports again. */
  release(): void {
    this.#unhash(0);
    this.#giveFirst(this.#blocks.length);
    this.#head = 0;
    this.length = 0;
  }

  /** The index of a report with this (boot, seq), or -1; `from` continues a search. */
  indexOfName(boot: number, seq: number, from = 0): number {
    for (let i = from; i < this.length; i++) {
      if (this.isNamed(i) && this.boot(i) === boot && this.seq(i) === seq) return i;
    }
    return -1;
  }

  /** The last record at or before a time, or -1. */
  lastAtOrBefore(timeMs: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The same records with room for other rules instead of these; all verdicts are 0 and must be judged anew. */
  widened(verdictWords: number): History {
    const other = new History(this.#all, verdictWords);
    other.#makeRoom(this.length);
    other.length = this.length;
    for (let i = 0; i < this.length; i++) {
      const from = this.#placeOf(i);
      const w = other.#wordsOf(i);
      const o = other.#placeOf(i);
      w.set(this.#wordsOf(i).subarray(from, from + RECORD_WORDS), o);
      w.fill(0, o + RECORD_WORDS, o + other.#stride);
    }
    this.release();
    return other;
  }

  /** Record after record. */
  words(): Int32Array {
    const s = this.#stride;
    const words = new Int32Array(this.length * s);
    let to = 0;
    for (let b = 0; to < words.length; b++) {
      const block = this.#blocks[b] as number;
      const at = this.#slabs.at(block);
      const from = at + (b === 0 ? this.#head * s : 0);
      const end = Math.min(at + BLOCK * s, from + words.length - to);
      words.set(this.#slabs.words(block).subarray(from, end), to);
      to += end - from;
    }
    return words;
  }
  static ofWords(slabs: ReportSlabs, verdictWords: number, words: Int32Array): History {
    const history = new History(slabs, verdictWords);
    const s = history.#stride;
    history.length = words.length / s;
    history.#blocks = Array.from({ length: Math.ceil(history.length / BLOCK) }, () => history.#slabs.take());
    for (let i = 0, at = 0; at < words.length; i += BLOCK, at += BLOCK * s)
      history.#wordsOf(i).set(words.subarray(at, at + BLOCK * s), history.#placeOf(i));
    return history;
  }

  /** Adds what the digest says of the records; only what came since the last time is read. The seed is the device's. */
  sumInto(sum: LaneSum, seed: number): void {
    for (; this.#hashed < this.length; this.#hashed++) this.#addHash(this.#hashed, 1, seed);
    this.#hashedWith = seed;
    const own = this.#sum;
    sum[0] = (sum[0] as number) + own.a;
    sum[1] = (sum[1] as number) + own.b;
    sum[2] = (sum[2] as number) + own.c;
    sum[3] = (sum[3] as number) + own.d;
  }
  /** What `sumInto` begins a record like the last one with. */
  startLikeLast(seed: number): void {
    startLanes(seed);
    const o = this.#placeOf(this.length - 1);
    mixWords(this.#wordsOf(this.length - 1), o + RECORD_WORDS, this.#stride - RECORD_WORDS);
  }
  #addHash(i: number, sign: 1 | -1, seed: number): void {
    const w = this.#wordsOf(i);
    const o = this.#placeOf(i);
    startLanes(seed);
    mixWords(w, o + RECORD_WORDS, this.#stride - RECORD_WORDS);
    mixWords(w, o, RECORD_WORDS);
    const sum = this.#sum;
    sum.a = (sum.a + sign * (lanes[0] as number)) | 0;
    sum.b = (sum.b + sign * (lanes[1] as number)) | 0;
    sum.c = (sum.c + sign * (lanes[2] as number)) | 0;
    sum.d = (sum.d + sign * (lanes[3] as number)) | 0;
  }
  /** Record `i` is about to become another: those known are read anew at the next digest. */
  #unhash(i: number): void {
    if (i >= this.#hashed) return;
    this.#hashed = 0;
    Object.assign(this.#sum, { a: 0, b: 0, c: 0, d: 0 });
  }

  /** The slab that record `i` lies in, and its first word there. */
  #wordsOf(i: number): Int32Array {
    return this.#slabs.words(this.#blocks[(this.#head + i) >>> HISTORY_BLOCK_BITS] as number);
  }
  #placeOf(i: number): number {
    const n = this.#head + i;
    return this.#slabs.at(this.#blocks[n >>> HISTORY_BLOCK_BITS] as number) + (n & IN_BLOCK) * this.#stride;
  }
  #word(i: number, k: number): number {
    return this.#wordsOf(i)[this.#placeOf(i) + k] as number;
  }

  /** By fix time, then unnamed before named, boot, seq, hash. */
  #compare(i: number, d: Draft): number {
    const at = this.at(i);
    if (at !== d.at) return at < d.at ? -1 : 1;
    const named = (this.#word(i, MS_FLAGS) & NAMED) - (d.flags & NAMED);
    if (named !== 0) return named;
    if ((d.flags & NAMED) !== 0) {
      const boot = this.boot(i) - d.boot;
      if (boot !== 0) return boot;
      const seq = this.seq(i) - d.seq;
      if (seq !== 0) return seq;
    }
    const a = this.#word(i, HASH_A) - d.hashA;
    return a !== 0 ? a : this.#word(i, HASH_B) - d.hashB;
  }

  #makeRoom(more: number): void {
    while (this.#blocks.length << HISTORY_BLOCK_BITS < this.#head + this.length + more)
      this.#blocks.push(this.#slabs.take());
  }
}

const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
