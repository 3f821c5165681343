// How much room the log server's disk has. A stream whose write met a full disk takes nothing more until its server is started again,
// copies included, and nothing is refused either (measured, 2.15.1). So the site stops writing while there is still room: then it
// goes on by itself once more is made.
import { statfs } from 'node:fs/promises';

/** More than everything that may be under way: 256 appends and 512 copies of some 60 kB each. */
export const DISK_RESERVE_BYTES = 64 * 1024 * 1024;
/** Full below the reserve, not full again before this many reserves are free: no flapping at the border. */
const ROOM_RESERVES = 1.5;
const LOOK_EVERY_MS = 250;

export interface DiskWatchOptions {
  /** Any folder on the disk of the log server's store. */
  readonly dir: string;
  readonly reserveBytes?: number;
  /** Free bytes; a real look unless a test gives its own. */
  readonly look?: (dir: string) => Promise<number>;
}

export class DiskWatch {
  readonly #o: DiskWatchOptions;
  readonly reserveBytes: number;
  #freeBytes: number | undefined;
  #full = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(o: DiskWatchOptions) {
    this.#o = o;
    this.reserveBytes = o.reserveBytes ?? DISK_RESERVE_BYTES;
  }

  /** Resolves after the first look. */
  static async open(o: DiskWatchOptions): Promise<DiskWatch> {
    const watch = new DiskWatch(o);
    await watch.look();
    watch.#again();
    return watch;
  }

  /** Nothing may be written to the log now. */
  get full(): boolean {
    return this.#full;
  }
  /** Undefined: the disk cannot be looked at from here, so nothing is known of it and nothing is held back. */
  get freeBytes(): number | undefined {
    return this.#freeBytes;
  }
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async look(): Promise<void> {
    const { dir, look = freeBytesOf } = this.#o;
    try {
      this.#freeBytes = await look(dir);
    } catch {
      // The store may lie on another machine: then its server alone can say that it is full.
      this.#freeBytes = undefined;
    }
    const limit = this.#full ? ROOM_RESERVES * this.reserveBytes : this.reserveBytes;
    this.#full = this.#freeBytes !== undefined && this.#freeBytes < limit;
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.look().then(() => this.#again()), LOOK_EVERY_MS);
  }
}

async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}
