// Leave and Found as people meet them: who may ask, what a drained site answers, and that answers of a site alone say so.
import { parsePosition } from '@vigie/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { VigieEvent } from '../contract.ts';
import { CENTER, FAR, ask, newCase, reportAt } from '../testing/client.ts';
import { TOKENS, TwoSites, URLS } from '../testing/two-sites.ts';

let two: TwoSites;
beforeEach(async () => {
  two = await TwoSites.start();
});
afterEach(() => two.close());
const operator = { token: TOKENS.operator };
const sre = { token: TOKENS.sre, body: {} };
const state = async (site: 'noirmont' | 'delemont') => (await ask(two[site].api, '/v1/cluster', operator)).body;

test('only an SRE drains, brings back, retires or yields', async () => {
  const body = { site: 'delemont', fenced: true };
  for (const path of ['/v1/site/drain', '/v1/site/undrain', '/v1/site/retire', '/v1/site/yield'])
    for (const token of [TOKENS.operator, TOKENS.auditor, TOKENS.JU])
      expect((await ask(two.noirmont.api, path, { token, body })).status).toBe(403);
  expect((await state('noirmont')).membership).toBe('member');
});

test('[L8] [L16] [L17] a drained site refuses decisions kindly, the other settles alone and says so, until the return', async () => {
  const created = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('kept', 'JU') });
  expect(created.body).toMatchObject({ settled: true });
  expect(created.body.alone).toBe(undefined);
  expect((await ask(two.delemont.api, '/v1/site/drain', sre)).body).toMatchObject({ membership: 'leaving' });
  await two.until(() => two.delemont.log.left && two.noirmont.replica.merge.hasLeft('delemont'));
  expect(await state('delemont')).toMatchObject({ membership: 'left', alone: false });
  expect(await state('noirmont')).toMatchObject({ membership: 'member', alone: true, peer: { left: true } });
  const refused = await ask(two.delemont.api, '/v1/cases', { ...operator, body: newCase('new', 'JU') });
  expect(refused).toMatchObject({
    status: 503,
    body: { type: 'urn:vigie:problem:site-left', ask: URLS.noirmont },
  });
  expect(refused.headers.get('retry-after')).toBe('2');
  expect((await ask(two.noirmont.api, '/v1/site/drain', sre)).status).toBe(409); // one has to stay
  two.cluster.cut();
  const alone = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('alone', 'JU') });
  expect(alone).toMatchObject({ status: 201, body: { settled: true, alone: true } });
  two.cluster.heal();
  await two.until(() => two.delemont.log.peer().joined);
  expect((await ask(two.delemont.api, '/v1/site/undrain', sre)).status).toBe(200);
  await two.until(() => !two.delemont.log.left && !two.noirmont.replica.merge.hasLeft('delemont'));
  const after = await ask(two.delemont.api, '/v1/cases', { ...operator, body: newCase('after', 'JU') });
  expect(after).toMatchObject({ status: 201, body: { settled: true } });
  expect(after.body.alone).toBe(undefined);
});

test('[L8] [L17] what a site settles alone says so at the incident, its steps and its events, and no longer once the other is back', async () => {
  await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('held', 'JU') });
  await two.report('noirmont', 'held', [reportAt('held', 1, FAR, Date.now() - 2000), reportAt('held', 2, CENTER)]);
  const feed = async (): Promise<readonly VigieEvent[]> =>
    (await ask(two.noirmont.api, '/v1/events?limit=500', operator)).body.events;
  const of = (events: readonly VigieEvent[], type: string) =>
    events.find((e) => e.type === `vigie.incident.${type}`)?.data;
  const settled = (type: string) => () => {
    const { replica } = two.noirmont;
    const said = replica.events(undefined, 1000).events.find((e) => e.data.type === type);
    return said !== undefined && said.timeUs <= replica.status().settledT;
  };
  await two.until(settled('confirmed'));
  expect(of(await feed(), 'early')).toMatchObject({ step: { settled: true } });
  expect(JSON.stringify(await feed())).not.toContain('"alone"');
  const incidentId = of(await feed(), 'early')?.incident?.incidentId;

  await ask(two.delemont.api, '/v1/site/drain', sre);
  await two.until(() => two.delemont.log.left && two.noirmont.replica.merge.hasLeft('delemont'));
  expect(JSON.stringify(await feed())).not.toContain('"alone"'); // both have what was settled before
  const taken = await ask(two.noirmont.api, `/v1/incidents/${incidentId}/acknowledge`, { ...operator, body: {} });
  const acknowledged = { status: 'acknowledged', alone: true, heldBy: { subject: 'operator', site: 'noirmont' } };
  expect(taken).toMatchObject({ status: 200, body: { settled: true, alone: true, incident: acknowledged } });
  await two.until(settled('acknowledged'));
  const events = await feed();
  expect(of(events, 'acknowledged')).toMatchObject({ step: { alone: true }, incident: acknowledged });
  expect(of(events, 'early')?.step.alone).toBe(undefined);

  expect((await ask(two.delemont.api, '/v1/site/undrain', sre)).status).toBe(200);
  await two.until(() => !two.delemont.log.left && !two.noirmont.replica.merge.hasLeft('delemont'));
  expect(JSON.stringify(await feed())).not.toContain('"alone"');
});

test('[L18] a site that is heard cannot be retired; one that is lost can, and a cursor past its end gets 410 with where to go on', async () => {
  const lost = { token: TOKENS.sre, body: { site: 'delemont', fenced: true } };
  expect(await ask(two.noirmont.api, '/v1/site/retire', lost)).toMatchObject({ status: 409 });
  expect((await ask(two.delemont.api, '/v1/site/retire', lost)).status).toBe(409); // not itself
  const unsure = { token: TOKENS.sre, body: { site: 'delemont' } };
  expect((await ask(two.noirmont.api, '/v1/site/retire', unsure)).status).toBe(422);
  two.cluster.cut();
  await two.until(() => !two.noirmont.log.peer().reachable);
  const beyond = await two.delemont.log.append({ kind: 'reports', entryId: '00'.repeat(16), items: [] });
  if (beyond.kind !== 'stored') throw new Error(beyond.kind);
  const founded = await ask(two.noirmont.api, '/v1/site/retire', lost);
  expect(founded).toMatchObject({ status: 200 });
  await two.until(() => two.noirmont.replica.merge.isRetired('delemont'));
  expect(await state('noirmont')).toMatchObject({ alone: true });
  const decided = await ask(two.noirmont.api, '/v1/cases', { ...operator, body: newCase('alone', 'JU') });
  expect(decided).toMatchObject({ status: 201, body: { settled: true, alone: true } });
  const after = `delemont.${beyond.epoch}:${beyond.seq}`;
  const voided = await ask(two.noirmont.api, `/v1/events?after=${after}`, operator);
  expect(voided).toMatchObject({ status: 410, body: { type: 'urn:vigie:problem:position-voided' } });
  const resume = parsePosition(voided.body.resumeFrom);
  expect(resume.ok && (resume.value.delemont?.seq ?? 0)).toBeLessThan(beyond.seq);
  two.cluster.heal();
  await two.until(() => !two.noirmont.replica.merge.isRetired('delemont'), 15_000);
  expect((await ask(two.noirmont.api, `/v1/events?after=${voided.body.resumeFrom}`, operator)).status).toBe(200);
});
