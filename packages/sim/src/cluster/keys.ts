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
  readonly #ask: (measure: string) => Promise<boolean>;

  /** `ask`: whether the other site has given the key. */
  constructor(store: KeyStore, ask: (measure: string) => Promise<boolean>) {
    this.#store = store;
    this.#ask = ask;
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
    if (!this.has(measure) && (await this.#ask(measure))) this.#store.held.add(measure);
    return this.has(measure);
  }
}
