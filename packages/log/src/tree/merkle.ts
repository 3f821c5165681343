// A Merkle tree that only grows (RFC 6962), kept as its frontier: the roots of the perfect subtrees that its size consists of, at most
// 53 of them. That is enough to append and to tell the root; proofs read the log again.
import { hash } from 'node:crypto';
import { assert, must } from '@vigie/model';

const HASH_BYTES = 32;
const LEAF = 0;
const NODE = 1;

export interface MerkleSnapshot {
  readonly size: number;
  /** Hex, the largest subtree first. */
  readonly peaks: readonly string[];
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = NODE;
let leaf = Buffer.alloc(4096);

/** By way of a string, which takes half the time: a buffer of its own for each hash is what the other way costs. */
const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');

/** H(0x00 | content), so that no content can be taken for a node. */
export function leafHash(content: Uint8Array): Buffer {
  if (leaf.length < content.length + 1) leaf = Buffer.alloc(2 * content.length);
  leaf[0] = LEAF;
  leaf.set(content, 1);
  return sha256(leaf.subarray(0, content.length + 1));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

export class MerkleTree {
  #size = 0;
  readonly #peaks: Buffer[] = [];

  static restore({ size, peaks }: MerkleSnapshot): MerkleTree {
    const tree = new MerkleTree();
    tree.#size = size;
    tree.#peaks.push(...peaks.map((peak) => Buffer.from(peak, 'hex')));
    assert(bitsOf(size) === peaks.length, 'a tree has one peak for each bit of its size');
    return tree;
  }
  snapshot(): MerkleSnapshot {
    return { size: this.#size, peaks: this.#peaks.map((peak) => peak.toString('hex')) };
  }

  get size(): number {
    return this.#size;
  }
  append(hashOfLeaf: Buffer): void {
    let grown = hashOfLeaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2)
      grown = nodeHash(must(this.#peaks.pop(), 'a peak for each bit'), grown);
    this.#peaks.push(grown);
    this.#size++;
  }
  root(): string {
    let root = this.#peaks.at(-1);
    if (root === undefined) return sha256(new Uint8Array()).toString('hex');
    for (let i = this.#peaks.length - 2; i >= 0; i--) root = nodeHash(must(this.#peaks[i], 'in range'), root);
    return root.toString('hex');
  }
  /** The hash over all leaves, as bytes; of none, of nothing. */
  rootBytes(): Buffer {
    return Buffer.from(this.root(), 'hex');
  }
}

function bitsOf(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
