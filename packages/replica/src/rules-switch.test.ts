// A call for help counts from version 2 of the rules on: what is folded before the switch stays as it was, at both sites, live and in
// every replay.
import { expect, onTestFinished, test } from 'vitest';
import { RULES_VERSION } from '@vigie/engine';
import { SITES, type SiteId } from '@vigie/model';
import { replayLog } from './replay.ts';
import { caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

const switchTo = (version: number) =>
  ({ kind: 'engine_version', entryId: `to-${version}`, items: [], data: { version } }) as const;

async function begun(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1, []));
  await two.settle();
  return two;
}
async function calls(two: TwoSites, seq: number, site: SiteId = 'noirmont'): Promise<void> {
  const { log, keys } = two.at(site);
  await log.append(reportsDraft(keys, [[1, [{ atMs: two.time.nowUs() / 1000, seq, events: ['sos'] }]]]));
}
const kinds = (two: TwoSites, site: SiteId): string[] =>
  (two.at(site).replica.caseView(measureOf(1))?.incidents ?? []).map(
    ({ kind, reason, signals }) => `${kind} v${reason.version} x${signals}`,
  );

test('[RV1] rules count from the place of their switch on, the same at both sites', async () => {
  const two = await begun();
  await calls(two, 1);
  await two.settle();
  for (const site of SITES) expect(kinds(two, site)).toEqual([]);
  await two.delemont.log.append(switchTo(2));
  await two.settle();
  await calls(two, 2);
  await two.settle();
  for (const site of SITES) {
    expect(kinds(two, site)).toEqual(['sos v2 x1']);
    expect(two.at(site).replica.rules.newest).toBe(2);
  }
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[RV1] a log without a switch is folded by the first rules for ever; one with a switch, as it was folded', async () => {
  const two = await begun();
  await calls(two, 1);
  await two.settle();
  const before = await two.messages('noirmont');
  await two.noirmont.log.append(switchTo(2));
  await calls(two, 2);
  await two.settle();
  const keys = two.noirmont.keys;
  const old = await replayLog(before, keys, { site: 'noirmont' });
  expect(old.incidents).toEqual([]);
  const whole = await replayLog(await two.messages('noirmont'), keys, { site: 'noirmont' });
  expect(whole.incidents.map(({ kind }) => kind)).toEqual(['sos']);
  expect(whole.digest).toBe(two.noirmont.replica.digestNow());
});

test('[RV1] [L9] a switch that arrives behind what it concerns has it folded anew, and nothing before it', async () => {
  const two = await begun();
  await two.part();
  await calls(two, 1, 'delemont');
  await two.pass(100);
  await two.noirmont.log.append(switchTo(2));
  await two.pass(100);
  await calls(two, 2, 'delemont');
  await two.pass(100);
  expect(kinds(two, 'delemont')).toEqual([]);
  await two.meet();
  for (const site of SITES) expect(kinds(two, site)).toEqual(['sos v2 x1']);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[RV1] a restart from a snapshot knows the rules in force', async () => {
  const two = await begun();
  await two.noirmont.log.append(switchTo(2));
  await two.settle();
  await two.pass(2_000);
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  await two.kill('noirmont');
  const { replica } = await two.open('noirmont');
  await two.until(() => replica.caughtUp);
  expect(replica.rules.newest).toBe(2);
  await calls(two, 1, 'delemont');
  await two.settle();
  for (const site of SITES) expect(kinds(two, site)).toEqual(['sos v2 x1']);
  expect(replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[RV1] what names no version, an older one, or one that nobody here knows, changes nothing that this program folds', async () => {
  const two = await begun();
  await two.noirmont.log.append(switchTo(2));
  for (const data of [undefined, {}, { version: 'x' }, { version: 1 }, { version: 1e9 }])
    await two.noirmont.log.append({ kind: 'engine_version', entryId: `bad-${JSON.stringify(data)}`, items: [], data });
  await calls(two, 1);
  await two.settle();
  for (const site of SITES) expect(kinds(two, site)).toEqual([`sos v${RULES_VERSION} x1`]);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});
