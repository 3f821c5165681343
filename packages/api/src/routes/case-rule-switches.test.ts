// One rule of one case switched off by four eyes, as people meet it: who may, what is refused, and that both sites have it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, newCase } from '../testing/client.ts';
import { TOKENS, TwoSites } from '../testing/two-sites.ts';

let two: TwoSites;
beforeEach(async () => {
  two = await TwoSites.start();
});
afterEach(() => two.close());

const MINUTE = 60_000;
const CASE = newCase('moved', 'JU');
const rule = 'stay-away';
const path = `/v1/cases/moved/rules/switches`;
const inMinutes = (n: number): string => new Date(Date.now() + n * MINUTE).toISOString();
const off = (ruleId: string, more: object = {}) => ({
  ruleId,
  off: true,
  until: inMinutes(60),
  note: 'moved house, the order follows',
  ...more,
});
const asked = (body: object, token: string = TOKENS.operator) => ask(two.noirmont.api, path, { token, body });
const approved = (id: string, token: string) => ask(two.delemont.api, `${path}/${id}/approve`, { token, body: {} });
const switchesAt = (site: 'noirmont' | 'delemont') => {
  const { replica } = two.at(site);
  return replica.caseView(replica.measureOfCase('moved') as string)?.switches;
};
const shown = (site: 'noirmont' | 'delemont') => ask(two.at(site).api, path, { token: TOKENS.JU });

async function begun(version = 6): Promise<void> {
  await two.noirmont.log.append({ kind: 'engine_version', entryId: 'to', items: [], data: { version } });
  await two.until(() => two.noirmont.replica.rules.newest === version && two.delemont.replica.rules.newest === version);
  expect((await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.JU, body: CASE })).status).toBe(201);
  await two.until(() => two.delemont.replica.measureOfCase('moved') !== undefined);
}

test('[RS8] an operator asks, the authority approves at the other site, and both sites have it off until its end', async () => {
  await begun();
  const first = await asked(off(rule));
  expect(first).toMatchObject({
    status: 200,
    body: { settled: true, switches: { off: [], asked: [{ ruleId: rule }] } },
  });
  const { id } = first.body.switches.asked[0];
  await two.until(() => switchesAt('delemont')?.asked.length === 1);
  expect(await approved(id, TOKENS.BE)).toMatchObject({ status: 404 });
  expect(await approved(id, TOKENS.operator)).toMatchObject({ status: 409 });
  expect(await approved(id, TOKENS.JU)).toMatchObject({
    status: 200,
    body: { switches: { off: [{ ruleId: rule, note: 'moved house, the order follows' }], asked: [] } },
  });
  await two.until(() => switchesAt('noirmont')?.off.length === 1);
  expect((await shown('noirmont')).body).toEqual((await shown('delemont')).body);
  expect((await asked(off(rule))).status).toBe(409);
  expect((await asked({ ruleId: rule, off: false, note: 'the order is varied' })).status).toBe(200);
});

test('[RS8] what may not be is refused with its field, and only who decides about the case asks', async () => {
  await begun();
  for (const [body, field] of [
    [off('nothing'), 'ruleId'],
    [off(rule, { until: undefined }), 'until'],
    [off(rule, { until: inMinutes(-1) }), 'until'],
    [off(rule, { until: inMinutes(5 * 24 * 60 + 1) }), 'until'],
    [off(rule, { note: ' ' }), 'note'],
  ] as const)
    expect(await asked(body)).toMatchObject({ status: 422, body: { fields: [{ field }] } });
  for (const token of [TOKENS.sre, TOKENS.auditor]) expect((await asked(off(rule), token)).status).toBe(403);
  expect((await asked(off(rule), TOKENS.BE)).status).toBe(404);
  expect((await asked({ ruleId: rule, off: false, note: 'n' })).status).toBe(409);
});

test('[RS9] before both sites know how, nothing is asked for', async () => {
  await begun(5);
  expect(await asked(off(rule))).toMatchObject({
    status: 409,
    body: { type: 'urn:vigie:problem:switch-refused' },
  });
});
