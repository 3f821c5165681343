// The archives of a site: a folder with one file for each closed epoch (L19). A file has its name only once it is verified.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Seq, type SiteId, compareEpochs } from '@vigie/model';
import type { OriginMessage } from '../types.ts';
import { type ArchiveIndex, readArchive, readIndex, verifyArchive, writeArchive } from './archive-file.ts';

/** In a site's data folder. */
export const ARCHIVES_DIR = 'archives';
const ENDING = '.vga';
const NAME = /^[a-z]+_[0-9]+-[a-z0-9]+\.vga$/;

export class Archives {
  readonly dir: string;
  readonly #of = new Map<string, ArchiveIndex>();

  /** Reads what there is; a file that is no whole archive is not one. */
  static async open(dir: string): Promise<Archives> {
    const archives = new Archives(dir);
    const names = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw cause;
    });
    for (const name of names) {
      if (!NAME.test(name)) continue;
      const index = await readIndex(join(dir, name));
      if (index !== undefined) archives.#of.set(keyOf(index.site, index.epoch), index);
    }
    return archives;
  }

  private constructor(dir: string) {
    this.dir = dir;
  }

  list(): readonly ArchiveIndex[] {
    return [...this.#of.values()].sort((a, b) =>
      a.site === b.site ? compareEpochs(a.epoch, b.epoch) : a.site < b.site ? -1 : 1,
    );
  }
  get(site: SiteId, epoch: string): ArchiveIndex | undefined {
    return this.#of.get(keyOf(site, epoch));
  }
  fileOf(site: SiteId, epoch: string): string {
    return join(this.dir, `${site}_${epoch}${ENDING}`);
  }

  /** Entries from a sequence on, a block at a time; none if there is no such archive. Throws when the bytes are damaged. */
  async *blocks(site: SiteId, epoch: string, from: number): AsyncGenerator<OriginMessage[]> {
    const index = this.get(site, epoch);
    if (index !== undefined) yield* readArchive(this.fileOf(site, epoch), index, from);
  }
  async read(site: SiteId, epoch: string, from: Seq, limit: number): Promise<OriginMessage[]> {
    const messages: OriginMessage[] = [];
    for await (const block of this.blocks(site, epoch, from)) {
      for (const message of block) if (messages.length < limit) messages.push(message);
      if (messages.length >= limit) break;
    }
    return messages;
  }

  /** Written, read back and verified; undefined: what was read back is not what was to be written. */
  async make(
    site: SiteId,
    epoch: string,
    messages: AsyncIterable<OriginMessage>,
    expected: { readonly size: number; readonly root: string },
  ): Promise<ArchiveIndex | undefined> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const next = `${this.fileOf(site, epoch)}.new`;
    await writeArchive(next, site, epoch, messages);
    return this.adopt(next, site, epoch, expected);
  }
  /** A file that came from somewhere gets its name once it is verified; otherwise it is removed. */
  async adopt(
    file: string,
    site: SiteId,
    epoch: string,
    expected: { readonly size: number; readonly root: string },
  ): Promise<ArchiveIndex | undefined> {
    const index = await verifyArchive(file);
    const isIt =
      index?.site === site && index.epoch === epoch && index.size === expected.size && index.root === expected.root;
    if (index === undefined || !isIt) {
      await rm(file, { force: true });
      return undefined;
    }
    await rename(file, this.fileOf(site, epoch));
    const dir = await open(this.dir, 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
    this.#of.set(keyOf(site, epoch), index);
    return index;
  }
}

const keyOf = (site: SiteId, epoch: string): string => `${site} ${epoch}`;
