// D2 in practice: one breach is told under one id, also when the reports of a device lie in both origins and one of them is late.
import { SITES, type SiteId } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { OPENING_WAIT_MS } from './duties.ts';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

async function twoSites(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.settle();
  return two;
}
const say = (two: TwoSites, site: SiteId, seq: number, where: object) => {
  const { log, keys } = two.at(site);
  return log.append(reportsDraft(keys, [[1, [{ atMs: two.time.nowUs() / 1000, seq, ...where }]]]));
};
const idsOf = (two: TwoSites, site: SiteId): string[] =>
  two
    .at(site)
    .replica.events(undefined, 1000)
    .events.filter(({ type }) => type === 'vigie.incident.early')
    .map(({ data }) => data.incidentId);
const allIds = (two: TwoSites): Set<string> => new Set(SITES.flatMap((site) => idsOf(two, site)));

test('[D2] a device moves over while its last reports are on their way: the site it came to tells no second id', async () => {
  const two = await twoSites();
  await say(two, 'delemont', 1, OUTSIDE);
  await two.settle();
  // What Delémont writes is late at Noirmont; the other way it is not.
  two.cluster.cut('delemont');
  await say(two, 'delemont', 2, INSIDE);
  await two.pass(40);
  const [first] = idsOf(two, 'delemont');
  expect(first).toBeDefined();
  await say(two, 'noirmont', 3, INSIDE);
  await two.pass(OPENING_WAIT_MS - 100);
  expect(two.noirmont.replica.caseView(measureOf(1))?.incidents).toHaveLength(1);
  expect(idsOf(two, 'noirmont')).toEqual([]);
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expect(allIds(two)).toEqual(new Set([first]));
  for (const site of SITES) expect(idsOf(two, site)).toEqual([first]);
  const incidents = SITES.map((site) => two.at(site).replica.caseView(measureOf(1))?.incidents);
  expect(incidents[0]).toEqual(incidents[1]);
  expect(incidents[0]?.map(({ incidentId }) => incidentId)).toEqual([first]);
});

test('[D2] [D3] what is missing does not come: the alarm is out after a bounded moment, and is one incident in the end', async () => {
  const two = await twoSites();
  await say(two, 'delemont', 1, OUTSIDE);
  await two.settle();
  two.cluster.cut();
  await say(two, 'delemont', 2, INSIDE);
  await two.pass(20);
  await say(two, 'noirmont', 3, INSIDE);
  await two.pass(OPENING_WAIT_MS + 60);
  const [early] = idsOf(two, 'noirmont');
  expect(early).toBeDefined();
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expect(allIds(two).size).toBe(2);
  const [incident, ...more] = two.noirmont.replica.caseView(measureOf(1))?.incidents ?? [];
  expect(more).toEqual([]);
  expect(allIds(two)).toEqual(new Set([incident?.incidentId, ...(incident?.aliases ?? [])]));
});

test('[D3] an alarm whose report follows a known one waits for nothing', async () => {
  const two = await twoSites();
  await say(two, 'noirmont', 1, OUTSIDE);
  await two.settle();
  two.cluster.cut();
  await say(two, 'noirmont', 2, INSIDE);
  await two.pass(40);
  expect(idsOf(two, 'noirmont')).toHaveLength(1);
});
