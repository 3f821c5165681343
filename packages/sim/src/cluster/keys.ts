// Keys of measures, simulated: sealing is adding one to every byte, which is enough to tell sealed from plain, and a key that is
// held from one that is not. Keys travel over the line like everything else.
import type { KeyRing } from '@vigie/replica';
import { type Result, fail, ok } from '@vigie/model';

/** What one site holds; survives its processes. */
export class KeyStore {
  readonly held = new Set<string>();
}

export class SimKeys implements KeyRing {
  readonly #store: KeyStore;
  /** Erased: not taken again as long as this process lives. */
  readonly #destroyed = new Set<string>();
  readonly #ask: (measure: string) => Promise<boolean>;

  /** `ask`: whether the other site has given the key. */
  constructor(store: KeyStore, ask: (measure: string) => Promise<boolean>) {
    this.#store = store;
    this.#ask = ask;
  }
  accept(measure: string): void {
    if (!this.#destroyed.has(measure)) this.#store.held.add(measure);
  }
  /** True if it was there. */
  destroy(measure: string): boolean {
    this.#destroyed.add(measure);
    return this.#store.held.delete(measure);
  }
  has(measure: string): boolean {
    return this.#store.held.has(measure);
  }
  open(measure: string, bytes: Uint8Array): Result<Uint8Array> {
    return this.has(measure) ? ok(bytes.map((byte) => byte - 1)) : fail('key-missing', measure);
  }
  seal(measure: string, plain: Uint8Array): Result<Uint8Array> {
    return this.has(measure) ? ok(plain.map((byte) => byte + 1)) : fail('key-missing', measure);
  }
  async fetch(measure: string): Promise<boolean> {
    if (!this.has(measure) && (await this.#ask(measure))) this.accept(measure);
    return this.has(measure);
  }
}
