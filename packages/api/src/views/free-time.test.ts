// Hours of free time as people read them: what the fold has counted in the week that runs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAR, ask, newCase } from '../testing/client.ts';
import { TOKENS, TwoSites } from '../testing/two-sites.ts';

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
  await two.noirmont.log.append({ kind: 'engine_version', entryId: 'to-4', items: [], data: { version: 4 } });
  await two.until(() => two.noirmont.replica.rules.newest === 4 && two.delemont.replica.rules.newest === 4);
});
afterAll(() => two.close());

test('[FT4] a case with free time says how much of the week is used', async () => {
  const home = { type: 'circle', center: [FAR.lon, FAR.lat], radiusM: 200 };
  const duty = [{ dtstart: '2026-01-05T03:00', duration: 'PT1H' }];
  const rules = [
    { ruleId: 'home', kind: 'inclusion', zone: home, schedule: duty },
    { ruleId: 'free', kind: 'free_time', inclusionRuleId: 'home', hoursPerWeek: 20 },
  ];
  const body = newCase('free-1', 'JU', { rules });
  const made = await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.operator, body });
  expect([made.status, made.body.fields]).toEqual([201, undefined]);
  const [, free] = made.body.case.rules;
  expect(free.freeTime).toMatchObject({ budgetS: 72_000, usedS: 0 });
  const leftMs = Date.parse(free.freeTime.weekEndsAt) - Date.now();
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(7 * 86_400_000 + 3_600_000);
  expect(made.body.case.rules[0].freeTime).toBeUndefined();
  const passive = newCase('free-2', 'JU', { rules, mode: 'passive' });
  const unseen = await ask(two.noirmont.api, '/v1/cases', { token: TOKENS.operator, body: passive });
  expect(unseen.body.case.rules[1].freeTime).toBeUndefined();
});
