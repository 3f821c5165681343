// The trees of all epochs, kept between two runs of a site: one small file, replaced whole. What is damaged is made anew from the log.
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { SiteId } from '@vigie/model';
import type { MerkleSnapshot } from './merkle.ts';

export type TreesSnapshot = readonly { readonly site: SiteId; readonly epoch: string; readonly tree: MerkleSnapshot }[];

export interface TreeStore {
  /** Undefined: there is none that can be used. */
  load(): Promise<TreesSnapshot | undefined>;
  save(trees: TreesSnapshot): Promise<void>;
}

const VERSION = 1;

export class FileTrees implements TreeStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async load(): Promise<TreesSnapshot | undefined> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw cause;
    }
    const [digest, body] = [text.slice(0, 64), text.slice(65)];
    if (digestOf(body) !== digest) return undefined;
    const { version, trees } = JSON.parse(body) as { version: number; trees: TreesSnapshot };
    return version === VERSION ? trees : undefined;
  }

  async save(trees: TreesSnapshot): Promise<void> {
    const body = JSON.stringify({ version: VERSION, trees });
    const next = `${this.#file}.next`;
    await writeFile(next, `${digestOf(body)}\n${body}`, { mode: 0o600 });
    await rename(next, this.#file);
  }
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');
