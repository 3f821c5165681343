// L13 with replicas: what was folded from a copy that is not what its origin says is folded anew, from a snapshot of before.
import { Keeper, Notary, type Divergence } from '@vigie/log';
import { must } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { forgetSnapshotsFrom } from './forget-snapshots.ts';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

test('[L13] a copy altered on the disk is found, and after the rebuild both sites have the same state again', async () => {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  const { noirmont } = two;
  const notaryOf = async (site: 'noirmont' | 'delemont', found: Divergence[] = []): Promise<Notary> => {
    const notary = await Notary.open({
      log: two.at(site).log,
      time: two.time,
      onSuspect: () => {},
      onDivergence: (one) => found.push(one),
      onFailure: (detail) => expect.fail(detail),
    });
    onTestFinished(() => notary.close());
    return notary;
  };
  const own = await notaryOf('noirmont');
  noirmont.keeper.stop();
  const keeper = new Keeper({
    log: noirmont.log,
    merge: noirmont.replica.merge,
    time: two.time,
    entryId: () => `told-${two.time.nowUs()}`,
    heartbeat: () => ({ tree: must(own.own(), 'read') }),
  });
  onTestFinished(() => keeper.stop());
  noirmont.replica.onChange((change) => keeper.changed(change));

  const report = async (seq: number, inside: boolean): Promise<number> => {
    const draft = reportsDraft(noirmont.keys, [
      [1, [{ atMs: two.time.nowUs() / 1000, seq, ...(inside ? INSIDE : OUTSIDE) }]],
    ]);
    const stored = await noirmont.log.append(draft);
    await two.pass(1000);
    if (stored.kind !== 'stored') throw new Error(stored.detail);
    return stored.seq;
  };
  await noirmont.log.append(caseDraft(noirmont.keys, 1));
  await report(1, false);
  await two.settle();
  expect(await two.delemont.replica.snapshotNow()).toBe(true);

  // On its way to Delémont's disk, one report is altered: Delémont settles what nobody wrote.
  two.cluster.cut();
  const at = await report(2, true);
  const { epoch } = noirmont.log;
  const bytes = must(
    must(two.cluster.server('noirmont').disk.stream('noirmont', epoch), 'open').messages[at - 1],
    'stored',
  );
  const disk = must(two.cluster.server('delemont').disk.stream('noirmont', epoch), 'copied');
  while (disk.messages.length < at)
    disk.messages.push(
      must(two.cluster.server('noirmont').disk.stream('noirmont', epoch)?.messages[disk.messages.length], 'there'),
    );
  const forged = Uint8Array.from(bytes);
  forged[forged.length - 20] = (must(forged.at(-20), 'long enough') + 64) % 256;
  disk.messages[at - 1] = forged;
  two.cluster.heal();
  await two.settle();
  expect(two.delemont.replica.digestNow()).not.toBe(noirmont.replica.digestNow());
  expect(await two.delemont.replica.snapshotNow()).toBe(true);

  const found: Divergence[] = [];
  await notaryOf('delemont', found);
  await two.until(() => found.length > 0);
  expect(found).toMatchObject([{ site: 'noirmont', epoch, wrong: 'copy', first: at }]);
  expect(await two.delemont.log.dropCopy('noirmont', epoch)).toBe(true);
  await two.kill('delemont');
  expect(await two.snapshots.delemont.list()).toHaveLength(2);
  expect(await forgetSnapshotsFrom(two.snapshots.delemont, { site: 'noirmont', epoch, seq: at })).toBe(1);

  await two.open('delemont');
  await two.until(() => two.delemont.replica.caughtUp);
  await report(3, true);
  await two.settle();
  expect(two.delemont.replica.digestNow()).toBe(noirmont.replica.digestNow());
  expect(two.delemont.replica.caseView(measureOf(1))).toEqual(noirmont.replica.caseView(measureOf(1)));
});
