// The built page in a real browser, against two sites that speak the contract over real HTTP.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { SiteId } from '@vigie/api/contract';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser } from './testing/browser.ts';
import { buildPage } from './testing/build-page.ts';
import { type DeskOptions, TestDesk } from './testing/desk.ts';
import { CANTON_TOKEN, OPERATOR_TOKEN, SRE_TOKEN, incidentOf, scene } from './testing/scene.ts';
import { type TestSite, startSites } from './testing/test-site.ts';
import type { World } from './testing/world.ts';

let browser: Browser;
let painter: Browser;
let page: string;
let world: World;
let sites: Readonly<Record<SiteId, TestSite>>;
let desks: TestDesk[] = [];

beforeAll(async () => {
  // A folder of its own: a site that runs from `dist` must not see its page change under it.
  page = await mkdtemp(join(tmpdir(), 'vigie-console-'));
  await buildPage(page);
  browser = await openBrowser({ webgl: false });
  painter = await openBrowser({ webgl: true });
});
afterAll(async () => {
  await browser?.close();
  await painter?.close();
  await rm(page, { recursive: true, force: true });
});

beforeEach(async () => {
  world = scene();
  sites = await startSites(world, page);
  desks = [];
});

afterEach(async () => {
  const origins = [sites.noirmont.url, sites.delemont.url];
  try {
    for (const desk of desks) {
      desk.judge(origins);
      await desk.close();
    }
  } finally {
    await Promise.all([sites.noirmont.kill(), sites.delemont.kill()]);
  }
});

interface Seat extends DeskOptions {
  readonly site?: SiteId;
  readonly at?: Browser;
}

async function sitDown(token: string, options: Seat = {}): Promise<TestDesk> {
  const desk = await TestDesk.open(options.at ?? browser, sites[options.site ?? 'noirmont'], options);
  desks.push(desk);
  await desk.signIn(token);
  return desk;
}

async function operator(options: Seat = {}): Promise<TestDesk> {
  const desk = await sitDown(OPERATOR_TOKEN, options);
  await desk.incident('i-proximity').waitFor();
  await desk.banner.and(desk.page.locator('[data-peer=joined]')).waitFor();
  return desk;
}

test('a wrong token is refused in words, a right one opens the queue, and a reload keeps the session', async () => {
  const desk = await sitDown('nobody');
  await desk.page.getByText('Ce jeton n’est pas accepté.').waitFor();
  await desk.signIn(OPERATOR_TOKEN);
  await desk.incident('i-proximity').waitFor();
  await desk.page.reload();
  await desk.incident('i-proximity').waitFor();
  expect(await desk.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('token')))).toEqual([]);
});

test('the queue stands by harm, late and withdrawn apart from live, each mark a word', async () => {
  const desk = await operator();
  expect(await desk.queue('alarm')).toEqual([
    'i-proximity',
    'i-tamper',
    'i-exclusion',
    'i-inclusion',
    'i-silence',
    'i-battery',
  ]);
  expect(await desk.queue('in_hand')).toEqual(['i-held']);
  expect(await desk.queue('late')).toEqual(['i-late']);
  expect(await desk.queue('withdrawn')).toEqual(['i-withdrawn']);
  await desk.incident('i-proximity').getByText('provisoire').waitFor();
  await desk.incident('i-withdrawn').getByText('retirée').waitFor();
});

test('two keys acknowledge the gravest alarm, and the focus is seen', async () => {
  const desk = await operator();
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('.panel').getByText('version 1.0').waitFor();
  const focused = desk.incident('i-proximity').and(desk.page.locator(':focus-visible'));
  await focused.waitFor();
  expect(await focused.evaluate((row) => getComputedStyle(row).outlineStyle)).toBe('solid');
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
  expect(world.incidents.get('i-proximity')).toMatchObject({ status: 'acknowledged', heldBy: { subject: 'op-3' } });
  await desk.page.locator('[data-section=in_hand] [data-incident=i-proximity]').waitFor();
  await desk.page.locator('[data-step=acknowledged]').getByText('op-3').waitFor();
});

