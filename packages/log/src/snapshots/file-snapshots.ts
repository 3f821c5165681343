// Snapshots of a site's state as files: sealed, because they hold what the log keeps sealed, and whole or not there at all.
import { type KeyObject, createSecretKey } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8Encode } from '@vigie/model';
import { openBytes, sealBytes } from '../seal/aes-gcm.ts';

const ENDING = '.snapshot';
const NAME = /^[0-9a-z-]{1,64}$/;

export class FileSnapshots {
  readonly #dir: string;
  readonly #key: KeyObject;

  /** @param key 32 bytes, of this site */
  constructor(o: { readonly dir: string; readonly key: Uint8Array }) {
    this.#dir = o.dir;
    this.#key = createSecretKey(o.key);
  }

  /** Names, newest first: names sort as their times do. */
  async list(): Promise<readonly string[]> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const files = await readdir(this.#dir);
    return files
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .sort()
      .reverse();
  }

  /** Undefined: there is none of this name. Throws when it does not open: altered, or of another site's key. */
  async load(name: string): Promise<Uint8Array | undefined> {
    const sealed = await readFile(this.#path(name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
    if (sealed === undefined) return undefined;
    const bytes = openBytes(this.#key, utf8Encode(name), sealed);
    if (bytes === undefined) throw new Error(`snapshot ${name} does not open with this site's key`);
    return bytes;
  }

  /** On disk under its name when this resolves; a crash before leaves a file that is not listed. */
  async save(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const path = this.#path(name);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(sealBytes(this.#key, utf8Encode(name), bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    const dir = await open(this.#dir, 'r');
    try {
      await dir.sync(); // the new name must be as durable as the bytes
    } finally {
      await dir.close();
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new Error(`'${name}' is not the name of a snapshot`);
    return join(this.#dir, `${name}${ENDING}`);
  }
}
