// Membership of sites with three partitions, in memory: a site has left, or has gone on alone, once it has in all of them.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HybridClock, Keeper, ManualTime, MemoryCluster, type MemoryLog, joinedPeer } from '@vigie/log';
import { SITES, type SiteId, must, ok } from '@vigie/model';
import { type KeyRing, Replica } from '@vigie/replica';
import { expect, onTestFinished, test } from 'vitest';
import { type Member, membershipPort } from './membership.ts';

const KEYS: KeyRing = {
  has: () => true,
  open: (_, bytes) => ok(bytes),
  seal: (_, plain) => ok(plain),
  fetch: async () => true,
};
const PARTITIONS = 3;

async function threePartitions() {
  const time = new ManualTime();
  const timing = {
    nowUs: () => time.nowUs(),
    after: (ms: number, run: () => void) => time.after(ms, run),
    soon: (run: () => void) => void setImmediate(run),
  };
  const clusters = Array.from({ length: PARTITIONS }, () => new MemoryCluster({ time }));
  const dir = mkdtempSync(join(tmpdir(), 'vigie-membership-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const begunAgain: SiteId[] = [];
  const open = async (site: SiteId) => {
    const clock = new HybridClock(time);
    const members: (Member & { readonly log: MemoryLog })[] = [];
    const peer = () => joinedPeer(members.map(({ log }) => log.peer()));
    for (const [partition, cluster] of clusters.entries()) {
      const log = cluster.open(site, clock);
      const replica = await Replica.open({ site, log, partition, keys: KEYS, onFault: () => {}, timing });
      const keeper = new Keeper({
        log,
        merge: replica.merge,
        time,
        partitions: PARTITIONS,
        leaving: () => (members.length === PARTITIONS ? peer() : { leaving: false, staysForUs: false }),
        entryId: () => randomBytes(16).toString('hex'),
      });
      replica.onChange((change) => keeper.changed(change));
      onTestFinished(async () => {
        keeper.stop();
        await replica.close();
        await log.close();
      });
      members.push({ log, replica, keeper, dataDir: dir });
    }
    return { members, peer, port: membershipPort(members, () => begunAgain.push(site)) };
  };
  const sites = { noirmont: await open('noirmont'), delemont: await open('delemont') };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      time.advance(10);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let passed = 0; !holds(); passed += 10) {
      if (passed > 30_000) throw new Error('did not come true within 30 s of simulated time');
      await pass(10);
    }
  };
  const isAdmitted = ({ log, replica: { merge } }: Member & { readonly log: MemoryLog }): boolean =>
    merge.isAdmitted(log.site, log.epoch);
  await until(() => SITES.every((site) => sites[site].members.every(isAdmitted) && sites[site].peer().joined));
  return { ...sites, clusters, pass, until, begunAgain, dir };
}

test('[L8] a site leaves in every partition or in none, and returns in every one', async () => {
  const { noirmont, delemont, clusters, pass, until } = await threePartitions();
  // One partition does not hear the other site: no partition leaves.
  must(clusters[1], 'a partition').cut();
  await until(() => !delemont.peer().joined);
  delemont.port.drain('sre');
  await pass(3_000);
  expect(delemont.members.map(({ log }) => log.left)).toEqual([false, false, false]);
  expect(delemont.port.state()).toMatchObject({ membership: 'leaving' });
  must(clusters[1], 'a partition').heal();
  await until(() => delemont.port.state().membership === 'left');
  await until(() => noirmont.port.state().alone);
  expect(noirmont.port.state()).toMatchObject({ membership: 'member', alone: true });
  delemont.port.undrain();
  await until(() => delemont.port.state().membership === 'member' && !noirmont.port.state().alone);
});

test('[L8] of two sites that would leave at once the same one stays in every partition', async () => {
  const { noirmont, delemont, until } = await threePartitions();
  delemont.port.drain('sre');
  noirmont.port.drain('sre');
  await until(() => noirmont.port.state().membership === 'left');
  expect(delemont.port.state().membership).toBe('member');
});

test('[L8] a site that one partition hears is not retired in any; else in all, under one generation, which the admits of the log name', async () => {
  const { noirmont, delemont, clusters, until, begunAgain, dir } = await threePartitions();
  for (const cluster of clusters.slice(0, -1)) cluster.cut();
  await until(() => !noirmont.peer().joined && noirmont.members.slice(0, -1).every(({ log }) => !log.peer().reachable));
  expect(await noirmont.port.retire('sre')).toEqual({ kind: 'refused', reason: 'heard' });
  expect(noirmont.members.map(({ replica }) => replica.merge.generation)).toEqual(Array(PARTITIONS).fill('genesis'));
  must(clusters.at(-1), 'a partition').cut();
  await until(() => noirmont.members.every(({ log }) => !log.peer().reachable));
  const founded = await noirmont.port.retire('sre');
  if (founded.kind !== 'founded') throw new Error(founded.kind);
  await until(() => noirmont.port.state().alone);
  expect(new Set(noirmont.members.map(({ replica }) => replica.merge.generation))).toEqual(
    new Set([founded.generation]),
  );
  // Delémont does the same, and gives it up again.
  expect((await delemont.port.retire('sre')).kind).toBe('founded');
  expect(await noirmont.port.yield('sre')).toEqual({ kind: 'refused', reason: 'no-rival' });
  for (const cluster of clusters) cluster.heal();
  await until(
    () =>
      delemont.port.state().rival !== null &&
      delemont.members.every(({ replica }) => replica.merge.rival !== undefined),
  );
  expect(await delemont.port.yield('sre')).toEqual({ kind: 'yielded', to: founded.generation });
  expect(begunAgain).toEqual(['delemont']);
  expect(JSON.parse(readFileSync(join(dir, 'rebuild.json'), 'utf8'))).toMatchObject({ site: 'delemont', seq: 1 });
});

test('[L1] each admit of a log with several partitions records how many', async () => {
  const { noirmont } = await threePartitions();
  for (const { log } of noirmont.members) {
    const [messages] = [await log.read('noirmont', log.epoch, 1 as never, 100)];
    const admits = messages.flatMap(({ entry }) =>
      entry.ok && entry.value.kind === 'admit' ? [entry.value.data] : [],
    );
    expect(admits.length).toBeGreaterThan(0);
    expect(admits.every((data) => (data as { partitions?: number }).partitions === PARTITIONS)).toBe(true);
  }
});