test('an alarm that arrives does not slip under the key: what is on screen is acknowledged', async () => {
  const desk = await operator();
  await desk.page.keyboard.press('t');
  await desk.page.keyboard.press('j');
  await desk.page.locator('[data-incident=i-tamper][aria-current]').waitFor();
  world.raise(incidentOf('i-new', 'proximity', 400, { caseId: 'BS-2026-0044' }));
  await desk.incident('i-new').waitFor();
  await desk.page.getByRole('alert').getByText('Nouvelle alarme').waitFor();
  expect((await desk.queue())[0]).toBe('i-new');
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
  expect(world.incidents.get('i-tamper')?.status).toBe('acknowledged');
  expect(world.incidents.get('i-new')?.status).toBe('raised');
});

test('[SV1] an alarm is set aside by four eyes: one asks with a reason, who asked cannot approve, another does', async () => {
  const desk = await operator();
  await desk.incident('i-exclusion').click();
  const panel = desk.page.locator('.panel');
  await panel.locator('[data-test=acknowledge]').waitFor();
  expect(await panel.locator('[data-test=shelve]').count()).toBe(0);
  await panel.locator('textarea').fill('the patrol has looked');
  await panel.locator('[data-test=shelve]').click();
  await panel.locator('[data-shelf=asked]').getByText('op-3').waitFor();
  expect(await panel.locator('[data-test=approve]').count()).toBe(0);
  expect(world.incidents.get('i-exclusion')?.shelf).toMatchObject({ askedBy: 'op-3', approvedBy: null });
  world.act('other', 'i-exclusion', 'approve', {}, { subject: 'op-9', role: 'operator', canton: null }, 'delemont');
  await panel.locator('[data-shelf=shelved]').getByText('op-9').waitFor();
  await desk.page.locator('[data-section=in_hand] [data-incident=i-exclusion]').waitFor();
  await panel.locator('[data-step=shelved]').waitFor();
});

test('[L16] who lost the race is told who has it', async () => {
  const desk = await operator();
  sites.noirmont.muted = true;
  world.act('other', 'i-exclusion', 'acknowledge', {}, { subject: 'op-9', role: 'operator', canton: null }, 'delemont');
  await desk.incident('i-exclusion').click();
  await desk.page.locator('[data-test=acknowledge]').click();
  await desk.outcome('held').getByText('op-9 (Delémont').waitFor();
  expect(world.incidents.get('i-exclusion')?.heldBy?.subject).toBe('op-9');
});

test('[L17] apart is explained, a step is recorded here and said to be unconfirmed, and joining clears it', async () => {
  const desk = await operator();
  world.joined = false;
  await desk.page.locator('[data-note=apart]').getByText('Vous pouvez quittancer').waitFor();
  await desk.page.getByText('87 appareils non observés d’ici').waitFor();
  await desk.incident('i-exclusion').click();
  await desk.page.keyboard.press('a');
  await desk.outcome('unsettled').getByText('Enregistré à Le Noirmont').waitFor();
  expect(world.steps.get('i-exclusion')?.at(-1)).toMatchObject({ kind: 'acknowledged', settled: false });
  world.joined = true;
  await desk.banner.and(desk.page.locator('[data-tone=good]')).waitFor();
});

test('an event that withdraws an alarm marks it in the open panel too', async () => {
  const desk = await operator();
  await desk.incident('i-proximity').click();
  world.change('i-proximity', 'withdrawn', { certainty: 'withdrawn', provisional: false });
  await desk.page.locator('.panel').getByText('Personne n’a à intervenir').waitFor();
  expect(await desk.queue('withdrawn')).toContain('i-proximity');
});

for (const how of ['kill', 'stall'] as const) {
  test(`[D1] when its site dies (${how}) the console goes on at the other: same session, same note, no event lost`, async () => {
    const desk = await operator();
    await desk.incident('i-exclusion').click();
    const note = desk.page.locator('[data-test=note]');
    await note.pressSequentially('Police informée, ');
    if (how === 'kill') await sites.noirmont.kill();
    else sites.noirmont.stalled = true;
    await note.pressSequentially('rappel dans 5 min');
    world.raise(incidentOf('i-meanwhile', 'tamper', 1, { caseId: 'NE-2026-0002' }), 'delemont');
    await desk.banner.and(desk.page.locator('[data-site=delemont]')).waitFor();
    await desk.page.locator('[data-note=moved]').getByText('Le Noirmont ne répond plus').waitFor();
    await desk.incident('i-meanwhile').waitFor();
    expect(await note.inputValue()).toBe('Police informée, rappel dans 5 min');
    await desk.page.locator('[data-test=acknowledge]').click();
    await desk.outcome('settled').waitFor();
    expect(world.steps.get('i-exclusion')?.at(-1)).toMatchObject({
      site: 'delemont',
      note: 'Police informée, rappel dans 5 min',
    });

    if (how === 'kill') await sites.noirmont.listen();
    else sites.noirmont.stalled = false;
    await desk.page.getByRole('button', { name: 'Revenir à Le Noirmont' }).click();
    await desk.banner.and(desk.page.locator('[data-site=noirmont]')).waitFor();
    world.raise(incidentOf('i-after', 'battery', 1, { caseId: 'NE-2026-0003' }));
    await desk.incident('i-after').waitFor();
  });
}

