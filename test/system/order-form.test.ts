// An order from the clerk's page to the alarm, on two real sites in a real browser: the compiler refuses what cannot be, the engine says what
// the order would have meant, the signature is in force at both sites, and what the person does next is an alarm on the page.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '@vigie/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../../packages/console/src/testing/browser.ts';

const CASE = 'JU-2026-7001';
const DEVICE = 'bracelet-7001';
const SCHOOL = { lat: 47.3655, lon: 7.3447 } as const;
const HOME = { lat: 47.2562, lon: 6.9965 } as const;
/** 200 m and more around the school; crossed where the third and the fourth point change places. */
const AROUND = ['7.3417, 47.3635', '7.3477, 47.3635', '7.3477, 47.3675', '7.3417, 47.3675'];
const CROSSED = [AROUND[0], AROUND[2], AROUND[1], AROUND[3]];

let cluster: Cluster;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let dataDir: string;
let seq = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigie-order-form-'));
  cluster = await startCluster({ dataDir, port: 0, say: () => undefined });
  browser = await openBrowser({ webgl: false });
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function report(
  token: string,
  places: readonly { readonly at: number; lat: number; lon: number }[],
): Promise<void> {
  const reports = places.map(({ at, lat, lon }) => ({
    at: new Date(at).toISOString(),
    lat,
    lon,
    accuracyM: 8,
    boot: 1,
    seq: ++seq,
  }));
  const answer = await fetch(`${cluster.urls.noirmont}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ deviceId: DEVICE, reports }),
  });
  expect(await answer.json()).toMatchObject({ accepted: places.length, rejected: [] });
}

test('[L16] a clerk records a measure, previews a change, signs it, and what breaks it is an alarm at both sites', async () => {
  const page = await (await browser.newContext({ locale: 'fr-CH' })).newPage();
  const field = (path: string) => page.locator(`[id="order-${path}"]`);
  const sign = async () => {
    await page.locator('[data-test=sign]').click();
    await page.locator('[data-test=sign-now]').click();
    await page.locator('[data-test=signed][data-how=settled]').waitFor();
  };
  await page.goto(cluster.urls.noirmont);
  await page.locator('[data-test=token]').fill(cluster.tokens.cantons['JU'] ?? '');
  await page.keyboard.press('Enter');

  await page.locator('[data-test=new-order]').click();
  await field('caseId').fill(CASE);
  await field('legalBasis').selectOption('StGB 67b');
  await field('devices[0].deviceId').fill(DEVICE);
  // The order is valid from a day before on, so that the day that was lived lies in it.
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 16);
  await field('validFrom').fill(yesterday);
  await sign();
  const token = (await page.locator('[data-test=tokens] code').textContent()) ?? '';

  const now = Date.now();
  const walk = Array.from({ length: 60 }, (_, i) => ({ at: now - (70 - i) * 60_000, ...(i % 20 < 5 ? SCHOOL : HOME) }));
  await report(token, walk);
  await page.locator('[data-test=open-signed]').click();
  await page.locator('[data-test=vary]').click();
  await page.locator('[data-test=add-rule]').click();
  const card = page.locator('[data-rule=exclusion-1]');
  await field('rules[3].zone.type').selectOption('area');
  await card.locator('[data-test=zone-points]').fill(CROSSED.join('\n'));
  await page.locator('[data-test=preview]').click();
  await card.getByText(/Point \d : le contour se croise lui-même/).waitFor();

  await card.locator('[data-test=zone-points]').fill(AROUND.join('\n'));
  await page.locator('[data-test=preview]').click();
  const row = page.locator('[data-test=preview-shown] tr', { hasText: 'Zone interdite' });
  // Three times at the school in the hour that was lived.
  await row.getByText('3', { exact: true }).first().waitFor();
  await sign();

  await report(token, [{ at: Date.now(), ...SCHOOL }]);
  await page.locator('[data-test=open-signed]').click();
  await page.locator('[data-incident]', { hasText: 'Zone interdite' }).waitFor();
  for (const url of Object.values(cluster.urls)) {
    const answer = await fetch(`${url}/v1/incidents?caseId=${CASE}`, {
      headers: { authorization: `Bearer ${cluster.tokens.operator}` },
    });
    const { items } = (await answer.json()) as { items: { ruleId: string; kind: string }[] };
    expect(items).toContainEqual(expect.objectContaining({ ruleId: 'exclusion-1', kind: 'exclusion' }));
  }
});
