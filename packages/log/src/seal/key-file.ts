// The keys of a site on its disk: one line a measure, each key wrapped by the site's wrapping key, appended and fsynced before the
// key is used. Lies outside the log and outside the log's backups. A line torn by a crash is the last one, and no key of it was
// ever used: it is cut off.
import { type FileHandle, open } from 'node:fs/promises';

export interface WrappedKey {
  readonly measure: string;
  /** Nonce, ciphertext and tag of the 32 bytes, base64. */
  readonly wrapped: string;
}

const LINE = /^\{"measure":"([0-9a-f]{32})","wrapped":"([A-Za-z0-9+/=]{80})"\}$/;

export class KeyFile {
  readonly #handle: FileHandle;
  #size: number;
  #last: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  static async open(path: string, onKey: (key: WrappedKey) => void): Promise<KeyFile> {
    const handle = await open(path, 'a+', 0o600);
    const bytes = await handle.readFile();
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) await handle.truncate(end);
    const lines = bytes.subarray(0, end).toString('latin1').split('\n');
    for (let i = 0; i < lines.length - 1; i++) {
      const match = LINE.exec(lines[i] as string);
      if (match === null) {
        await handle.close();
        throw new Error(
          `${path} line ${i + 1} is not a wrapped key: restore the file from its copy, or fetch keys from the other site`,
        );
      }
      onKey({ measure: match[1] as string, wrapped: match[2] as string });
    }
    return new KeyFile(handle, end);
  }

  /** Resolves once on disk. */
  append(key: WrappedKey): Promise<void> {
    const line = Buffer.from(`{"measure":"${key.measure}","wrapped":"${key.wrapped}"}\n`, 'latin1');
    const write = this.#last.then(async () => {
      await this.#handle.appendFile(line);
      await this.#handle.datasync();
      this.#size += line.length;
    });
    this.#last = write.catch(() => this.#handle.truncate(this.#size)); // a half-written line must not stand before the next one
    return write;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }
}
