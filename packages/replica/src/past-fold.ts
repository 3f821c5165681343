// Settled state while the past is read. Nobody asks a site that is not ready for its live state, so what will be settled a moment later is
// folded once, when it is, in merged order and into the one engine: no case is ever ahead, no base is saved, nothing is folded again.
import type { Merge, MergeChange, PlacedEntry } from '@vigie/log';
import type { Result } from '@vigie/model';
import { TailItem } from './case-tail.ts';
import type { FoldContext } from './fold-context.ts';
import type { LiveFold } from './live-fold.ts';
import { isFolded } from './payload.ts';
import type { SettledFold } from './settled-fold.ts';

/** Items folded in one turn; with 10 to 50 us each a turn stays well below what a connection bears without an answer. */
const ITEMS_PER_TURN_MAX = 1_000;
const NO_ITEMS: readonly TailItem[] = [];

export class PastFold {
  readonly #context: FoldContext;
  readonly #live: LiveFold;
  readonly #settled: SettledFold;
  #queue: PlacedEntry[] = [];
  #head = 0;
  /** The first entry of the queue waits for the key of a measure. */
  #isBlocked = false;

  constructor(context: FoldContext, live: LiveFold, settled: SettledFold) {
    this.#context = context;
    this.#live = live;
    this.#settled = settled;
  }

  take(change: MergeChange): void {
    for (const entry of change.placed) this.#live.noteErasure(entry);
    for (const entry of change.settled) this.#queue.push(entry);
  }
  get hasSettled(): boolean {
    return this.#head < this.#queue.length;
  }
  /** Settled entries that wait for their turn. */
  get waitingCount(): number {
    return this.#queue.length - this.#head;
  }
  /** True when this cannot go on, and live has to take over: a key is missing. */
  get isStuck(): boolean {
    return this.#isBlocked;
  }

  /** Folds what has settled, as far as a turn goes. */
  turn(itemsMax: number = ITEMS_PER_TURN_MAX): void {
    let left = itemsMax;
    while (this.#head < this.#queue.length && left > 0) {
      const entry = this.#queue[this.#head] as PlacedEntry;
      if (!this.#pass(entry)) {
        this.#isBlocked = true;
        break;
      }
      this.#head++;
      left -= 1 + entry.entry.items.length;
    }
    const { live, clock } = this.#context;
    const { place } = this.#settled;
    if (place.t > 0) live.advance(clock.at(place), (measure) => this.#settled.markChanged(measure));
    this.#live.passedTo(place);
    if (this.#head < this.#queue.length) return;
    this.#queue = [];
    this.#head = 0;
  }

  /** Hands over to live: what has settled and was not folded, then everything else that has a place. */
  handOver(merge: Merge): { readonly settled: readonly PlacedEntry[]; readonly placed: readonly PlacedEntry[] } {
    const settled = this.#queue.slice(this.#head);
    this.#queue = [];
    this.#head = 0;
    this.#isBlocked = false;
    return { settled, placed: [...settled, ...merge.unsettled()] };
  }

  /** False: an item waits for its key, and nothing of the entry was folded. */
  #pass(entry: PlacedEntry): boolean {
    const { kind, items } = entry.entry;
    const plain = isFolded(kind) ? this.#unsealed(entry) : NO_BYTES;
    if (plain === undefined) return false;
    this.#settled.passSecond(entry, undefined, (end) => {
      this.#context.live.advance(this.#context.clock.at(end), (measure) => this.#settled.markChanged(measure));
    });
    this.#context.clocks.append(entry);
    this.#live.noteRestart(entry);
    this.#live.noteZone(entry);
    const folded = isFolded(kind) ? items.map((_, index) => new TailItem(entry, index, kind)) : NO_ITEMS;
    const clock = this.#context.clock.at(entry);
    for (const item of folded) this.#context.evaluateSettled(item, plain[item.index] as Result<Uint8Array>, clock);
    this.#settled.passed(entry, folded);
    return true;
  }

  #unsealed(entry: PlacedEntry): readonly Result<Uint8Array>[] | undefined {
    const { evaluator, erased } = this.#context;
    const plain: Result<Uint8Array>[] = [];
    for (let i = 0; i < entry.entry.items.length; i++) {
      const opened = evaluator.unseal(entry, i);
      if (!opened.ok && opened.error.kind === 'key-missing' && !erased.has(entry.entry.items[i]?.measure ?? ''))
        return undefined;
      plain.push(opened);
    }
    return plain;
  }
}

const NO_BYTES: readonly Result<Uint8Array>[] = [];
