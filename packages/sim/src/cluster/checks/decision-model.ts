// L16 once more, as plainly as it can be said: what the settled log makes of orders, stops and requests that carry an Idempotency-Key.
// Nothing of the engine.
import type { Outcome } from '@vigie/engine';
import type { ErasedData, IncidentStep, RecordedOrder } from '@vigie/model';
import { type InSequence, nameOf } from './sequence.ts';

export interface ModelCase {
  revision: number;
  stoppedAtMs: number | undefined;
  /** Number of the entry that stopped it. */
  stoppedBy: number;
}
interface Expected {
  readonly entryId: string;
  readonly name: string;
  readonly is: (outcome: Outcome) => boolean;
  readonly said: string;
}

export class DecisionModel {
  readonly cases = new Map<string, ModelCase>();
  readonly expected: Expected[] = [];
  readonly #applied = new Set<string>();
  readonly #erased = new Set<string>();
  /** By case, client and key: the body, and the entry that it was first applied by. */
  readonly #keys = new Map<string, { readonly bodyHash: string; readonly entryId: string }>();
  readonly #outcomes: ReadonlyMap<string, Outcome>;

  constructor(sequence: readonly (InSequence | undefined)[], outcomes: ReadonlyMap<string, Outcome>) {
    this.#outcomes = outcomes;
    for (const [index, one] of sequence.entries()) if (one !== undefined) this.#take(one, index);
  }

  #take(one: InSequence, index: number): void {
    const { entry } = one.placed;
    if (entry.kind === 'erased') this.#erased.add((entry.data as ErasedData).measure);
    // L2: at its first place.
    if (entry.items.length === 0 || this.#applied.has(entry.entryId)) return;
    for (const { measure, bytes } of entry.items) {
      if (this.#erased.has(measure)) continue;
      if (entry.kind === 'case' && !this.cases.has(measure))
        this.cases.set(measure, { revision: 1, stoppedAtMs: undefined, stoppedBy: -1 });
      if (entry.kind === 'order') this.#order(one, measure, (opened(bytes) as { order: RecordedOrder }).order);
      if (entry.kind === 'stop') this.#stop(one, measure, index);
      if (entry.kind === 'step') this.#step(one, measure, opened(bytes) as IncidentStep);
    }
    this.#applied.add(entry.entryId);
  }

  #order(one: InSequence, measure: string, { baseRevision }: RecordedOrder): void {
    const known = this.cases.get(measure);
    if (known === undefined) return this.#refused(one, 'unknown_measure');
    if (known.stoppedAtMs !== undefined) return this.#refused(one, 'measure_ended');
    if (baseRevision !== known.revision) return this.#refused(one, 'revision_stale');
    known.revision++;
    this.#says(one, 'applied', ({ kind }) => kind === 'applied');
  }
  #stop(one: InSequence, measure: string, index: number): void {
    const known = this.cases.get(measure);
    if (known === undefined) return this.#refused(one, 'unknown_measure');
    if (known.stoppedAtMs !== undefined) return this.#refused(one, 'measure_ended');
    known.stoppedAtMs = Math.floor(one.t / 1000);
    known.stoppedBy = index;
    this.#says(one, 'applied', ({ kind }) => kind === 'applied');
  }
  /** Of what a step may do the engine knows more; of a key it is known that one request is one decision. */
  #step(one: InSequence, measure: string, { idempotency }: IncidentStep): void {
    if (idempotency === undefined) return;
    const { client, key, bodyHash } = idempotency;
    const name = `${measure} ${client} ${key}`;
    const known = this.#keys.get(name);
    const { entryId } = one.placed.entry;
    if (known === undefined) {
      if (this.#outcomes.get(entryId)?.kind === 'applied') this.#keys.set(name, { bodyHash, entryId });
      else this.#says(one, 'refused', ({ kind }) => kind === 'refused');
    } else if (known.bodyHash === bodyHash)
      this.#says(one, `repeated ${known.entryId}`, (o) => o.kind === 'repeated' && o.entryId === known.entryId);
    else this.#refused(one, 'key_mismatch');
  }

  #refused(one: InSequence, reason: string): void {
    this.#says(one, `refused ${reason}`, (o) => o.kind === 'refused' && o.reason === reason);
  }
  #says({ placed }: InSequence, said: string, is: (outcome: Outcome) => boolean): void {
    this.expected.push({ entryId: placed.entry.entryId, name: nameOf(placed), is, said });
  }
}

/** Sealing of the simulation is undone by hand. */
const opened = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes.map((byte) => byte - 1)));
