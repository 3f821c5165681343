// Opens one item and lets an engine apply it. The same way for live, for a base that moves on, and for a replay.
import type { Clock, Engine, OpenedItem, Outcome } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import { type Item, ReportBatchReader, type Result, must } from '@vigie/model';
import { parseItem, unsealItem } from './open-item.ts';
import { isFolded } from './payload.ts';
import type { KeyRing } from './types.ts';

export interface Evaluated {
  readonly kind: 'evaluated';
  readonly outcome: Outcome;
  readonly malformed: string | undefined;
}
export type Evaluation = Evaluated | { readonly kind: 'key-missing' };

const MALFORMED: Outcome = { kind: 'refused', reason: 'malformed' };
const NOT_FOLDED: Outcome = { kind: 'applied' };
const KEY_MISSING: Evaluation = { kind: 'key-missing' };

export class Evaluator {
  readonly #keys: Pick<KeyRing, 'open'>;
  readonly #reader = new ReportBatchReader();
  /** Items given to an engine so far, refolds and bases included. */
  count = 0;
  /** The item evaluated last, opened; what it holds of a report batch is valid until the next one. */
  item: OpenedItem | undefined;

  constructor(keys: Pick<KeyRing, 'open'>) {
    this.#keys = keys;
  }

  /** Erased cases and unopened keys are the caller's to know; nothing about the content of an item throws. */
  evaluate(engine: Engine, placed: PlacedEntry, index: number, clock: Clock): Evaluation {
    return this.apply(engine, placed, index, this.unseal(placed, index), clock);
  }

  unseal(placed: PlacedEntry, index: number): Result<Uint8Array> {
    return unsealItem(placed.entry, itemOf(placed, index), this.#keys);
  }

  /** Of an item that has been unsealed. */
  apply(engine: Engine, placed: PlacedEntry, index: number, plain: Result<Uint8Array>, clock: Clock): Evaluation {
    this.item = undefined;
    const { site, epoch, seq, entry } = placed;
    if (!isFolded(entry.kind)) return { kind: 'evaluated', outcome: NOT_FOLDED, malformed: undefined };
    const opened = plain.ok ? parseItem(entry.kind, itemOf(placed, index).measure, plain.value, this.#reader) : plain;
    if (!opened.ok) {
      if (opened.error.kind === 'key-missing') return KEY_MISSING;
      return { kind: 'evaluated', outcome: MALFORMED, malformed: opened.error.detail };
    }
    this.count++;
    this.item = opened.value;
    const outcome = engine.apply(opened.value, { site, epoch, seq, index, entryId: entry.entryId }, clock);
    return { kind: 'evaluated', outcome, malformed: undefined };
  }
}

export const itemOf = (placed: PlacedEntry, index: number): Item =>
  must(placed.entry.items[index], 'an entry holds the items that were placed with it');