test('[D3] the case says who was told outside the console, whom nothing reached, and who is next', async () => {
  const nextAt = new Date(Date.now() + 60_000).toISOString();
  const at = new Date().toISOString();
  const one = { channel: 'webhook', site: 'delemont', turn: 1, at, outcomeAt: at } as const;
  world.told.set('i-proximity', {
    escalation: { level: 2, nextAt },
    deliveries: [
      { ...one, step: 'early', receiver: 'ju-case-system', outcome: 'delivered' },
      { ...one, step: 'escalated.2', receiver: 'second-operator', channel: 'sms', outcome: 'delayed' },
    ],
  });
  const desk = await operator();
  await desk.incident('i-proximity').click();
  await desk.page.locator('[data-ladder="3"]').getByText('chef de service').waitFor();
  await desk.page.locator('[data-told=delivered]').getByText('ju-case-system : reçu').waitFor();
  const late = desk.page.locator('[data-told=delayed]');
  await late.getByText('second-operator : injoignable').waitFor();
  expect(await late.textContent()).toContain('Escalade : deuxième opérateur');
});

test('[L18] a cursor into a voided branch is dropped: what is open is read anew and the events go on', async () => {
  const desk = await operator();
  sites.delemont.voids = true;
  await sites.noirmont.kill();
  world.raise(incidentOf('i-meanwhile', 'tamper', 1, { caseId: 'NE-2026-0002' }), 'delemont');
  await desk.incident('i-meanwhile').waitFor();
  world.raise(incidentOf('i-after', 'battery', 1, { caseId: 'NE-2026-0003' }), 'delemont');
  await desk.incident('i-after').waitFor();
  expect(await desk.queue('alarm')).toHaveLength(8);
});

test('a step that was under way when the site died is recorded once, at the other', async () => {
  const desk = await operator();
  await desk.incident('i-exclusion').click();
  sites.noirmont.stalled = true;
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
  expect(world.steps.get('i-exclusion')?.filter(({ kind }) => kind === 'acknowledged')).toMatchObject([
    { site: 'delemont' },
  ]);
});

test('when neither site answers the page says since when, and recovers by itself', async () => {
  const desk = await operator();
  await Promise.all([sites.noirmont.kill(), sites.delemont.kill()]);
  await desk.page.locator('[data-note=lost]').getByText('Aucun site ne répond').waitFor();
  expect(await desk.queue('alarm')).toHaveLength(6);
  await sites.delemont.listen();
  await desk.banner.and(desk.page.locator('[data-site=delemont]')).waitFor();
});

test('a full disk at the site is said in words', async () => {
  const desk = await operator();
  world.incidentsOfSite = ['disk-full'];
  await desk.page.locator('[data-note=system]').getByText('Le disque du journal').waitFor();
  expect(await desk.banner.getAttribute('data-tone')).toBe('bad');
  world.incidentsOfSite = [];
  await desk.page.locator('[data-note=system]').waitFor({ state: 'detached' });
});

