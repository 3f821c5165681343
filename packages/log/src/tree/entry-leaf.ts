// The leaf of one entry in the tree of its epoch: site, epoch, seq, t, and the root over the entry's parts: first its envelope, then
// each item as it is stored. So a proof can show one item, and nothing of another case but hashes.
import { entryParts, utf8Encode } from '@vigie/model';
import type { OriginMessage } from '../types.ts';
import { MerkleTree, leafHash } from './merkle.ts';

const VERSION = 'vigie entry 1';
/** Of bytes that are no entry: they keep their sequence, and have no time. */
const NO_T = -1;

export function entryLeaf({ site, epoch, seq, entry, bytes }: OriginMessage): Buffer {
  const parts = new MerkleTree();
  for (const part of entry.ok ? entryParts(bytes) : [bytes]) parts.append(leafHash(part));
  const head = utf8Encode(`${VERSION}\n${site} ${epoch} ${seq} ${entry.ok ? entry.value.t : NO_T}\n`);
  return leafHash(Buffer.concat([head, parts.rootBytes()]));
}
