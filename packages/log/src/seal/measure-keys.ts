// The keys of the measures: seals and opens items, keeps every key wrapped on disk, gets a missing one from the other site. Without
// the wrapping key, which the site's operator gives at start, the file and the log say nothing.
import { type KeyObject, createSecretKey, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Result, fail, ok } from '@vigie/model';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { KeyFile } from './key-file.ts';

/** Ready-made key objects kept in memory; beyond it the ones longest unused are made anew when needed. */
export const KEY_OBJECTS_MAX = 65_536;
const KEY_BYTES = 32;
const MEASURE = /^[0-9a-f]{32}$/;

export interface MeasureKeysOptions {
  readonly file: string;
  /** 32 bytes; the same at both sites. */
  readonly wrappingKey: Uint8Array;
  /** Asks the other site for a wrapped key (base64). Undefined = it does not have it, or does not answer. */
  readonly fetch?: (measure: string) => Promise<string | undefined>;
}

/** Reads a wrapping key: a file with 32 bytes in hex. */
export async function readWrappingKey(path: string): Promise<Uint8Array> {
  const text = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new Error(`${path} must hold 32 bytes in hex`);
  return Buffer.from(text, 'hex');
}

export class MeasureKeys {
  readonly #wrapping: KeyObject;
  readonly #file: KeyFile;
  readonly #fetch: MeasureKeysOptions['fetch'];
  readonly #raw: Map<string, Uint8Array>;
  #young = new Map<string, KeyObject>();
  #old = new Map<string, KeyObject>();
  readonly #fetching = new Map<string, Promise<boolean>>();
  /** Erased: no key of theirs is taken again, from wherever it comes. */
  readonly #destroyed = new Set<string>();

  private constructor(
    wrapping: KeyObject,
    file: KeyFile,
    raw: Map<string, Uint8Array>,
    fetch: MeasureKeysOptions['fetch'],
  ) {
    this.#wrapping = wrapping;
    this.#file = file;
    this.#raw = raw;
    this.#fetch = fetch;
  }

  /** Throws when the file is damaged or the wrapping key is not the one it was written with: the site must not start then. */
  static async open(o: MeasureKeysOptions): Promise<MeasureKeys> {
    const wrapping = createSecretKey(o.wrappingKey);
    const raw = new Map<string, Uint8Array>();
    const file = await KeyFile.open(o.file, ({ measure, wrapped }) => {
      const key = unwrap(wrapping, measure, wrapped);
      if (key === undefined) throw new Error(`${o.file}: the key of ${measure} does not open with this wrapping key`);
      raw.set(measure, key);
    });
    return new MeasureKeys(wrapping, file, raw, o.fetch);
  }

  get size(): number {
    return this.#raw.size;
  }
  has(measure: string): boolean {
    return this.#raw.has(measure);
  }

  /**
   * A new measure with its key, on disk when this resolves. Ids begin with the milliseconds of their making, as in UUIDv7, so that of two
   * the earlier sorts first.
   * @param fits false: another is drawn, with a chance of 1 in PARTITIONS_MAX at least
   */
  async create(fits: (measure: string) => boolean = () => true): Promise<string> {
    let measure = '';
    do measure = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
    while (!fits(measure));
    await this.#keep(measure, randomBytes(KEY_BYTES));
    return measure;
  }

  /** The key as it may travel to the other site; undefined = not held here. */
  wrapped(measure: string): string | undefined {
    const key = this.#raw.get(measure);
    return key === undefined ? undefined : wrapKey(this.#wrapping, measure, key);
  }

  /** Takes a key of the other site. False: it does not open with the wrapping key, or is another than the one held. */
  async accept(measure: string, wrapped: string): Promise<boolean> {
    if (!MEASURE.test(measure) || this.#destroyed.has(measure)) return false;
    const key = unwrap(this.#wrapping, measure, wrapped);
    if (key === undefined) return false;
    const held = this.#raw.get(measure);
    if (held !== undefined) return Buffer.compare(held, key) === 0;
    await this.#keep(measure, key);
    return true;
  }

  /** Asks the other site; true once the key is held. One question a measure at a time. */
  fetch(measure: string): Promise<boolean> {
    if (this.#raw.has(measure)) return Promise.resolve(true);
    const asked = this.#fetching.get(measure) ?? this.#ask(measure);
    this.#fetching.set(measure, asked);
    return asked;
  }

  /** The measure is erased: its key goes from memory and disk, and is not taken again. True if there was one. Rejects when the disk does. */
  async destroy(measure: string): Promise<boolean> {
    this.#destroyed.add(measure);
    const held = this.#raw.get(measure);
    if (held === undefined) return false;
    await this.#file.remove(measure);
    for (const keys of [this.#raw, this.#young, this.#old]) keys.delete(measure);
    held.fill(0);
    return true;
  }

  seal(measure: string, plain: Uint8Array): Result<Uint8Array> {
    const key = this.#key(measure);
    if (key === undefined) return fail('key-missing', `the key of measure ${measure} is not held here`);
    return ok(sealBytes(key, contextOf(measure), plain));
  }

  open(measure: string, sealed: Uint8Array): Result<Uint8Array> {
    const key = this.#key(measure);
    if (key === undefined) return fail('key-missing', `the key of measure ${measure} is not held here`);
    const plain = openBytes(key, contextOf(measure), sealed);
    return plain === undefined
      ? fail('malformed-entry', `an item of measure ${measure} does not open with its key`)
      : ok(plain);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #ask(measure: string): Promise<boolean> {
    try {
      const wrapped = await this.#fetch?.(measure);
      return wrapped !== undefined && (await this.accept(measure, wrapped));
    } finally {
      this.#fetching.delete(measure);
    }
  }

  async #keep(measure: string, key: Uint8Array): Promise<void> {
    await this.#file.append({ measure, wrapped: wrapKey(this.#wrapping, measure, key) });
    this.#raw.set(measure, key);
  }

  #key(measure: string): KeyObject | undefined {
    const young = this.#young.get(measure);
    if (young !== undefined) return young;
    let key = this.#old.get(measure);
    if (key === undefined) {
      const raw = this.#raw.get(measure);
      if (raw === undefined) return undefined;
      key = createSecretKey(raw);
    }
    if (this.#young.size >= KEY_OBJECTS_MAX / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(measure, key);
    return key;
  }
}

const contextOf = (measure: string): Uint8Array => Buffer.from(measure, 'latin1');
export const wrapKey = (wrapping: KeyObject, measure: string, key: Uint8Array): string =>
  Buffer.from(sealBytes(wrapping, contextOf(measure), key)).toString('base64');
const unwrap = (wrapping: KeyObject, measure: string, wrapped: string): Uint8Array | undefined => {
  const key = openBytes(wrapping, contextOf(measure), Buffer.from(wrapped, 'base64'));
  return key?.length === KEY_BYTES ? key : undefined;
};
