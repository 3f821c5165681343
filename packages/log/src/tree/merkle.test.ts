import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MerkleTree, leafHash } from './merkle.ts';

const sha = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([...parts]))
    .digest();
/** RFC 6962, section 2.1, word for word. */
function slowRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), leaves[0] as Uint8Array);
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return sha(Buffer.from([1]), slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)));
}
const leaves = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => Buffer.from(`leaf ${i}`));
function treeOf(contents: readonly Uint8Array[]): MerkleTree {
  const tree = new MerkleTree();
  for (const content of contents) tree.append(leafHash(content));
  return tree;
}

test('[L13] the root is that of RFC 6962 at every size', () => {
  for (let n = 0; n <= 70; n++) expect(treeOf(leaves(n)).root()).toBe(slowRoot(leaves(n)).toString('hex'));
});

test('[L13] a tree goes on from its snapshot as if it had never stopped', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), (first, more) => {
      const all = leaves(first + more);
      const tree = MerkleTree.restore(treeOf(all.slice(0, first)).snapshot());
      for (const content of all.slice(first)) tree.append(leafHash(content));
      expect(tree.root()).toBe(treeOf(all).root());
    }),
  );
});

test('[L13] one flipped bit of any leaf changes the root', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(), fc.nat(7), (n, at, bit) => {
      const changed = leaves(n);
      const leaf = changed[at % n] as Buffer;
      leaf[0] = (leaf[0] as number) ^ (1 << bit);
      expect(treeOf(changed).root()).not.toBe(treeOf(leaves(n)).root());
    }),
  );
});
