// The check itself, on two sites in one process over a log in memory: it must hold, and it must be able to fall short.
import { afterEach, expect, test } from 'vitest';
import { type TwinSites, openTwinSites } from '../testing/twin-sites.ts';
import { runCheck } from './check.ts';

let twin: TwinSites | undefined;
afterEach(async () => {
  await twin?.close();
  twin = undefined;
});

const small = { seed: 3, persons: 60, speed: 8_000, budgetS: 60 };
const said: string[] = [];
const say = (line: string): void => void said.push(line);

test('a fleet through both sites ends with the incidents that the oracle expects, at both', {
  timeout: 90_000,
}, async () => {
  twin = await openTwinSites();
  const result = await runCheck({ ...small, access: twin.access, say });
  expect(result).toMatchObject({
    ok: true,
    incidents: { missing: 0, extra: 0, equal: true },
    reports: { acknowledged: result.reports.sent, devicesPerSite: { noirmont: 30, delemont: 30 } },
    digestsEqual: true,
  });
  expect(result.incidents.noirmont).toBeGreaterThanOrEqual(result.incidents.expected);
  expect(result.reportToIncidentMs.p50).toBeGreaterThan(0);
  expect(Object.keys(result)).toEqual([
    'ok',
    'reports',
    'incidents',
    'digestsEqual',
    'settledBehindMs',
    'reportToIncidentMs',
    'elapsedS',
  ]);
});
test('sites that judge by zones 5 % too large are found out', { timeout: 90_000 }, async () => {
  twin = await openTwinSites({ zonesTooLarge: 1.05 });
  const result = await runCheck({ ...small, budgetS: 15, access: twin.access, say });
  expect(result.ok).toBe(false);
  expect(result.incidents.missing + result.incidents.extra).toBeGreaterThan(0);
  expect(said.some((line) => line.startsWith('missing: ') || line.startsWith('extra: '))).toBe(true);
});
test('a cut of the line in the middle is survived: everything acknowledged, the same at both', {
  timeout: 90_000,
}, async () => {
  const { cluster, access } = (twin = await openTwinSites());
  const result = await runCheck({
    ...small,
    access,
    say,
    onHalfSent: async () => {
      cluster.cut();
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      cluster.heal();
    },
  });
  expect(result).toMatchObject({ ok: true, incidents: { missing: 0, extra: 0, equal: true }, digestsEqual: true });
});
