// Uploads as they lie in the log, and what a site does with such an entry before its fold: hash it into the tree of its epoch, decode it,
// open each item with the key of its measure. Everything is the shipped code; only the place on a disk is made up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedItem } from '@vigie/engine';
import { MeasureKeys, originMessage } from '@vigie/log';
import { entryLeaf, keyFileOf } from '@vigie/log/bench';
import {
  ENTRY_MINOR,
  ENTRY_VERSION,
  type Entry,
  ITEM_OVERHEAD_BYTES,
  type Item,
  type LogTimeUs,
  ReportBatchReader,
  encodeEntry,
  must,
  seqOf,
} from '@vigie/model';
import { openItem } from '@vigie/replica';

/** At which ingest closes an entry. */
const ENTRY_BYTES = 48_000;
const EPOCH = '1-bench';
const WRAPPING_KEY_BYTES = 32;

export class SealedUploads {
  readonly #keys: MeasureKeys;
  readonly #reader = new ReportBatchReader();
  #written = 0;
  #read = 0;
  /** Of the last leaf: hashing is not left out. */
  leafByte = 0;

  private constructor(keys: MeasureKeys) {
    this.#keys = keys;
  }

  static async open(measures: readonly string[]): Promise<SealedUploads> {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-keys-'));
    try {
      const file = join(folder, 'keys.jsonl');
      const wrappingKey = new Uint8Array(WRAPPING_KEY_BYTES).fill(7);
      await keyFileOf(file, wrappingKey, measures);
      return new SealedUploads(await MeasureKeys.open({ file, wrappingKey }));
    } finally {
      // The keys are in memory, and the open file goes with its descriptor.
      rmSync(folder, { recursive: true });
    }
  }
  close(): Promise<void> {
    return this.#keys.close();
  }

  /** The bytes of the entries in which ingest would append these uploads, one item each. */
  entriesOf(uploads: readonly { readonly measure: string; readonly plain: Uint8Array }[], t: LogTimeUs): Uint8Array[] {
    const entries: Uint8Array[] = [];
    let items: Item[] = [];
    let bytes = 0;
    const close = (): void => {
      if (items.length > 0) entries.push(this.#entry(items, t));
      items = [];
      bytes = 0;
    };
    for (const { measure, plain } of uploads) {
      const sealed = this.#keys.seal(measure, plain);
      if (!sealed.ok) throw new Error(sealed.error.detail);
      const size = sealed.value.length + ITEM_OVERHEAD_BYTES;
      if (bytes + size > ENTRY_BYTES) close();
      items.push({ measure, bytes: sealed.value });
      bytes += size;
    }
    close();
    return entries;
  }
  #entry(items: readonly Item[], t: LogTimeUs): Uint8Array {
    const entryId = (this.#written++).toString(16).padStart(32, '0');
    const entry: Entry = { v: ENTRY_VERSION, minor: ENTRY_MINOR, entryId, kind: 'reports', items, t, seen: null };
    return encodeEntry(entry);
  }

  /** Each item is valid until the next one. */
  read(bytes: Uint8Array, take: (item: OpenedItem) => void): void {
    const message = originMessage('noirmont', EPOCH, seqOf(++this.#read), bytes);
    if (!message.entry.ok) throw new Error(message.entry.error.detail);
    this.leafByte = entryLeaf(message)[0] as number;
    const entry = message.entry.value;
    for (const item of entry.items) {
      const opened = openItem(entry, item, this.#keys, this.#reader);
      if (!opened.ok) throw new Error(opened.error.detail);
      take(must(opened.value, 'reports are folded'));
    }
  }
}