test('[D5] the situation says what is wrong with the system, who is unobserved and for how long, and opens their measure', async () => {
  const desk = await operator();
  world.joined = false;
  world.incidentsOfSite = ['site-not-heard', 'clock-skew', 'divergence'];
  const since = new Date(Date.now() - 120_000).toISOString();
  const one = { deviceId: 'd', role: 'wearer', lastReportAt: since, limitS: 60 } as const;
  world.unobserved = {
    site: 'delemont',
    since,
    count: 2,
    tasks: 1,
    devices: [
      { ...one, caseId: 'JU-2026-0017', task: true },
      { ...one, caseId: 'BE-2026-0002', limitS: null, task: false },
    ],
  };
  await desk.page.getByRole('button', { name: '87 appareils non observés d’ici' }).click();
  const page = desk.page.locator('[data-test=situation]');
  for (const kind of ['site-not-heard', 'clock-skew', 'divergence'])
    await page.locator(`[data-trouble=${kind}]`).getByText(`${kind} of this site`).waitFor();
  await page.locator('[data-unobserved="JU-2026-0017"]').getByText('à vérifier').waitFor();
  expect(await page.locator('[data-unobserved="BE-2026-0002"]').getByText('à vérifier').count()).toBe(0);
  expect(await serious(desk)).toEqual([]);
  await page.getByRole('button', { name: 'JU-2026-0017' }).click();
  await desk.page.locator('.panel .case-id, .panel h2').getByText('JU-2026-0017').first().waitFor();
});

test('[MS3] a mass silence is one row that a key opens; who may be hurt keeps a row, each is acknowledged by itself', async () => {
  const silent = ['ZH-2026-0101', 'ZH-2026-0102', 'ZH-2026-0103'];
  for (const [i, caseId] of silent.entries())
    world.raise(incidentOf(`i-silent-${i + 1}`, 'silence', 900 - i, { caseId }));
  const since = new Date(Date.now() - 900_000).toISOString();
  const one = { deviceId: 'd', role: 'wearer', openedAt: since } as const;
  world.massSilence = {
    massSilenceId: 'm',
    since,
    count: 3,
    standAlone: 1,
    devices: [
      { ...one, caseId: silent[0] ?? '', incidentIds: ['i-silent-1'], standsAlone: true },
      { ...one, caseId: silent[2] ?? '', incidentIds: ['i-silent-3'], standsAlone: false },
      { ...one, caseId: silent[1] ?? '', incidentIds: ['i-silent-2'], standsAlone: false },
    ],
  };
  world.incidentsOfSite = ['mass-silence'];
  const desk = await operator();
  const row = desk.page.locator('[data-test=mass-silence]');
  await row.getByText('Silence en masse : 3 appareils').waitFor();
  const graver = ['i-proximity', 'i-tamper', 'i-exclusion', 'i-inclusion', 'i-silence', 'i-silent-1'];
  expect(await desk.queue('alarm')).toEqual([...graver, 'i-battery']);
  expect(await serious(desk)).toEqual([]);
  await desk.page.keyboard.press('m');
  await desk.incident('i-silent-2').waitFor();
  expect(await desk.queue('alarm')).toEqual([...graver, 'i-silent-3', 'i-silent-2', 'i-battery']);
  expect(await row.getAttribute('aria-expanded')).toBe('true');
  await desk.incident('i-silent-1').click();
  await desk.page.keyboard.press('j');
  await desk.page.locator('[data-incident=i-silent-3][aria-current]').waitFor();
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
  expect(world.incidents.get('i-silent-3')?.status).toBe('acknowledged');
  expect(world.incidents.get('i-silent-2')?.status).toBe('raised');
  await row.focus();
  await desk.page.keyboard.press('Enter');
  await desk.incident('i-silent-2').waitFor({ state: 'detached' });
  await row.getByText('1 alarme repliée').waitFor();
});

test('the situation says how fast alarms are answered; beside the queue no key acknowledges', async () => {
  world.kpi = {
    ...world.kpi,
    clocks: [
      {
        name: 'danger',
        until: 'acknowledged',
        kinds: ['sos'],
        incidents: 41,
        answered: 40,
        medianS: 12.4,
        maxS: 95,
        thresholds: [
          { withinS: 30, goal: 0.8, within: 39, of: 41, share: 39 / 41, ok: true },
          { withinS: 60, goal: 0.985, within: 40, of: 41, share: 40 / 41, ok: false },
          { withinS: 90, goal: 0.99, within: 0, of: 0, share: null, ok: true },
        ],
      },
    ],
  };
  const desk = await operator({ locale: 'en-GB' });
  await desk.page.keyboard.press('Enter');
  await desk.page.keyboard.press('o');
  const clock = desk.page.locator('[data-clock=danger]');
  await clock.getByText('40 of 41 answered').waitFor();
  expect(
    await clock.locator('[data-met]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-met'))),
  ).toEqual(['met', 'missed', 'none']);
  await clock.getByText('95.1% of 41; goal 80%').waitFor();
  expect(await serious(desk)).toEqual([]);
  await desk.page.keyboard.press('a');
  await desk.page.keyboard.press('Escape');
  await desk.incident('i-proximity').waitFor();
  expect(sites.noirmont.asked.filter((path) => path.startsWith('POST'))).toEqual([]);
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
});

