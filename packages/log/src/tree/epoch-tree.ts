// The tree of one epoch as far as it is read here. Of the other origin, what its heartbeats have confirmed, and the leaves since then:
// a heartbeat tells the root at some earlier size.
import { assert, type HeartbeatData, type SiteId } from '@vigie/model';
import type { OriginMessage } from '../types.ts';
import { entryLeaf } from './entry-leaf.ts';
import { MerkleTree, type MerkleSnapshot } from './merkle.ts';

/** 32 bytes each. Without a word of the other site for so many entries, they are taken as they are. */
const UNCONFIRMED_MAX = 1_000_000;

export type TreeClaim = NonNullable<HeartbeatData['tree']>;

export class EpochTree {
  readonly site: SiteId;
  readonly epoch: string;
  #confirmed: MerkleTree;
  #leaves: Buffer[] = [];

  constructor(site: SiteId, epoch: string, confirmed?: MerkleSnapshot) {
    this.site = site;
    this.epoch = epoch;
    this.#confirmed = confirmed === undefined ? new MerkleTree() : MerkleTree.restore(confirmed);
  }

  /** How many entries are read. */
  get read(): number {
    return this.#confirmed.size + this.#leaves.length;
  }
  get confirmed(): MerkleSnapshot {
    return this.#confirmed.snapshot();
  }
  /** Entries of an epoch come in their order; repeats change nothing. */
  add(message: OriginMessage): void {
    if (message.seq <= this.read) return;
    assert(message.seq === this.read + 1, 'a log delivers an epoch in its order');
    this.#leaves.push(entryLeaf(message));
    if (this.#leaves.length >= UNCONFIRMED_MAX) this.#confirm(this.read);
  }
  /** Everything that was read is as it must be: the own origin. */
  confirmAll(): void {
    this.#confirm(this.read);
  }

  /** False: this tree had another root at that size, or was never that large. */
  agrees({ size, root }: TreeClaim): boolean {
    if (size <= this.#confirmed.size) return size < this.#confirmed.size || this.#confirmed.root() === root;
    if (size > this.read) return false;
    const grown = this.#grownTo(size);
    if (grown.root() !== root) return false;
    this.#take(grown);
    return true;
  }
  /** Size and root of everything read. */
  whole(): TreeClaim {
    const grown = this.#grownTo(this.read);
    return { size: grown.size, root: grown.root() };
  }

  #confirm(size: number): void {
    this.#take(this.#grownTo(size));
  }
  #grownTo(size: number): MerkleTree {
    const grown = MerkleTree.restore(this.#confirmed.snapshot());
    for (let i = 0; grown.size < size; i++) grown.append(this.#leaves[i] as Buffer);
    return grown;
  }
  #take(grown: MerkleTree): void {
    this.#leaves = this.#leaves.slice(grown.size - this.#confirmed.size);
    this.#confirmed = grown;
  }
}

export function treeClaim(data: unknown): TreeClaim | undefined {
  const tree = (data as HeartbeatData | undefined)?.tree;
  return tree !== undefined && Number.isSafeInteger(tree.size) && typeof tree.root === 'string' ? tree : undefined;
}
