// A rule switched off for everybody by four eyes, as people meet it: who may, what is refused, and that both sites show it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from '../testing/client.ts';
import { TOKENS, TwoSites } from '../testing/two-sites.ts';

let two: TwoSites;
beforeEach(async () => {
  two = await TwoSites.start();
  await two.noirmont.log.append({ kind: 'engine_version', entryId: 'to-5', items: [], data: { version: 5 } });
  await two.until(() => two.noirmont.replica.rules.newest === 5 && two.delemont.replica.rules.newest === 5);
});
afterEach(() => two.close());
const PATH = '/v1/rules/switches';
const off = { rule: 'battery', off: true, note: 'a batch of devices reports 0 %' };
const asked = (body: object = off, token: string = TOKENS.sre) => ask(two.noirmont.api, PATH, { token, body });
const approved = (id: string, token: string = TOKENS.operator) =>
  ask(two.delemont.api, `${PATH}/${id}/approve`, { token, body: {} });

test('[RS5] an SRE asks, another person approves at the other site, and both sites show it', async () => {
  const first = await asked();
  expect(first).toMatchObject({ status: 200, body: { off: [], asked: [{ ...off, by: expect.any(String) }] } });
  const { id } = first.body.asked[0];
  await two.until(() => two.delemont.replica.switched.asked(Date.now() * 1000).length === 1);
  expect(await approved(id)).toMatchObject({
    status: 200,
    body: { off: [{ rule: 'battery', note: off.note }], asked: [] },
  });
  await two.until(() => two.noirmont.replica.switched.off().length === 1);
  const shown = await ask(two.noirmont.api, PATH, { token: TOKENS.JU });
  expect(shown.body.off[0].by).toHaveLength(2);
  expect((await asked()).status).toBe(409); // off already
  expect((await asked({ ...off, off: false })).status).toBe(200);
});

test('[RS5] who asks does not approve, and an operator, auditor or canton does not ask', async () => {
  for (const token of [TOKENS.operator, TOKENS.auditor, TOKENS.JU]) expect((await asked(off, token)).status).toBe(403);
  const { id } = (await asked()).body.asked[0];
  await two.until(() => two.delemont.replica.switched.asked(Date.now() * 1000).length === 1);
  expect(await approved(id, TOKENS.sre)).toMatchObject({
    status: 409,
    body: { type: 'urn:vigie:problem:switch-refused' },
  });
  for (const token of [TOKENS.auditor, TOKENS.JU]) expect((await approved(id, token)).status).toBe(403);
  expect((await approved('another')).status).toBe(404);
});

test('[RS6] what protects a person, an unknown rule, or no reason why is refused with its field', async () => {
  for (const rule of ['sos', 'tamper', 'proximity', 'nonsense'])
    expect(await asked({ ...off, rule })).toMatchObject({ status: 422, body: { fields: [{ field: 'rule' }] } });
  expect(await asked({ ...off, note: ' ' })).toMatchObject({ status: 422, body: { fields: [{ field: 'note' }] } });
  expect((await asked({ ...off, off: false })).status).toBe(409); // it is on
});
