// Writing an order in a real browser: what is wrong is named at its field, a preview comes before the signature, a conflict is kind.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { OrderText, SiteId } from '@vigie/api/contract';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser } from '../testing/browser.ts';
import { buildPage } from '../testing/build-page.ts';
import { type DeskOptions, TestDesk } from '../testing/desk.ts';
import { CANTON_TOKEN, OPERATOR_TOKEN, incidentOf, scene } from '../testing/scene.ts';
import { type TestSite, startSites } from '../testing/test-site.ts';
import type { World } from '../testing/world.ts';

const CASE = 'JU-2026-0017';
const ORDER: OrderText = {
  validFrom: '2026-10-01T00:00:12.345Z',
  validTo: '2027-04-01T00:00:00.000Z',
  rules: [
    {
      ruleId: 'exclusion-1',
      kind: 'exclusion',
      zone: { type: 'circle', center: [7.3452123456, 47.3672], radiusM: 450 },
      bufferM: 200,
    },
    { ruleId: 'tamper-1', kind: 'tamper' },
  ],
};
const CROSSED = '7.34, 47.36\n7.35, 47.37\n7.35, 47.36\n7.34, 47.37';

let browser: Browser;
let painter: Browser;
let folder: string;
let world: World;
let sites: Readonly<Record<SiteId, TestSite>>;
let desks: TestDesk[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-ordering-'));
  await buildPage(join(folder, 'page'));
  browser = await openBrowser({ webgl: false });
  painter = await openBrowser({ webgl: true });
});
afterAll(async () => {
  await browser?.close();
  await painter?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  world = scene(20);
  world.book.vary(CASE, ORDER, 'ju-justice');
  sites = await startSites(world, join(folder, 'page'));
  desks = [];
});
afterEach(async () => {
  try {
    for (const desk of desks) {
      desk.judge([sites.noirmont.url, sites.delemont.url]);
      await desk.close();
    }
  } finally {
    await Promise.all([sites.noirmont.kill(), sites.delemont.kill()]);
  }
});

async function clerk(
  options: DeskOptions & { readonly at?: Browser; readonly token?: string } = {},
): Promise<TestDesk> {
  const desk = await TestDesk.open(options.at ?? browser, sites.noirmont, options);
  desks.push(desk);
  await desk.signIn(options.token ?? CANTON_TOKEN);
  await desk.page.locator('[data-test=new-order]').waitFor();
  return desk;
}

/** The form for a new revision of the case. */
async function varying(options: Parameters<typeof clerk>[0] = {}): Promise<TestDesk> {
  const desk = await clerk(options);
  await desk.page.locator('[data-test=find]').fill(CASE);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[data-test=vary]').click();
  await desk.page.locator('[data-rule=exclusion-1]').waitFor();
  return desk;
}

const field = (desk: TestDesk, path: string) => desk.page.locator(`[id="order-${path}"]`);
const sign = async (desk: TestDesk): Promise<void> => {
  await desk.page.locator('[data-test=sign]').click();
  await desk.page.locator('[data-test=sign-now]').click();
};
const serious = async (desk: TestDesk): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page: desk.page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
};

test('a revision is previewed, then signed on top of the one it was written for; what nobody touched stays to the last digit', async () => {
  const desk = await varying();
  await field(desk, 'rules[0].bufferM').fill('350');
  await field(desk, 'policeTravelS').fill('12');
  await desk.page.locator('[data-test=sign]').click();
  await desk.page.locator('[data-test=sign-preview]').getByText('Aucun aperçu').waitFor();
  await desk.page.keyboard.press('Escape');
  await desk.page.locator('[data-test=preview]').click();
  const alarms = desk.page.locator('[data-figure=alarms]');
  await alarms.getByText('4,3').waitFor();
  expect(await alarms.getAttribute('class')).toContain('missed');
  await desk.page.locator('[data-figure=coverage]').getByText('8,1%').waitFor();
  await desk.page.locator('[data-figure=lead-exclusion-1]').getByText('22 / 30').waitFor();
  await desk.page.locator('[data-test=preview-warnings]').getByText('hors de Suisse').waitFor();
  expect(world.book.previewed.at(-1)).toMatchObject({ policeTravelS: 720, rules: [{ bufferM: 350 }, {}] });
  expect(await serious(desk)).toEqual([]);
  await desk.page.locator('[data-test=sign]').click();
  await desk.page.locator('[data-test=sign-preview]').getByText('4,3').waitFor();
  await desk.page.locator('[data-test=changes]').getByText('Règles modifiées : exclusion-1').waitFor();
  expect(await desk.page.locator('[data-test=changes] li').count()).toBe(1);
  await desk.page.locator('[data-test=sign-now]').click();
  await desk.page.locator('[data-test=signed][data-how=settled]').getByText('Révision 2').waitFor();
  const [exclusion, tamper] = ORDER.rules;
  expect(world.book.orders.get(CASE)).toEqual({
    revision: 2,
    order: { ...ORDER, rules: [{ ...exclusion, bufferM: 350 }, tamper] },
  });
});

