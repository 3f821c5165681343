// On which line something was named first, for hundreds of thousands of names: a table of fingerprints, 16 bytes a slot. As strings in a
// map the same names took ten times as much. Two names of one fingerprint (96 bits of SHA-256) would be taken for one; among a billion
// names that is one chance in 10^11.
import { hash } from 'node:crypto';

/** Three words of fingerprint and the line plus 1; a line of 0 is a free slot. */
const SLOT_WORDS = 4;
const SLOTS_LEAST = 1024;

export class FirstLines {
  #slots = new Uint32Array(SLOTS_LEAST * SLOT_WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False: it was named before, and that line stays. */
  note(name: string, line: number): boolean {
    const print = fingerprint(name);
    const at = slotOf(this.#slots, print[0], print[1], print[2]);
    if (this.#slots[at + 3] !== 0) return false;
    this.#slots.set([print[0], print[1], print[2], line + 1], at);
    this.#size++;
    if (this.#size * 2 * SLOT_WORDS > this.#slots.length) this.#grow();
    return true;
  }

  line(name: string): number | undefined {
    const print = fingerprint(name);
    const line = this.#slots[slotOf(this.#slots, print[0], print[1], print[2]) + 3] as number;
    return line === 0 ? undefined : line - 1;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Uint32Array(before.length * 2);
    for (let i = 0; i < before.length; i += SLOT_WORDS) {
      if (before[i + 3] === 0) continue;
      const at = slotOf(slots, before[i] as number, before[i + 1] as number, before[i + 2] as number);
      slots.set(before.subarray(i, i + SLOT_WORDS), at);
    }
    this.#slots = slots;
  }
}

/**
 * The same for a stream without an end: what was named before the last turn but one is forgotten. Nobody turns while somebody may still ask
 * for names from before the last turn.
 */
export class RecentLines {
  #now = new FirstLines();
  #before = new FirstLines();

  /** False: it was named before, and that line stays. */
  note(name: string, line: number): boolean {
    return this.#before.line(name) === undefined && this.#now.note(name, line);
  }
  line(name: string): number | undefined {
    return this.#before.line(name) ?? this.#now.line(name);
  }
  /** Names since the last turn. */
  get size(): number {
    return this.#now.size;
  }
  turn(): void {
    this.#before = this.#now;
    this.#now = new FirstLines();
  }
}

function fingerprint(name: string): readonly [number, number, number] {
  const digest = hash('sha256', name, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
}

/** Where it lies, or the free slot where it would: the next one on, as the table is never full. */
function slotOf(slots: Uint32Array, a: number, b: number, c: number): number {
  const mask = slots.length / SLOT_WORDS - 1;
  for (let i = a & mask; ; i = (i + 1) & mask) {
    const at = i * SLOT_WORDS;
    if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at;
  }
}
