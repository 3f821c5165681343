// The canonical text of what people decided, of the cases that were saved last: a case that is ahead of settled state is saved and loaded
// again and again, and making its text anew each time would cost more than the rest of it. Not state; what is not here is made.
import { utf8Encode } from '@vigie/model';
import { unpackText } from './unpack-json.ts';

/** About 20 kB each. Beyond it the one asked for longest ago goes. */
const TEXTS_MAX = 512;

export class RecentTexts {
  /** By the packed bytes themselves: other bytes, another key. */
  readonly #texts = new Map<Uint8Array, Uint8Array>();

  of(packed: Uint8Array): Uint8Array {
    const text = this.#texts.get(packed) ?? utf8Encode(unpackText(packed));
    this.keep(packed, text);
    return text;
  }
  known(packed: Uint8Array | undefined): Uint8Array | undefined {
    return packed === undefined ? undefined : this.#texts.get(packed);
  }
  keep(packed: Uint8Array, text: Uint8Array): void {
    this.#texts.delete(packed);
    this.#texts.set(packed, text);
    if (this.#texts.size <= TEXTS_MAX) return;
    for (const oldest of this.#texts.keys()) {
      this.#texts.delete(oldest);
      return;
    }
  }
}
