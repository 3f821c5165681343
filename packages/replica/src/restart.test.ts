// A replica that ends and begins anew: from a snapshot, from an older one, from the start of the log, joined and apart.
import { expect, onTestFinished, test } from 'vitest';
import { SITES, type SiteId } from '@vigie/model';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

async function twoSites(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  return two;
}
const CASES = [1, 2, 3];
async function history(two: TwoSites, rounds: number, from = 0): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const n of CASES) {
      const { log, keys } = two.sites[n === 1 ? 'noirmont' : 'delemont'] ?? two.delemont;
      const atMs = two.time.nowUs() / 1000 - (round % 3 === 2 ? 5000 : 0);
      const where = (round + n) % 2 === 0 ? INSIDE : OUTSIDE;
      await log.append(reportsDraft(keys, [[n, [{ atMs, seq: from + round + 1, ...where }]]]));
      await two.pass(200);
    }
}
const views = (two: TwoSites, site: SiteId) => CASES.map((n) => two.at(site).replica.caseView(measureOf(n)));
async function begun(): Promise<TwoSites> {
  const two = await twoSites();
  for (const n of CASES) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  await history(two, 12);
  await two.settle();
  return two;
}

test('a snapshot and the rest of the log give the same state as the whole log, without folding it again', async () => {
  const two = await begun();
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  await history(two, 2, 100);
  await two.kill('noirmont');
  await history(two, 1, 200);
  const { replica } = await two.open('noirmont');
  await two.until(() => replica.caughtUp);
  await two.settle();
  await two.pass(25_000, 100);
  await two.settle();
  const silences = views(two, 'noirmont').flatMap(
    (view) => view?.incidents.filter((one) => one.kind === 'silence') ?? [],
  );
  expect(silences).toHaveLength(CASES.length); // the observed time goes on across the restart
  expect(views(two, 'noirmont')).toEqual(views(two, 'delemont'));
  expect(replica.digestNow()).toBe(two.delemont.replica.digestNow());
  expect(replica.evaluations).toBeLessThan(two.delemont.replica.evaluations / 2);
  expect(replica.status().digest?.equal).toBe(true);
  expect(replica.deviceByTokenHash('token-2')?.caseId).toBe('JU-2');
  // Events from before the snapshot are no longer here, and that is said.
  expect(replica.events(undefined, 10).truncated).toBe(true);
  expect(two.delemont.replica.events(undefined, 1000).truncated).toBe(false);
  expect(SITES.flatMap((site) => two.at(site).faults)).toEqual([]);
});

test('a snapshot that was altered is said and passed over: the one before, or the start of the log', async () => {
  const two = await begun();
  await two.noirmont.replica.snapshotNow();
  await history(two, 1, 100);
  await two.settle();
  await two.noirmont.replica.snapshotNow();
  const names = await two.snapshots.noirmont.list();
  expect(names).toHaveLength(2);
  const alter = async (name: string): Promise<void> => {
    const parts = two.snapshots.noirmont.parts.get(name)?.map((part) => part.slice());
    const bytes = parts?.[1];
    if (parts === undefined || bytes === undefined) throw new Error('no snapshot');
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    two.snapshots.noirmont.parts.set(name, parts);
  };
  for (const altered of [1, 2]) {
    await alter(names[altered - 1] as string);
    await two.kill('noirmont');
    const { replica, faults } = await two.open('noirmont');
    await two.until(() => replica.caughtUp);
    await two.settle();
    expect(faults.map((fault) => fault.kind)).toEqual(Array.from({ length: altered }, () => 'snapshot-unusable'));
    expect(replica.digestNow()).toBe(two.delemont.replica.digestNow());
  }
});

test('a restart while apart finds the same live state, and publishes nothing a second time', async () => {
  const two = await begun();
  await two.noirmont.replica.snapshotNow();
  await two.settle();
  two.cluster.cut();
  await two.pass(1500);
  await history(two, 3, 100);
  const before = views(two, 'noirmont');
  const count = () => two.noirmont.log.read('noirmont', two.noirmont.log.epoch, 1 as never, 100_000);
  const events = (await count()).filter((one) => one.entry.ok && one.entry.value.kind === 'event').length;
  await two.kill('noirmont');
  const { replica } = await two.open('noirmont');
  await two.until(() => replica.caughtUp);
  expect(views(two, 'noirmont')).toEqual(before);
  // The reports since the snapshot, and their events: nothing of the 36 before it was folded.
  expect(replica.evaluations).toBeGreaterThanOrEqual(3);
  expect(replica.evaluations).toBeLessThan(36);
  await two.pass(3000);
  const after = (await count()).filter((one) => one.entry.ok && one.entry.value.kind === 'event').length;
  expect(after).toBe(events);
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expect(views(two, 'noirmont')).toEqual(views(two, 'delemont'));
  expect(replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[L10] a log server that restarts opens a new epoch; what was written meanwhile takes its place once admitted', async () => {
  const two = await begun();
  two.cluster.cut();
  await two.pass(1500);
  two.cluster.stopServer('noirmont');
  two.cluster.startServer('noirmont');
  await history(two, 2, 100);
  expect(two.noirmont.replica.status().epochs.filter((epoch) => !epoch.admitted)).toHaveLength(1);
  two.cluster.heal();
  await two.until(() =>
    SITES.every((site) =>
      two
        .at(site)
        .replica.status()
        .epochs.every((epoch) => epoch.admitted),
    ),
  );
  await two.settle();
  await two.pass(3000);
  expect(two.noirmont.replica.status().epochs).toHaveLength(3);
  expect(views(two, 'noirmont')).toEqual(views(two, 'delemont'));
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  expect(SITES.flatMap((site) => two.at(site).faults)).toEqual([]);
});
