// L13 with replicas: while no copy of the other origin comes, what that site tells itself is live here, and nothing more.
import { SITES, type SiteId } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { OPENING_WAIT_MS, TAKEOVER_AFTER_MS } from './duties.ts';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';
import { UnobservedWatch } from './unobserved.ts';

/** What Delémont writes comes to Noirmont by no copy; Delémont answers over HTTP. */
async function stalled(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.settle();
  await say(two, 'delemont', 1, OUTSIDE);
  await two.settle();
  two.cluster.cut('delemont');
  two.answersDirectly.add('delemont');
  return two;
}
const say = (two: TwoSites, site: SiteId, seq: number, where: object) => {
  const { log, keys } = two.at(site);
  return log.append(reportsDraft(keys, [[1, [{ atMs: two.time.nowUs() / 1000, seq, ...where }]]]));
};
const incidents = (two: TwoSites, site: SiteId) => two.at(site).replica.caseView(measureOf(1))?.incidents ?? [];
const earlies = (two: TwoSites, site: SiteId): string[] =>
  two
    .at(site)
    .replica.events(undefined, 1000)
    .events.filter(({ type }) => type === 'vigie.incident.early')
    .map(({ data }) => data.incidentId);

test('[L13] [D3] a breach that only the other site has on disk is shown and published here, told by its owner alone', async () => {
  const two = await stalled();
  await two.pass(1_100);
  await say(two, 'delemont', 2, INSIDE);
  await two.pass(400);
  expect(incidents(two, 'noirmont')).toHaveLength(1);
  expect(earlies(two, 'noirmont')).toEqual(earlies(two, 'delemont'));
  await two.pass(TAKEOVER_AFTER_MS + 500);
  expect(earlies(two, 'noirmont')).toHaveLength(1);
  expect(two.noirmont.replica.merge.directCount).toBeGreaterThan(0);
});

test('[L13] [L7] [L9] the copy brings what was told: nothing is placed a second time or moves, and both sites end alike', async () => {
  const two = await stalled();
  const held = two.noirmont.replica.merge.held();
  const { settledT } = two.noirmont.replica.status();
  await two.pass(1_100);
  for (let seq = 2; seq < 12; seq++) {
    await say(two, 'delemont', seq, seq % 3 === 0 ? INSIDE : OUTSIDE);
    await two.pass(300);
  }
  expect(two.noirmont.replica.merge.held()).toEqual(held);
  expect(two.noirmont.replica.status().settledT).toBe(settledT);
  await two.pass(500);
  const told = two.noirmont.replica.merge.directFrom?.seq ?? 0;
  const again: string[] = [];
  two.noirmont.replica.onChange(({ placed, moved }) => {
    if (moved) again.push('moved');
    for (const { site, seq } of placed) if (site === 'delemont' && seq < told) again.push(`placed ${seq}`);
  });
  two.cluster.heal();
  await two.settle();
  expect(told).toBeGreaterThan(10);
  expect(again).toEqual([]);
  expect(two.noirmont.replica.merge.directCount).toBe(0);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  expect(incidents(two, 'noirmont')).toEqual(incidents(two, 'delemont'));
  expect(two.noirmont.faults).toEqual([]);
});

test('[L13] a site that is not reached either way is asked seldom, and nothing is live that was not received', async () => {
  const two = await stalled();
  two.answersDirectly.clear();
  await two.pass(1_500);
  await say(two, 'delemont', 2, INSIDE);
  await two.pass(2_000);
  expect(two.noirmont.replica.merge.directCount).toBe(0);
  expect(incidents(two, 'noirmont')).toEqual([]);
});

test('[L13] a site that answers again after an outage is not read past its copy for the first seconds', async () => {
  const two = await stalled();
  two.answersDirectly.clear();
  await two.pass(2_500);
  await say(two, 'delemont', 2, INSIDE);
  two.answersDirectly.add('delemont');
  await two.pass(2_900);
  expect(two.noirmont.replica.merge.directCount).toBe(0);
  await two.pass(2_000);
  expect(two.noirmont.replica.merge.directCount).toBeGreaterThan(0);
  expect(incidents(two, 'noirmont')).toHaveLength(1);
});

test('[D2] [L13] a report that is missed is asked for at once: a device that moves over is told of under one id', async () => {
  const two = await stalled();
  await say(two, 'delemont', 2, INSIDE);
  await two.pass(40);
  await say(two, 'noirmont', 3, INSIDE);
  await two.pass(OPENING_WAIT_MS + 200);
  const [first] = earlies(two, 'delemont');
  expect(first).toBeDefined();
  expect(incidents(two, 'noirmont').map(({ incidentId }) => incidentId)).toEqual([first]);
  await two.pass(TAKEOVER_AFTER_MS + 500);
  two.cluster.heal();
  await two.settle();
  await two.pass(3_000);
  for (const site of SITES) expect(earlies(two, site)).toEqual([first]);
  for (const site of SITES) expect(incidents(two, site)[0]?.aliases).toEqual([]);
});

test('[D5] [L13] while the other site tells itself what no line brings, its devices are observed; once it does not, they are listed', async () => {
  const two = await stalled();
  const { replica, log } = two.noirmont;
  const watch = new UnobservedWatch({
    site: 'noirmont',
    timing: two.timing,
    peer: () => log.peer(),
    newestT: () => replica.newestLiveT('delemont'),
    hasLeft: () => false,
    boundTo: (site) => replica.measuresBoundTo(site),
    view: (measure) => replica.liveView(measure),
  });
  await watch.look();
  await two.pass(3_000);
  await watch.look();
  expect(log.peer().reachable).toBe(false);
  expect(watch.state).toBeUndefined();
  two.answersDirectly.clear();
  await two.pass(2_000);
  await watch.look();
  await two.pass(2_000);
  await watch.look();
  expect(watch.state?.devices).toHaveLength(1);
});
