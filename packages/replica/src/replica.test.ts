// One site's promise to the other: the same entries give the same state, the same incidents and the same events, whatever came first.
import { expect, onTestFinished, test } from 'vitest';
import { SITES } from '@vigie/model';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft, stepPayload } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

async function twoSites(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  return two;
}
const nowMs = (two: TwoSites): number => two.time.nowUs() / 1000;

test('[L8] both sites settle the same state with the same digest', async () => {
  const two = await twoSites();
  const { noirmont, delemont } = two;
  await noirmont.log.append(caseDraft(noirmont.keys, 1));
  await two.settle();
  await noirmont.log.append(reportsDraft(noirmont.keys, [[1, [{ atMs: nowMs(two), seq: 1, ...OUTSIDE }]]]));
  await delemont.log.append(reportsDraft(delemont.keys, [[1, [{ atMs: nowMs(two) + 1000, seq: 2, ...INSIDE }]]]));
  await two.settle();
  await two.pass(3000);
  await two.settle();
  const views = SITES.map((site) => two.at(site).replica.caseView(measureOf(1)));
  expect(views[0]?.incidents.map((incident) => incident.kind)).toEqual(['exclusion']);
  expect(views[0]?.devices[0]?.reports).toBe(2);
  expect(views[1]).toEqual(views[0]);
  const states = SITES.map((site) => two.at(site).replica.status().digest);
  expect(states.map((state) => state?.equal)).toEqual([true, true]);
  expect(noirmont.replica.digestNow()).toBe(delemont.replica.digestNow());
  expect(SITES.flatMap((site) => two.at(site).faults)).toEqual([]);
});

test('[D1] an incident is published once at both sites: early, then confirmed; a step of a person follows', async () => {
  const two = await twoSites();
  const { noirmont, delemont } = two;
  await noirmont.log.append(caseDraft(noirmont.keys, 1));
  await two.settle();
  await noirmont.log.append(reportsDraft(noirmont.keys, [[1, [{ atMs: nowMs(two), seq: 1, ...INSIDE }]]]));
  await two.settle();
  await two.pass(500);
  const id = noirmont.replica.caseView(measureOf(1))?.incidents[0]?.incidentId ?? '';
  const deciding = delemont.replica.decide(
    { kind: 'step', measure: measureOf(1), payload: stepPayload(id, 'acknowledge', 'op') },
    2000,
  );
  await two.pass(500);
  expect(await deciding).toMatchObject({ kind: 'decided', outcome: { kind: 'applied' }, settled: true });
  for (const site of SITES) {
    const { events } = two.at(site).replica.events(undefined, 100);
    expect(events.map((event) => event.id).sort()).toEqual([`${id}/acknowledged`, `${id}/confirmed`, `${id}/early`]);
    expect(events.every((event) => event.caseId === 'JU-1')).toBe(true);
  }
});
