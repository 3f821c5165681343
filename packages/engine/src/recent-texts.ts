// The canonical text of what people decided, of the cases that were saved last: a case that is ahead of settled state is saved and loaded
// again and again, and making its text anew each time would cost more than the rest of it. Not state; what is not here is made.
import { unpackText } from './unpack-text.ts';

/** About 20 kB each. Beyond it the one asked for longest ago goes. */
const TEXTS_MAX = 512;

export class RecentTexts {
  /** By the packed bytes themselves: other bytes, another key. */
  readonly #texts = new Map<Uint8Array, Uint8Array>();

  of(packed: Uint8Array): Uint8Array {
    const text = this.#texts.get(packed) ?? unpackText(packed);
    this.#texts.delete(packed);
    this.#texts.set(packed, text);
    if (this.#texts.size > TEXTS_MAX) this.#texts.delete(this.#texts.keys().next().value as Uint8Array);
    return text;
  }
}