test('[L8] what is recorded at one site only is said so, at the step and at the incident', async () => {
  const desk = await operator();
  world.alone = true;
  await desk.banner.and(desk.page.locator('[data-peer=left]')).waitFor();
  await desk.incident('i-exclusion').click();
  await desk.page.keyboard.press('a');
  await desk.outcome('alone').getByText('Enregistré à Le Noirmont seul').waitFor();
  await desk.incident('i-exclusion').getByText('un seul site').waitFor();
  await desk.page.locator('[data-step=acknowledged]').getByText('un seul site').waitFor();
  expect(await desk.incident('i-tamper').getByText('un seul site').count()).toBe(0);
});

for (const locale of ['fr-CH', 'de-CH', 'it-CH', 'en-GB'])
  test(`on a telephone nothing is wider than the screen, and an alarm is acknowledged (${locale})`, async () => {
    const desk = await TestDesk.open(browser, sites.noirmont, { locale, width: 390, height: 844 });
    desks.push(desk);
    const tooWide = () =>
      desk.page.evaluate(() =>
        [...document.querySelectorAll('body, body *:not(.for-readers, .for-readers *, .map *)')]
          .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
          .map((element) => element.outerHTML.slice(0, 80)),
      );
    expect(await tooWide()).toEqual([]);
    await desk.signIn(OPERATOR_TOKEN);
    await desk.incident('i-proximity').waitFor();
    expect(await tooWide()).toEqual([]);
    await desk.incident('i-proximity').click();
    await desk.page.locator('.panel [data-test=acknowledge]').waitFor();
    expect(await desk.incident('i-proximity').isVisible()).toBe(false);
    expect(await tooWide()).toEqual([]);
    await desk.page.locator('.panel [data-test=acknowledge]').click();
    await desk.outcome('settled').waitFor();
    await desk.page.keyboard.press('Escape');
    await desk.page.locator('[data-test=open-situation]').click();
    await desk.page.locator('[data-test=all-observed]').waitFor();
    expect(await tooWide()).toEqual([]);
  });

test('differing digests are said gravely', async () => {
  const desk = await operator();
  world.digestEqual = false;
  await desk.page.locator('[data-note=differs]').waitFor();
  expect(await desk.banner.getAttribute('data-tone')).toBe('bad');
});

test('a site whose stored data cannot be read says so, still tells of new alarms, and offers the other', async () => {
  const desk = await operator();
  sites.noirmont.unreadable = true;
  await desk.page.locator('[data-note=reads]').waitFor();
  world.raise(incidentOf('i-live', 'tamper', 1, { caseId: 'NE-2026-0002' }));
  await desk.incident('i-live').waitFor();
  await desk.page.getByRole('button', { name: 'Passer à Delémont' }).click();
  await desk.page.locator('[data-note=reads]').waitFor({ state: 'detached' });
  expect(await desk.banner.getAttribute('data-site')).toBe('delemont');
});

test('a site that can be read again needs no reload', async () => {
  sites.noirmont.unreadable = true;
  const desk = await sitDown(OPERATOR_TOKEN);
  await desk.page.locator('[data-note=reads]').waitFor();
  expect(await desk.queue()).toEqual([]);
  await desk.page.getByText('Chargement de la file').waitFor();
  sites.noirmont.unreadable = false;
  await desk.incident('i-proximity').waitFor();
});

test('a canton reads its alarms and cannot act on them', async () => {
  const desk = await sitDown(CANTON_TOKEN);
  await desk.incident('i-exclusion').click();
  await desk.banner.getByText('Canton JU').waitFor();
  expect(await desk.page.locator('[data-test=acknowledge]').count()).toBe(0);
  await desk.page.keyboard.press('a');
  await desk.page.locator('[data-step=early]').waitFor();
  expect(sites.noirmont.asked.filter((path) => path.startsWith('POST'))).toEqual([]);
});

