// How far the other origin is held *openably* (L7): `seen` does not pass an entry with an item whose key is not held here, so
// that a report answered `both` can be read at both sites.
import type { OriginMessage } from '@vigie/log';
import { type Seen, compareEpochs, isCaseKind, seqOf } from '@vigie/model';
import type { KeyRing } from './types.ts';

interface Blocked {
  readonly epoch: string;
  readonly seq: number;
  readonly missing: Set<string>;
}

export class Openable {
  readonly #keys: Pick<KeyRing, 'has'>;
  readonly #onMissing: (measure: string) => void;
  readonly #isErased: (measure: string) => boolean;
  /** In the order of the origin. */
  #blocked: Blocked[] = [];

  constructor(o: {
    keys: Pick<KeyRing, 'has'>;
    onMissing: (measure: string) => void;
    isErased: (measure: string) => boolean;
  }) {
    this.#keys = o.keys;
    this.#onMissing = o.onMissing;
    this.#isErased = o.isErased;
  }

  /** A message of the other origin has come. */
  note(message: OriginMessage): void {
    if (!message.entry.ok || message.entry.value.plain === true || !isCaseKind(message.entry.value.kind)) return;
    let missing: Set<string> | undefined;
    for (const { measure } of message.entry.value.items) {
      if (this.#keys.has(measure) || this.#isErased(measure)) continue;
      missing ??= new Set();
      missing.add(measure);
    }
    if (missing === undefined) return;
    this.#blocked.push({ epoch: message.epoch, seq: message.seq, missing });
    for (const measure of missing) this.#onMissing(measure);
  }

  /** The key is held now, or is not needed any more. */
  unblock(measure: string): void {
    for (const blocked of this.#blocked) blocked.missing.delete(measure);
    this.#blocked = this.#blocked.filter((blocked) => blocked.missing.size > 0);
  }

  /** `placed`: the highest contiguous sequence of the other origin in an admitted epoch. */
  limit(placed: Seen): Seen {
    const first = this.#blocked[0];
    if (placed === null || first === undefined) return placed;
    const order = compareEpochs(placed.epoch, first.epoch);
    if (order < 0 || (order === 0 && placed.seq < first.seq)) return placed;
    return first.seq === 1 ? null : { epoch: first.epoch, seq: seqOf(first.seq - 1) };
  }
}
