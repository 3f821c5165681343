// The cases of an engine. Those that are touched are objects, with their zones ready for the next report; beyond a bound those untouched
// for longest sleep as a few kilobytes each, and wake when an item, a timer or a question comes to them. Asleep or awake, a case is the
// same case: nothing that anybody is told depends on it.
import { ByteSlabs } from './byte-slabs.ts';
import { loadCase } from './case-bytes.ts';
import type { CaseState } from './case-state.ts';
import { type CaseHead, type DueByState, caseHead, compactCase } from './compact-case.ts';
import { attach } from './fold-place.ts';
import type { Lanes } from './state-hash.ts';
import { dueByState } from './timers.ts';
import type { ZoneSlots } from './zone-slots.ts';

/**
 * Cases awake. Waking and going to sleep take some hundred microseconds together, as long as a hundred reports: so all cases of a country
 * that reports every minute stay awake, and take some five times the room.
 */
export const AWAKE_MAX = 131_072;
/** Cases looked at when one more is awake than should be. Each one that was touched since the last look is passed over once. */
const LOOKS_MAX = 8;

/** What else the engine holds of a case that is awake. */
export interface Company {
  /** Writes into the case what has come to it. */
  settle(c: CaseState): void;
  /** The case, settled, goes to sleep: its object is nobody's from here on. */
  slept(c: CaseState, due: DueByState): void;
  /** Its object is there again. */
  woke(measure: string): void;
}

export class Cases {
  /** An object, or where its bytes lie. */
  readonly #held = new Map<string, CaseState | number>();
  readonly #slabs = new ByteSlabs();
  readonly #awake: CaseState[] = [];
  #hand = 0;
  readonly #zones: ZoneSlots;
  readonly #max: number;
  readonly #company: Company;
  /** What of sleeping cases is in the engine's digest; empty where nobody asks for that. */
  readonly leaves = new Map<string, Lanes>();

  constructor(zones: ZoneSlots, max: number, company: Company) {
    this.#zones = zones;
    this.#max = max;
    this.#company = company;
  }

  get size(): number {
    return this.#held.size;
  }
  get awakeCount(): number {
    return this.#awake.length;
  }
  has(measure: string): boolean {
    return this.#held.has(measure);
  }
  measures(): IterableIterator<string> {
    return this.#held.keys();
  }

  /** Awake from here on. */
  get(measure: string): CaseState | undefined {
    const held = this.#held.get(measure);
    return typeof held === 'number' ? this.#wake(measure, held) : held;
  }
  ifAwake(measure: string): CaseState | undefined {
    const held = this.#held.get(measure);
    return typeof held === 'number' ? undefined : held;
  }
  /** Of one that sleeps. */
  headOf(measure: string): CaseHead | undefined {
    const held = this.#held.get(measure);
    return typeof held === 'number' ? caseHead(this.#slabs.at(held)) : undefined;
  }
  /** The case to look at only: one that sleeps goes on sleeping. */
  look<T>(measure: string, see: (c: CaseState) => T): T | undefined {
    const held = this.#held.get(measure);
    if (held === undefined) return undefined;
    if (typeof held !== 'number') {
      this.#company.settle(held);
      return see(held);
    }
    const c = this.#load(measure, held);
    const seen = see(c);
    c.release();
    c.releaseReports();
    return seen;
  }

  /** As few bytes, to be put back; a view that is good until the next call of anything here. */
  bytes(measure: string): Uint8Array | undefined {
    const held = this.#held.get(measure);
    if (held === undefined) return undefined;
    if (typeof held === 'number') return this.#slabs.at(held);
    this.#company.settle(held);
    return compactCase(held);
  }

  /** Instead of what there was, which the caller has let go of. */
  set(c: CaseState): void {
    const { measure } = c;
    const before = this.#held.get(measure);
    this.#held.set(measure, c);
    if (typeof before === 'object') {
      c.awakeAt = before.awakeAt;
      this.#awake[c.awakeAt] = c;
      return;
    }
    if (before !== undefined) this.#slabs.drop(before);
    this.#enter(c);
  }
  /** A case that was not there, in compact bytes: it sleeps. */
  lay(measure: string, bytes: Uint8Array): void {
    this.#held.set(measure, this.#slabs.keep(bytes));
  }
  delete(measure: string): void {
    const held = this.#held.get(measure);
    if (typeof held === 'object') this.#leave(held);
    else if (held !== undefined) this.#slabs.drop(held);
    this.#held.delete(measure);
  }

  #load(measure: string, place: number): CaseState {
    const bytes = this.#slabs.at(place);
    const c = loadCase(measure, bytes, this.#zones);
    for (const d of c.devices) attach(c, d);
    // Until it is looked at: not later than it is due.
    const { obs } = caseHead(bytes) as CaseHead;
    c.nextObs = [obs[0], obs[1]];
    return c;
  }
  #wake(measure: string, place: number): CaseState {
    const c = this.#load(measure, place);
    this.#slabs.drop(place);
    this.#held.set(measure, c);
    this.#company.woke(measure);
    this.#enter(c);
    return c;
  }

  #enter(c: CaseState): void {
    c.awakeAt = this.#awake.length;
    this.#awake.push(c);
    for (let looks = 0; this.#awake.length > this.#max && looks < LOOKS_MAX; looks++) this.#lookAtNext(c);
  }
  #leave(c: CaseState): void {
    const last = this.#awake.pop() as CaseState;
    if (last === c) return;
    this.#awake[c.awakeAt] = last;
    last.awakeAt = c.awakeAt;
  }
  /**
   * Those whose whole past is kept stay, those that go by zones of others, and those of whose silence more is known than the case itself
   * holds: people were told of it, or the clocks began anew.
   */
  #lookAtNext(except: CaseState): void {
    if (this.#hand >= this.#awake.length) this.#hand = 0;
    const c = this.#awake[this.#hand++] as CaseState;
    if (c === except || c.wasTouched || c.pastTransitions !== undefined || c.sharedUses.length > 0) {
      c.wasTouched = false;
      return;
    }
    this.#company.settle(c);
    const due = dueByState(c);
    if (due.obs[0] < c.nextObs[0] || due.obs[1] < c.nextObs[1]) return;
    this.#hand--;
    this.#leave(c);
    this.#held.set(c.measure, this.#slabs.keep(compactCase(c)));
    this.#company.slept(c, due);
    c.release();
    c.releaseReports();
  }
}