test('an SRE sees the sites; no case is asked for, and the queue does not say that there is no alarm', async () => {
  const desk = await sitDown(SRE_TOKEN);
  await desk.page.getByText('La console ne montre pas les cas').waitFor();
  await desk.banner.and(desk.page.locator('[data-peer=joined]')).waitFor();
  world.joined = false;
  await desk.banner.and(desk.page.locator('[data-peer=apart]')).waitFor();
  expect(await desk.page.getByText('Aucune alarme à traiter').count()).toBe(0);
  const ofCases = /incidents|events|positions|cases/;
  const asked = [...sites.noirmont.asked, ...sites.delemont.asked];
  expect(asked.filter((path) => ofCases.test(path))).toEqual([]);
});

test('the map is drawn, a person on it opens the case, and the source of the boundaries is named', async () => {
  world.positions = [
    {
      deviceId: 'd',
      caseId: 'JU-2026-0017',
      role: 'wearer',
      at: new Date().toISOString(),
      receivedAt: new Date().toISOString(),
      // The middle of the country as the map first shows it.
      lon: 8.225,
      lat: 46.82,
      accuracyM: 20,
      site: 'noirmont',
    },
  ];
  const desk = await operator({ at: painter });
  await desk.mapDrawn();
  const map = desk.page.locator('.map-canvas canvas');
  // Positions are asked for every 3 s: click until the person is there.
  await expect
    .poll(
      async () => {
        await map.click();
        return desk.page.locator('.panel .case-id').allTextContents();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toEqual(['JU-2026-0017']);
  await desk.page.getByText('Bundesamt für Statistik (BFS), GEOSTAT').waitFor();
});

test('without WebGL the map says so, and the work goes on', async () => {
  const desk = await operator();
  await desk.page.getByText('La carte ne peut pas être dessinée').waitFor();
  await desk.page.keyboard.press('Enter');
  await desk.page.keyboard.press('a');
  await desk.outcome('settled').waitFor();
  expect(world.incidents.get('i-proximity')?.status).toBe('acknowledged');
});

test('a measure is found by its number without a mouse', async () => {
  const desk = await operator();
  await desk.page.keyboard.press('/');
  await desk.page.keyboard.type('LU-2026-0033');
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[data-incident=i-held][aria-current]').waitFor();
  expect(await desk.page.locator('.panel .case-id').textContent()).toBe('LU-2026-0033');
});

test.for([
  ['de-CH', 'de', 'Zu bearbeiten', 'Die Person ist 84'],
  ['it-CH', 'it', 'Da trattare', 'La persona è 84'],
  ['en-GB', 'en', 'To handle', 'The wearer is 84'],
  ['rm-CH', 'fr', 'À traiter', 'Le porteur est 84'],
] as const)('the console and the reason speak to a browser in %s', async ([locale, language, heading, sentence]) => {
  const desk = await operator({ locale });
  await desk.page.getByRole('heading', { name: heading }).waitFor();
  await desk.incident('i-exclusion').getByText(sentence).waitFor();
  expect(await desk.page.locator('html').getAttribute('lang')).toBe(language);
});

test('the language changes while working, and is kept', async () => {
  const desk = await operator();
  await desk.page.getByLabel('Langue').selectOption('de');
  await desk.page.getByRole('heading', { name: 'Zu bearbeiten' }).waitFor();
  await desk.page.reload();
  await desk.page.getByRole('heading', { name: 'Zu bearbeiten' }).waitFor();
  expect(await desk.page.locator('html').getAttribute('lang')).toBe('de');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious (${colorScheme})`, async () => {
    const entry = await TestDesk.open(browser, sites.noirmont, { colorScheme });
    desks.push(entry);
    await entry.page.locator('[data-test=token]').waitFor();
    expect(await serious(entry)).toEqual([]);
    const desk = await operator({ colorScheme, ...(colorScheme === 'dark' ? { at: painter } : {}) });
    // Once with the map and once with the words in its place.
    if (colorScheme === 'dark') await desk.mapDrawn();
    world.joined = false;
    await desk.page.locator('[data-note=apart]').waitFor();
    await desk.incident('i-exclusion').click();
    await desk.page.locator('[data-step=early]').waitFor();
    expect(await serious(desk)).toEqual([]);
    await desk.page.keyboard.press('?');
    await desk.page.locator('dialog[open]').waitFor();
    expect(await serious(desk)).toEqual([]);
  });
}

async function serious(desk: TestDesk): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page: desk.page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}
