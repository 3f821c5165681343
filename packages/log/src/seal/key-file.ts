// The keys of a site on its disk: one line a measure, each key wrapped by the site's wrapping key, appended and fsynced before the
// key is used. Lies outside the log and outside the log's backups. A line torn by a crash is the last one, and no key of it was
// ever used: it is cut off.
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WrappedKey {
  readonly measure: string;
  /** Nonce, ciphertext and tag of the 32 bytes, base64. */
  readonly wrapped: string;
}

const LINE = /^\{"measure":"([0-9a-f]{32})","wrapped":"([A-Za-z0-9+/=]{80})"\}$/;

export class KeyFile {
  readonly #path: string;
  #handle: FileHandle;
  #size: number;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
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
    return new KeyFile(path, handle, end);
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

  /**
   * Resolves once a file without the key has taken the place of this one on the disk, and the key's place in the old one is written over. What
   * a disk keeps beside that (a journal, worn cells, its own snapshots) is the disk's: the key is wrapped there, too.
   */
  remove(measure: string): Promise<void> {
    const removed = this.#last.then(() => this.#rewriteWithout(measure));
    this.#last = removed.catch(() => {});
    return removed;
  }
  async #rewriteWithout(measure: string): Promise<void> {
    const old = await open(this.#path, 'r+');
    try {
      const bytes = await old.readFile();
      const mark = `{"measure":"${measure}"`;
      const kept = bytes
        .toString('latin1')
        .split('\n')
        .filter((line) => !line.startsWith(mark))
        .join('\n');
      if (kept.length === bytes.length) return;
      const fresh = `${this.#path}.new`;
      const writer = await open(fresh, 'w', 0o600);
      try {
        await writer.writeFile(kept, 'latin1');
        await writer.sync();
      } finally {
        await writer.close();
      }
      await rename(fresh, this.#path);
      await syncFolder(dirname(this.#path));
      const before = this.#handle;
      this.#handle = await open(this.#path, 'a+', 0o600);
      this.#size = kept.length;
      await before.close();
      await old.write(Buffer.alloc(bytes.length), 0, bytes.length, 0);
      await old.sync();
    } finally {
      await old.close();
    }
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
