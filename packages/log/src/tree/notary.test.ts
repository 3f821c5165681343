// L13 over the in-memory log: two keepers whose heartbeats carry the tree, and copies that are altered under them.
import { type SiteId, must, seqOf } from '@vigie/model';
import { beforeEach, expect, test } from 'vitest';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { openNotarised } from '../testing/notarised-site.ts';
import { newEntryId } from '../testing/running-site.ts';
import { ManualTime } from '../time.ts';
import type { TreesSnapshot, TreeStore } from './tree-store.ts';

class MemoryTrees implements TreeStore {
  kept: TreesSnapshot | undefined;
  async load(): Promise<TreesSnapshot | undefined> {
    return this.kept;
  }
  async save(trees: TreesSnapshot): Promise<void> {
    this.kept = trees;
  }
}

let time: ManualTime;
let cluster: MemoryCluster;
let trees: Record<SiteId, MemoryTrees>;
beforeEach(() => {
  time = new ManualTime();
  cluster = new MemoryCluster({ time });
  trees = { noirmont: new MemoryTrees(), delemont: new MemoryTrees() };
});

const open = (site: SiteId) => openNotarised(cluster.open(site), time, trees[site]);

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    time.advance(50);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
const report = (text: string) => ({
  entryId: newEntryId(),
  kind: 'reports' as const,
  items: [{ measure: 'ab'.repeat(16), bytes: Buffer.from(text) }],
});

/** Flips one bit of an entry as it lies on a disk. */
function flip(on: SiteId, of: SiteId, epoch: string, seq: number, at = -1): void {
  const { messages } = must(cluster.server(on).disk.stream(of, epoch), 'the stream');
  const bytes = Uint8Array.from(must(messages[seq - 1], 'the message'));
  const i = at < 0 ? bytes.length + at : at;
  bytes[i] = (bytes[i] as number) ^ 1;
  messages[seq - 1] = bytes;
}

test('[L13] heartbeats carry the size and root of the own tree, and the copy has the same', async () => {
  const n = await open('noirmont');
  const d = await open('delemont');
  for (let i = 0; i < 20; i++) await n.log.append(report(`report ${i}`));
  await pass(3000);
  const { epoch } = n.log;
  expect(n.notary.own()).toEqual(d.notary.of('noirmont', epoch));
  const told = (await d.log.read('noirmont', epoch, seqOf(1), 1000)).flatMap((m) =>
    m.entry.ok && m.entry.value.kind === 'heartbeat' ? [m.entry.value.data] : [],
  );
  expect(told.at(-1)).toMatchObject({
    tree: { size: expect.any(Number), root: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect([...n.suspects, ...d.suspects]).toEqual([]);
});

test('[L13] one flipped bit in a copy that is read again halts that origin and is named', async () => {
  const n = await open('noirmont');
  const first = await open('delemont');
  await pass(1000);
  await first.stop();
  const from = must(cluster.server('delemont').disk.stream('noirmont', n.log.epoch), 'copied').messages.length;
  for (let i = 0; i < 5; i++) await n.log.append(report(`report ${i}`));
  flip('delemont', 'noirmont', n.log.epoch, from + 3);
  const d = await open('delemont');
  await pass(2000);
  expect(d.suspects).toHaveLength(1);
  expect(d.log.halted.has('noirmont')).toBe(true);
  expect(d.found).toMatchObject([{ site: 'noirmont', epoch: n.log.epoch, wrong: 'copy', first: from + 3 }]);
  expect(d.found[0]?.confirmed).toBeLessThanOrEqual(from);
  const held = d.merge.held();
  await n.log.append(report('after'));
  await pass(1000);
  expect(d.merge.held()).toEqual(held);

  // Given up and copied anew: everything is as the origin has it.
  expect(await d.log.dropCopy('noirmont', n.log.epoch)).toBe(true);
  await d.stop();
  const again = await open('delemont');
  await pass(3000);
  expect([...again.suspects, ...again.found]).toEqual([]);
  expect(again.notary.of('noirmont', n.log.epoch)).toEqual(n.notary.own());
});

test('[L13] the envelope counts as much as the items, and so does a heartbeat that was altered itself', async () => {
  const n = await open('noirmont');
  await n.log.append(report('one'));
  await pass(2000);
  const { messages } = must(cluster.server('delemont').disk.stream('noirmont', n.log.epoch), 'copied');
  const beat = messages.findIndex((bytes) => Buffer.from(bytes).includes('"root"'));
  const at = Buffer.from(must(messages[beat], 'a heartbeat')).indexOf('"root"') + 10;
  flip('delemont', 'noirmont', n.log.epoch, beat + 1, at);
  const d = await open('delemont');
  await pass(1000);
  expect(d.found).toMatchObject([{ wrong: 'copy', first: beat + 1 }]);
});

test('[L13] an origin that was altered after it had told its root is not copied over what is here', async () => {
  const n = await open('noirmont');
  for (let i = 0; i < 3; i++) await n.log.append(report(`report ${i}`));
  await pass(1000);
  flip('noirmont', 'noirmont', n.log.epoch, 2);
  flip('delemont', 'noirmont', n.log.epoch, 2);
  const d = await open('delemont');
  await pass(1000);
  expect(d.found).toMatchObject([{ wrong: 'origin', first: undefined }]);
});

test('[L13] while the other site is not reached, the origin stays halted and nothing is concluded', async () => {
  const n = await open('noirmont');
  for (let i = 0; i < 3; i++) await n.log.append(report(`report ${i}`));
  await pass(1000);
  flip('delemont', 'noirmont', n.log.epoch, 2);
  cluster.cut();
  const d = await open('delemont');
  await pass(2000);
  expect(d.suspects).toHaveLength(1);
  expect(d.found).toEqual([]);
  cluster.heal();
  await pass(1000);
  expect(d.found).toMatchObject([{ wrong: 'copy', first: 2 }]);
});

test('[L13] a restarted site goes on from the trees it kept and reads nothing twice', async () => {
  const n = await open('noirmont');
  const d = await open('delemont');
  for (let i = 0; i < 10; i++) await n.log.append(report(`report ${i}`));
  await pass(2000);
  await d.stop();
  expect(trees.delemont.kept?.find(({ site }) => site === 'noirmont')?.tree.size).toBeGreaterThan(10);
  const again = await open('delemont');
  await pass(2000);
  expect(again.notary.of('noirmont', n.log.epoch)).toEqual(n.notary.own());
  expect(again.suspects).toEqual([]);
});
