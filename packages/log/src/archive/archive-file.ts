// One closed epoch as one file: blocks of entries, compressed each on its own so that any sequence can be read without the rest, then an
// index that names the blocks, the size and the root of the epoch's tree. Payloads are sealed as in the log; the file adds no secret.
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type SiteId, isEpoch, isSiteId, must, utf8Decode, utf8Encode } from '@vigie/model';
import { originMessage } from '../origin-message.ts';
import { EpochTree } from '../tree/epoch-tree.ts';
import type { OriginMessage } from '../types.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** "VGA1", at both ends: a file without its end is not one. */
const MARK = 0x56474131;
const LENGTH_BYTES = 4;
const END_BYTES = 2 * LENGTH_BYTES;
/** Of entries in one block before it is compressed: what a reader of one entry has to read. */
const BLOCK_BYTES = 1_000_000;
const INDEX_BYTES_MAX = 64_000_000;

interface Block {
  /** Of its first byte in the file, and how many there are. */
  readonly at: number;
  readonly bytes: number;
  readonly first: number;
  readonly count: number;
}

export interface ArchiveIndex {
  readonly v: 1;
  readonly site: SiteId;
  readonly epoch: string;
  /** Entries, and the root of the tree over them. */
  readonly size: number;
  readonly root: string;
  readonly blocks: readonly Block[];
}

/** Writes an epoch from its start to `file`, which is on disk when this resolves. Throws when the disk refuses. */
export async function writeArchive(
  file: string,
  site: SiteId,
  epoch: string,
  messages: AsyncIterable<OriginMessage>,
): Promise<ArchiveIndex> {
  const handle = await open(file, 'w', 0o600);
  try {
    const tree = new EpochTree(site, epoch);
    const blocks: Block[] = [];
    let at = 0;
    const put = async (bytes: Uint8Array): Promise<void> => {
      await handle.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    await put(uint32(MARK));
    let pending: OriginMessage[] = [];
    let pendingBytes = 0;
    const flush = async (): Promise<void> => {
      const [head] = pending;
      if (head === undefined) return;
      const packed = await compress(joined(pending));
      blocks.push({ at, bytes: packed.length, first: head.seq, count: pending.length });
      await put(packed);
      pending = [];
      pendingBytes = 0;
    };
    for await (const message of messages) {
      tree.add(message);
      pending.push(message);
      pendingBytes += message.bytes.length;
      if (pendingBytes >= BLOCK_BYTES) await flush();
    }
    await flush();
    const { size, root } = tree.whole();
    const index: ArchiveIndex = { v: 1, site, epoch, size, root, blocks };
    const packed = await compress(utf8Encode(JSON.stringify(index)));
    await put(packed);
    await put(uint32(packed.length));
    await put(uint32(MARK));
    await handle.sync();
    return index;
  } finally {
    await handle.close();
  }
}

/** Undefined: not a whole archive of this version. */
export async function readIndex(file: string): Promise<ArchiveIndex | undefined> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size < LENGTH_BYTES + END_BYTES) return undefined;
    const end = await bytesAt(handle, size - END_BYTES, END_BYTES);
    const length = end.readUInt32BE(0);
    if (end.readUInt32BE(LENGTH_BYTES) !== MARK || length > Math.min(INDEX_BYTES_MAX, size - END_BYTES))
      return undefined;
    const packed = await bytesAt(handle, size - END_BYTES - length, length);
    const index = JSON.parse(utf8Decode(await decompress(packed))) as ArchiveIndex;
    return index.v === 1 && isSiteId(index.site) && isEpoch(index.epoch) ? index : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code?.startsWith('Z')) return undefined;
    throw cause;
  } finally {
    await handle.close();
  }
}

/** Entries from a sequence on, block by block. Throws when the bytes are damaged. */
export async function* readArchive(file: string, index: ArchiveIndex, from: number): AsyncGenerator<OriginMessage[]> {
  const handle = await open(file, 'r');
  try {
    for (const block of index.blocks) {
      if (block.first + block.count <= from) continue;
      const raw = await decompress(await bytesAt(handle, block.at, block.bytes));
      const messages = split(raw, index, block);
      yield block.first < from ? messages.slice(from - block.first) : messages;
    }
  } finally {
    await handle.close();
  }
}

/** True if every entry is there and the tree over them is what the index says. */
export async function verifyArchive(file: string): Promise<ArchiveIndex | undefined> {
  const index = await readIndex(file);
  if (index === undefined) return undefined;
  const tree = new EpochTree(index.site, index.epoch);
  try {
    for await (const messages of readArchive(file, index, 1)) for (const message of messages) tree.add(message);
  } catch {
    return undefined; // damaged: whatever was found wrong with it, it is no archive
  }
  const { size, root } = tree.whole();
  return size === index.size && root === index.root ? index : undefined;
}

function joined(messages: readonly OriginMessage[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { bytes } of messages) parts.push(uint32(bytes.length), bytes);
  return Buffer.concat(parts);
}
function split(raw: Buffer, { site, epoch }: ArchiveIndex, block: Block): OriginMessage[] {
  const messages: OriginMessage[] = [];
  let p = 0;
  for (let i = 0; i < block.count; i++) {
    const length = raw.readUInt32BE(p);
    p += LENGTH_BYTES;
    if (p + length > raw.length) throw new RangeError('a block of an archive is cut short');
    messages.push(originMessage(site, epoch, block.first + i, raw.subarray(p, p + length)));
    p += length;
  }
  return messages;
}
function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32BE(value);
  return bytes;
}
async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw new RangeError('an archive is cut short');
  return must(buffer, 'read');
}