test('a preview of an earlier version is said to be old', async () => {
  const desk = await varying();
  await desk.page.locator('[data-test=preview]').click();
  await desk.page.locator('[data-test=preview-shown]').waitFor();
  expect(await desk.page.locator('[data-test=preview-old]').count()).toBe(0);
  await field(desk, 'rules[0].bufferM').fill('100');
  await desk.page.locator('[data-test=preview-old]').waitFor();
});

test('what is missing is listed with the way to its field, and nothing is sent', async () => {
  const desk = await varying({ locale: 'de-CH' });
  await field(desk, 'rules[0].zone.radiusM').fill('weit');
  await field(desk, 'rules[0].zone.center').fill('');
  await desk.page.locator('[data-test=sign]').click();
  const list = desk.page.locator('[data-test=order-problems]');
  await list.getByText('ist keine Zahl').waitFor();
  await list.getByRole('button', { name: 'exclusion-1, Mittelpunkt' }).click();
  expect(await desk.page.evaluate(() => document.activeElement?.id)).toBe('order-rules[0].zone.center');
  expect(await desk.page.locator('dialog[open]').count()).toBe(0);
  expect(sites.noirmont.asked.filter((path) => path.startsWith('POST'))).toEqual([]);
  expect(await serious(desk)).toEqual([]);
});

test('a polygon that the site refuses is named by its point beside the field, in the language of the page', async () => {
  const desk = await varying({ locale: 'it-CH' });
  await field(desk, 'rules[0].zone.type').selectOption('area');
  await field(desk, 'rules[0].zone.coordinates').fill(CROSSED);
  world.book.refusal = {
    type: 'urn:vigie:problem:invalid-input',
    title: 'Invalid',
    status: 422,
    fields: [
      { field: 'rules[0].zone.coordinates[0][2]', reason: 'crosses itself', code: 'self_crossing', vertex: 2 },
      { field: 'rules[1]', reason: 'something only the site knows' },
    ],
  };
  await desk.page.locator('[data-test=preview]').click();
  const rule = desk.page.locator('[data-rule=exclusion-1]');
  await rule.getByText('Punto 3: il contorno si incrocia').waitFor();
  await desk.page.locator('[data-rule=tamper-1] [lang=en]').getByText('only the site knows').waitFor();
  await desk.page.locator('[data-test=order-problems]').getByText('exclusion-1').click();
  expect(await desk.page.evaluate(() => document.activeElement?.id)).toBe('order-rules[0].zone.coordinates');
  expect(await desk.page.locator('[data-test=preview-shown]').count()).toBe(0);
});

test('somebody else was first: what they changed is said, one’s own is kept, and can go on top of theirs', async () => {
  const desk = await varying();
  await field(desk, 'rules[0].bufferM').fill('350');
  world.book.vary(CASE, { ...ORDER, rules: [...ORDER.rules, { ruleId: 'added', kind: 'tamper' }] }, 'be-justice');
  await sign(desk);
  const stale = desk.page.locator('[data-test=stale]');
  await stale.getByText('Nouvelles règles : added').waitFor();
  expect(world.book.signed.at(-1)?.by).toBe('be-justice');
  expect(await field(desk, 'rules[0].bufferM').inputValue()).toBe('350');
  await desk.page.locator('[data-test=keep-mine]').click();
  await desk.page.locator('[data-test=sign]').click();
  // The other one's rule would go: that is said before it happens.
  await desk.page.locator('[data-test=changes]').getByText('Règles supprimées : added').waitFor();
  await desk.page.locator('[data-test=sign-now]').click();
  await desk.page.locator('[data-test=signed]').waitFor();
  expect(world.book.orders.get(CASE)?.revision).toBe(3);
});

