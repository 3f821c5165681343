// Compares the digest of settled state at a whole second with what the other site's heartbeats say of the same second.
import type { HeartbeatData } from '@vigie/model';

/** Seconds remembered of each site, two minutes' worth: a heartbeat names one of the last few. */
const SECONDS_MAX = 128;

export interface DigestState {
  readonly second: number;
  readonly value: string;
  /** Of the newest second that both sites have told; undefined = none yet. */
  readonly equal: boolean | undefined;
}

export class DigestWatch {
  readonly #own = new Map<number, string>();
  readonly #other = new Map<number, string>();
  readonly #onDiffers: (second: number, own: string, other: string) => void;
  #last: { readonly second: number; readonly value: string } | undefined;
  #compared: { readonly second: number; readonly equal: boolean } | undefined;
  /** True once a difference was told: one alarm, not one a second. */
  #told = false;

  constructor(onDiffers: (second: number, own: string, other: string) => void) {
    this.#onDiffers = onDiffers;
  }

  get state(): DigestState | undefined {
    return this.#last === undefined ? undefined : { ...this.#last, equal: this.#compared?.equal };
  }

  /** Own digests by second, of the last ones. */
  get recent(): ReadonlyMap<number, string> {
    return this.#own;
  }
  own(second: number, value: string): void {
    this.#last = { second, value };
    remember(this.#own, second, value);
    this.#compare(second);
  }
  /** The data of a heartbeat of the other site. */
  heard(data: unknown): void {
    const digest = (data as HeartbeatData | undefined)?.digest;
    if (digest === undefined || !Number.isSafeInteger(digest.second) || typeof digest.value !== 'string') return;
    remember(this.#other, digest.second, digest.value);
    this.#compare(digest.second);
  }

  #compare(second: number): void {
    const own = this.#own.get(second);
    const other = this.#other.get(second);
    if (own === undefined || other === undefined) return;
    const equal = own === other;
    if (this.#compared === undefined || second >= this.#compared.second) this.#compared = { second, equal };
    if (equal) this.#told = false;
    else if (!this.#told) {
      this.#told = true;
      this.#onDiffers(second, own, other);
    }
  }
}

function remember(map: Map<number, string>, second: number, value: string): void {
  map.set(second, value);
  if (map.size <= SECONDS_MAX) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
