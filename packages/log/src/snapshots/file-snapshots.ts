// Snapshots of a site's state as files: sealed, because they hold what the log keeps sealed, and whole or not there at all.
import { type KeyObject, createSecretKey } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8Encode } from '@vigie/model';
import { openBytes, sealBytes } from '../seal/aes-gcm.ts';

const ENDING = '.snapshot';
/** Before each part: the length of its sealed bytes. */
const PREFIX_BYTES = 4;
const NAME = /^[0-9a-z-]{1,64}$/;

/** A part opens only under its own name and at its own place. */
const contextOf = (name: string, index: number): Uint8Array => utf8Encode(`${name} ${index}`);

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

  /**
   * The parts in order. Undefined: there is none of this name. Throws, then or while parts are read, when it does not open: altered, or of
   * another site's key.
   */
  async load(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const file = await open(this.#path(name), 'r').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
    return file === undefined ? undefined : this.#parts(file, name);
  }

  async *#parts(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
    try {
      const { size } = await file.stat();
      const prefix = Buffer.alloc(PREFIX_BYTES);
      let at = 0;
      for (let index = 0; at < size; index++) {
        await file.read(prefix, 0, PREFIX_BYTES, at);
        const sealed = Buffer.allocUnsafeSlow(Math.min(prefix.readUInt32BE(), size - at - PREFIX_BYTES));
        await file.read(sealed, 0, sealed.length, at + PREFIX_BYTES);
        const bytes = openBytes(this.#key, contextOf(name, index), sealed);
        if (bytes === undefined) throw new Error(`snapshot ${name} does not open with this site's key`);
        yield bytes;
        at += PREFIX_BYTES + sealed.length;
      }
    } finally {
      await file.close();
    }
  }

  /** On disk under its name when this resolves; a crash before leaves a file that is not listed. */
  async save(name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const path = this.#path(name);
    try {
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        let index = 0;
        for await (const part of parts) {
          const sealed = sealBytes(this.#key, contextOf(name, index++), part);
          const prefix = Buffer.alloc(PREFIX_BYTES);
          prefix.writeUInt32BE(sealed.length);
          await file.writev([prefix, sealed]);
        }
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      await rm(`${path}.new`, { force: true });
      throw cause;
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