test('theirs can be taken instead', async () => {
  const desk = await varying();
  await field(desk, 'rules[0].bufferM').fill('350');
  const [exclusion] = ORDER.rules;
  world.book.vary(CASE, { ...ORDER, rules: [{ ...exclusion, ruleId: 'theirs', kind: 'exclusion' }] }, 'be-justice');
  await sign(desk);
  await desk.page.locator('[data-test=take-theirs]').click();
  await desk.page.locator('[data-rule=theirs]').waitFor();
  expect(await desk.page.locator('.order-rule').count()).toBe(1);
});

test('a new measure by keyboard alone: its tokens are shown once, and a lost answer records no second one', async () => {
  const desk = await clerk({ locale: 'en-GB' });
  const { page } = desk;
  await page.locator('[data-test=new-order]').focus();
  await page.keyboard.press('Enter');
  await field(desk, 'caseId').waitFor();
  expect(
    await page.locator('.order-rule').evaluateAll((all) => all.map((one) => one.getAttribute('data-kind'))),
  ).toEqual(['tamper', 'silence', 'battery']);
  await field(desk, 'caseId').focus();
  await page.keyboard.type('JU-2026-0099');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Anna Muster');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ZGB');
  await field(desk, 'devices[0].deviceId').focus();
  await page.keyboard.type('w-99');
  sites.noirmont.deaf = true;
  await page.locator('[data-test=sign]').focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-outcome=unknown]').waitFor();
  sites.noirmont.deaf = false;
  await sign(desk);
  await page.locator('[data-test=tokens]').getByText('token-of-w-99').waitFor();
  expect(new Set(world.book.keys).size).toBe(1);
  expect(world.book.signed.filter(({ caseId }) => caseId === 'JU-2026-0099')).toHaveLength(1);
  expect(world.book.orders.get('JU-2026-0099')?.order).toMatchObject({ legalBasis: 'ZGB 28c', authority: 'JU' });
});

test('a curfew is written in days and hours, and a file of GeoJSON is its place', async () => {
  const desk = await varying();
  await desk.page.locator('[data-test=rule-kind]').selectOption('inclusion');
  await desk.page.locator('[data-test=add-rule]').click();
  const card = desk.page.locator('[data-rule=inclusion-1]');
  await field(desk, 'rules[2].zone.type').selectOption('area');
  const ring = [
    [7.34, 47.36],
    [7.35, 47.36],
    [7.35, 47.37],
    [7.34, 47.36],
  ];
  const file = join(folder, 'home.geojson');
  const geometry = { type: 'Polygon', coordinates: [ring] };
  await writeFile(file, JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry }] }));
  await card.locator('input[type=file]').setInputFiles(file);
  await card.locator('summary').click();
  await card.getByRole('button', { name: 'Ajouter un horaire' }).click();
  await card.getByText('dim.').click();
  await card.getByText('lun.').click();
  await field(desk, 'rules[2].schedule[0].hours').fill('9');
  await field(desk, 'rules[2].schedule[0].dtstart').fill('2026-11-22T21:00');
  await sign(desk);
  await desk.page.locator('[data-test=signed]').waitFor();
  expect(world.book.orders.get(CASE)?.order.rules[2]).toEqual({
    ruleId: 'inclusion-1',
    kind: 'inclusion',
    zone: geometry,
    graceS: 300,
    schedule: [{ dtstart: '2026-11-22T21:00', duration: 'PT9H', rrule: 'FREQ=WEEKLY;BYDAY=MO,SU' }],
  });
});

