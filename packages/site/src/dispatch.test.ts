// Two sites and real receivers: who is told, by whom, how often, when things go as they should and when they do not (D3).
import { SITES } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { DispatchingSites } from './testing/dispatching-sites.ts';

async function sites(
  receivers: Readonly<Record<string, readonly number[]>> = { desk: [0] },
): Promise<DispatchingSites> {
  const two = await DispatchingSites.start(receivers);
  onTestFinished(() => two.dispose());
  await two.court();
  return two;
}
/** Steps that a receiver was told, in the order of their arrival. */
const told = (two: DispatchingSites, receiver = 'desk'): string[] =>
  two.receiver(receiver).ids.map((id) => id.slice(id.indexOf('/') + 1));
const outcomes = (two: DispatchingSites, site: (typeof SITES)[number]) =>
  two.incidents(site)[0]?.deliveries?.map(({ step, site: by, turn, outcome }) => [step, by, turn, outcome]);

test('[D3] joined, the owner tells at once, once, and both sites know that it was taken', async () => {
  const two = await sites();
  await two.breach('delemont');
  await two.pass(30_000);
  expect(told(two)).toEqual(['early']);
  for (const site of SITES) expect(outcomes(two, site)).toEqual([['early', 'delemont', 1, 'delivered']]);
  const [got] = two.receiver('desk').got;
  const event = JSON.parse(got?.body ?? '') as { id: string; type: string; data: { incident: { caseId: string } } };
  expect(event).toMatchObject({ id: got?.headers['webhook-id'], type: 'vigie.incident.early', specversion: '1.0' });
  expect(event.data.incident.caseId).toBe('JU-1');
  expect(got?.body).not.toMatch(/"lat"|"lon"|47\.25/);
  expect(SITES.map((site) => two.at(site).dispatch.status().pending)).toEqual([0, 0]);
  expect(two.notes).toEqual([]);
});

test('[D3] the other site tells when it sees no attempt within 2 s, also when the first one lives', async () => {
  const two = await sites();
  two.at('noirmont').dispatch.close();
  await two.breach('noirmont');
  await two.pass(1_900);
  expect(two.incidents('delemont')[0]?.published).toContain('early');
  expect(told(two)).toEqual([]);
  await two.pass(30_000);
  expect(told(two)).toEqual(['early']);
  expect(outcomes(two, 'noirmont')).toEqual([['early', 'delemont', 1, 'delivered']]);
  expect(two.at('delemont').dispatch.status().takeovers).toBe(1);
});

test('[D3] a site that dies between attempt and receipt is followed by the other after 10 s, with the same id', async () => {
  const two = await sites();
  const desk = two.receiver('desk');
  desk.status = 0;
  desk.onGot = async () => {
    desk.onGot = undefined;
    await two.burn('noirmont');
    desk.status = 200;
  };
  await two.breach('noirmont');
  await two.until(() => told(two).length === 1);
  await two.pass(9_000);
  expect(told(two)).toEqual(['early']);
  await two.pass(5_000);
  expect(new Set(desk.ids).size).toBe(1);
  expect(desk.ids).toHaveLength(2);
  await two.rebuild('noirmont');
  await two.pass(30_000);
  expect(desk.ids).toHaveLength(2);
  expect(outcomes(two, 'noirmont')).toEqual([['early', 'delemont', 2, 'delivered']]);
});

test('[D3] a receiver that is away is tried by both in turns, is said to be, and is told in the end', async () => {
  const two = await sites();
  const desk = two.receiver('desk');
  desk.status = 503;
  await two.breach('noirmont');
  await two.pass(25_000);
  expect(outcomes(two, 'noirmont')).toEqual([['early', 'delemont', 2, undefined]]);
  expect(two.at('noirmont').dispatch.status().failedTries).toBe(4);
  await two.pass(100_000, 100);
  const failed = () => two.incidents('delemont').find(({ kind }) => kind === 'dispatch_failed');
  expect(failed()).toMatchObject({ ruleId: 'dispatch/desk', certainty: 'raised' });
  expect(failed()?.closedAtMs).toBeUndefined();
  desk.status = 200;
  await two.until(() => failed()?.closedAtMs !== undefined, 300_000);
  const taken = desk.got.length;
  await two.pass(30_000, 100);
  expect(desk.got).toHaveLength(taken);
  expect(new Set(desk.ids).size).toBe(1);
  expect(SITES.reduce((sum, site) => sum + two.at(site).dispatch.status().delivered, 0)).toBe(1);
});

test('[D3] apart, each site tells under the same id; healed, nothing is told again', async () => {
  const two = await sites();
  two.cluster.cut();
  await two.pass(1_500);
  await two.breach('noirmont', 'delemont');
  await two.pass(20_000);
  const { ids } = two.receiver('desk');
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  two.cluster.heal();
  await two.pass(60_000, 100);
  expect(two.receiver('desk').ids).toHaveLength(2);
  expect(two.at('noirmont').replica.digestNow()).toBe(two.at('delemont').replica.digestNow());
});

test('[D3] each level is told to its own receivers, once, also when the owner dies between two of them', async () => {
  const two = await sites({ desk: [0, 1], supervisor: [3], police: [4] });
  await two.breach('noirmont');
  await two.pass(100_000, 100);
  await two.burn('noirmont');
  await two.pass(220_000, 100);
  expect(['desk', 'supervisor', 'police'].map((id) => told(two, id))).toEqual([
    ['early', 'escalated.1'],
    ['escalated.3'],
    [],
  ]);
  await two.rebuild('noirmont');
  await two.pass(30_000, 100);
  two.acknowledge('noirmont');
  await two.pass(900_000, 500);
  expect([...two.receivers.values()].map(({ got }) => got.length)).toEqual([2, 1, 0]);
});

test('[D3] a level that was not delivered before somebody acknowledged is not delivered after it', async () => {
  const two = await sites({ desk: [0], pager: [1] });
  two.receiver('pager').status = 503;
  await two.breach('noirmont');
  await two.pass(65_000, 100);
  const tried = two.receiver('pager').got.length;
  expect(tried).toBeGreaterThan(0);
  two.acknowledge('delemont');
  await two.pass(1_000);
  const triedUntilThen = two.receiver('pager').got.length;
  await two.pass(120_000, 100);
  expect(two.receiver('pager').got).toHaveLength(triedUntilThen);
  expect(SITES.map((site) => two.at(site).dispatch.status().pending)).toEqual([0, 0]);
});

test('[D3] what both sites left undone when they died is done, once, when they are back', async () => {
  const two = await sites();
  for (const site of SITES) two.at(site).dispatch.close();
  await two.breach('noirmont');
  await two.pass(1_000);
  for (const site of SITES) await two.burn(site);
  for (const site of SITES) await two.rebuild(site);
  await two.pass(60_000, 100);
  expect(told(two)).toEqual(['early']);
  for (const site of SITES) expect(two.incidents(site)[0]?.deliveries).toMatchObject([{ outcome: 'delivered' }]);
});
