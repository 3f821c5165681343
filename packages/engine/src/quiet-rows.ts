// What a report of the usual sort is judged by (quiet.ts), as rows of numbers: one block per case, a head of one line of memory and three
// lines for each of its devices, side by side in the order in which cases came. Such a report then reads and writes four lines and none of
// the case's objects. Not state: made when reports went the exact way, written back when somebody asks.
import { assert } from '@vigie/model';

/** A line of memory: 64 bytes. */
const LINE_WORDS = 16;
const CHUNK_LINES_BITS = 14;
const CHUNK_LINES = 1 << CHUNK_LINES_BITS;
/** A case of more devices has no block and goes the exact way always. */
export const DEVICES_MAX = 4;

// Words of the head; those of two words are 64-bit floats at even places.
/** Log time (microseconds) before which reports may be of the usual sort; -Infinity: everything goes the exact way. */
export const LIMIT_US = 0;
/** Observed times of the origins (Noirmont, Delémont) before which nothing is due. */
export const LIMIT_OBS = 2;
/** Newest fix time of all devices, where pairs are fed from more than one; else -1. */
export const FED_TO_MS = 6;
export const AHEAD_MS = 8;
export const DEVICES = 10;
export const FLAGS = 11;
/** Round of `takeMoved` in which the case was noted last. */
export const MOVED_IN = 12;
/** Reports taken in of which the machines have not been told, of all devices. */
export const WAITING = 13;
export const HEAD_WORDS = LINE_WORDS;

/** Bits of FLAGS. */
export const WATCHES_SPEED = 1;
export const HAS_BEACONS = 2;
/** The case is in the engine's digest, and what changes is to be added to it. */
export const DIGESTED = 4;

// Words of a device's row.
/** West, south, east, north: no verdict changes in it. West > east: the next report goes the exact way. */
export const BOX = 0;
/** The last fix time of which all that holds. */
export const UNTIL_MS = 4;
/** The newest report: fix time, place, accuracy (mm). */
export const LAST_MS = 6;
export const LAST_LON = 18;
export const LAST_LAT = 19;
export const LAST_ACCURACY = 20;
export const NEXT_SEQ = 8;
export const BOOT = 17;
/** What a report changes of the device's own numbers (case-hash.ts); seven words in a row. */
export const COUNTERS = 10;
export const LAST_REPORT_US = 10;
export const OBS_AT_LAST = 12;
export const BATTERY_AT = 14;
export const BATTERY_PCT = 16;
export const COUNTER_WORDS = 7;
/** Bit 0: bound to Noirmont; bit 1: a wearer's; bits 8-15: least battery that changes nothing; bits 16-23: bytes of the id, 0 = it is not here. */
export const TRAITS = 21;
export const WEARER = 2;
/** Reports waiting, and the block that they wait in, plus 1. */
export const COUNT = 22;
export const PENDING = 23;
/** Reports that the history has room for. */
export const ROOM = 24;
/** Lanes of a digest: of the verdicts that every waiting report has, of one report more, and what was added since the case was digested. */
export const VERDICTS = 25;
export const PER_REPORT = 29;
export const ADDED = 33;
export const ID = 37;
export const ID_BYTES_MAX = 40;
export const SEED = 47;
const DEVICE_WORDS = 3 * LINE_WORDS;

export const deviceRow = (head: number, k: number): number => head + HEAD_WORDS + k * DEVICE_WORDS;

export class QuietRows {
  readonly #words: Int32Array[] = [];
  readonly #numbers: Float64Array[] = [];
  /** Lines in use, from the first; blocks given back, by the number of devices. */
  #lines = 0;
  readonly #free: number[][] = Array.from({ length: DEVICES_MAX + 1 }, () => []);

  /** The head's line of a new block, all zeros, with no box for any device. */
  take(devices: number): number {
    assert(devices <= DEVICES_MAX, 'a block has so many rows at most');
    const block = this.#zeros(devices);
    for (let k = 0; k < devices; k++) this.words(block)[deviceRow(this.at(block), k) + BOX] = 1;
    return block;
  }
  #zeros(devices: number): number {
    const free = (this.#free[devices] as number[]).pop();
    const lines = linesOf(devices);
    if (free !== undefined) {
      const at = this.at(free);
      this.words(free).fill(0, at, at + lines * LINE_WORDS);
      return free;
    }
    // A block lies in one chunk.
    const end = this.#words.length << CHUNK_LINES_BITS;
    if (this.#lines + lines > end) {
      this.#lines = end;
      const buffer = new ArrayBuffer(CHUNK_LINES * LINE_WORDS * 4);
      this.#words.push(new Int32Array(buffer));
      this.#numbers.push(new Float64Array(buffer));
    }
    const block = this.#lines;
    this.#lines += lines;
    return block;
  }
  give(block: number, devices: number): void {
    (this.#free[devices] as number[]).push(block);
  }

  /** The chunk that holds a block, as 32-bit words and as numbers of two words each; and the word its head begins at. */
  words(block: number): Int32Array {
    return this.#words[block >>> CHUNK_LINES_BITS] as Int32Array;
  }
  numbers(block: number): Float64Array {
    return this.#numbers[block >>> CHUNK_LINES_BITS] as Float64Array;
  }
  at(block: number): number {
    return (block & (CHUNK_LINES - 1)) * LINE_WORDS;
  }
}

const linesOf = (devices: number): number => (HEAD_WORDS + devices * DEVICE_WORDS) / LINE_WORDS;