test('the draft survives a look at an alarm and the death of the site, and keys of the queue do nothing beside it', async () => {
  const desk = await varying({ token: OPERATOR_TOKEN });
  await field(desk, 'rules[0].bufferM').fill('350');
  await desk.page.locator('.ordering h2').focus();
  await desk.page.keyboard.press('a');
  await desk.page.keyboard.press('Escape');
  world.raise(incidentOf('i-new', 'proximity', 1, { caseId: 'BS-2026-0044' }));
  await desk.page.getByRole('alert').getByText('Nouvelle alarme').waitFor();
  expect(sites.noirmont.asked.filter((path) => path.startsWith('POST'))).toEqual([]);
  await desk.page.getByRole('button', { name: 'Retour à la file' }).click();
  await desk.incident('i-new').click();
  await desk.page.locator('[data-test=find]').fill(CASE);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[data-test=vary]').click();
  expect(await field(desk, 'rules[0].bufferM').inputValue()).toBe('350');
  await sites.noirmont.kill();
  await desk.banner.and(desk.page.locator('[data-site=delemont]')).waitFor();
  await sign(desk);
  await desk.page.locator('[data-test=signed]').waitFor();
  expect(world.book.orders.get(CASE)?.revision).toBe(2);
});

test('a zone is drawn on the map, point by point', async () => {
  const desk = await clerk({ at: painter });
  await desk.page.locator('[data-test=new-order]').click();
  await desk.page.locator('[data-test=add-rule]').click();
  const card = desk.page.locator('[data-rule=exclusion-1]');
  await field(desk, 'rules[3].zone.type').selectOption('area');
  await desk.mapDrawn();
  const canvas = desk.page.locator('.ordering .map-canvas canvas');
  await canvas.click({ position: { x: 200, y: 300 } });
  expect(await card.locator('[data-test=zone-points]').inputValue()).toBe('');
  await card.locator('[data-test=draw]').click();
  const lines = async () => (await card.locator('[data-test=zone-points]').inputValue()).split('\n');
  for (const [i, [x, y]] of [
    [200, 300],
    [260, 300],
    [260, 360],
  ].entries()) {
    await canvas.click({ position: { x: x ?? 0, y: y ?? 0 } });
    await expect.poll(async () => (await lines()).length).toBe(i + 1);
  }
  for (const line of await lines()) expect(line).toMatch(/^\d\.\d{6}, 4\d\.\d{6}$/);
  await card.getByRole('button', { name: 'Retirer le dernier point' }).click();
  expect(await lines()).toHaveLength(2);
});

test('an auditor reads and is offered no order', async () => {
  world.tokens.set('auditor', { subject: 'audit-1', role: 'auditor', canton: null });
  const desk = await TestDesk.open(browser, sites.noirmont);
  desks.push(desk);
  await desk.signIn('auditor');
  await desk.incident('i-exclusion').click();
  await desk.page.locator('[data-step=early]').waitFor();
  await desk.page.getByText('lecture seule').waitFor();
  expect(await desk.page.locator('[data-test=new-order], [data-test=vary]').count()).toBe(0);
});

for (const [locale, colorScheme] of [
  ['fr-CH', 'light'],
  ['de-CH', 'dark'],
  ['it-CH', 'light'],
  ['en-GB', 'dark'],
] as const)
  test(`the form fits a telephone and axe finds nothing serious (${locale}, ${colorScheme})`, async () => {
    const desk = await varying({ locale, colorScheme, width: 400, height: 850 });
    await desk.page.locator('[data-rule=exclusion-1] summary').click();
    await desk.page.locator('[data-rule=exclusion-1] .order-spans button').last().click();
    await field(desk, 'rules[0].passes[0].repeat').selectOption('daily');
    await desk.page.locator('[data-test=preview]').click();
    await desk.page.locator('[data-test=preview-shown]').waitFor();
    await field(desk, 'rules[0].passes[0].repeat').selectOption('weekly');
    await desk.page.locator('[data-test=sign]').click();
    await desk.page.locator('[data-test=order-problems]').waitFor();
    const tooWide = await desk.page.evaluate(() =>
      [...document.querySelectorAll('body *:not(.for-readers, .for-readers *, .map *)')]
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    expect(tooWide).toEqual([]);
    expect(await serious(desk)).toEqual([]);
  });
