// The digest of one case, SHA-256 of its exact bytes. What people decided stands first in them, is most of them and seldom changes: the hash
// is taken up again after it.
import { type Hash, createHash } from 'node:crypto';
import type { Engine } from '@vigie/engine';

export class CaseDigests {
  /** Some 800 bytes each, as long as the engine holds what they are of: it bounds them by the cases that are awake. */
  readonly #begun = new WeakMap<object, Hash>();

  /** Undefined: the case does not exist. */
  of(engine: Engine, measure: string): string | undefined {
    const parts = engine.exactParts(measure);
    if (parts === undefined) return undefined;
    let begun = this.#begun.get(parts.of);
    if (begun === undefined) {
      begun = createHash('sha256').update(parts.first());
      this.#begun.set(parts.of, begun);
    }
    return begun.copy().update(parts.rest).digest('hex');
  }
}
