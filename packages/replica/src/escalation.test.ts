// The ladder across the sites: each level told once, on time, whoever lives.
import { SITES, type SiteId } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { INSIDE, ladderDraft, measureOf, reportsDraft, stepPayload } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

const TOLD: readonly string[] = ['early', 'escalated', 'shelving_asked', 'shelved', 'shelf_ended'];

async function inside(): Promise<{ two: TwoSites; told: { site: SiteId; step: string; ms: number }[] }> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  await two.noirmont.log.append(ladderDraft(two.noirmont.keys, 1));
  await two.settle();
  // Who has just started tells nothing before it knows what was told meanwhile.
  await two.pass(2_000);
  const told: { site: SiteId; step: string; ms: number }[] = [];
  const startUs = two.time.nowUs();
  for (const site of SITES)
    two.at(site).replica.onEvent(({ data }) => {
      if (TOLD.includes(data.type)) told.push({ site, step: data.step, ms: (two.time.nowUs() - startUs) / 1000 });
    });
  const report = { atMs: startUs / 1000, seq: 1, ...INSIDE };
  await two.noirmont.log.append(reportsDraft(two.noirmont.keys, [[1, [report]]]));
  return { two, told };
}
const incidentOf = (two: TwoSites, site: SiteId) => two.at(site).replica.caseView(measureOf(1))?.incidents[0];
const at = (told: readonly { site: SiteId; step: string; ms: number }[], site: SiteId): readonly string[] =>
  told.filter((one) => one.site === site).map(({ step, ms }) => `${step} ${Math.floor(ms / 1000)} s`);

test('[D3] each level is told once at both sites, at its time', async () => {
  const { two, told } = await inside();
  await two.pass(310_000, 100);
  const expected = ['early 0 s', 'escalated.1 60 s', 'escalated.2 180 s', 'escalated.3 300 s'];
  for (const site of SITES) expect(at(told, site)).toEqual(expected);
  for (const site of SITES) expect(incidentOf(two, site)?.escalation).toMatchObject({ level: 3 });
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[D3] the ladder goes on when its owner dies between two levels, and the return tells nothing twice', async () => {
  const { two, told } = await inside();
  await two.pass(100_000, 100);
  await two.kill('noirmont');
  two.cluster.stopServer('noirmont');
  await two.pass(210_000, 100);
  expect(at(told, 'delemont')).toEqual(['early 0 s', 'escalated.1 60 s', 'escalated.2 182 s', 'escalated.3 302 s']);
  two.cluster.startServer('noirmont');
  await two.open('noirmont');
  await two.settle();
  await two.pass(5_000);
  expect(at(told, 'delemont')).toHaveLength(4);
  const appended = [];
  for (const { site, epoch } of two.delemont.replica.merge.epochs())
    for (const { entry } of await two.delemont.log.read(site, epoch, 1 as never, 100_000))
      if (entry.ok && entry.value.kind === 'event') appended.push(site);
  const early = ['early', 'confirmed', 'escalated.1', 'escalated.2', 'escalated.3'];
  expect(new Set(incidentOf(two, 'noirmont')?.published)).toEqual(new Set(early));
  expect(appended).toHaveLength(early.length);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[D3] an acknowledgement at the other site ends the climb', async () => {
  const { two, told } = await inside();
  await two.pass(70_000, 100);
  const incidentId = incidentOf(two, 'delemont')?.incidentId ?? '';
  const draft = {
    kind: 'step',
    measure: measureOf(1),
    payload: stepPayload(incidentId, 'acknowledge', 'anna'),
  } as const;
  void two.delemont.replica.decide(draft, 0);
  await two.pass(300_000, 100);
  for (const site of SITES) expect(at(told, site)).toEqual(['early 0 s', 'escalated.1 60 s']);
});

test('[SV3] [D3] set aside by two people at two sites nobody is called; its end is told once at both sites, also when its owner has died', async () => {
  const { two, told } = await inside();
  await two.pass(10_000, 100);
  const incidentId = incidentOf(two, 'delemont')?.incidentId ?? '';
  const untilMs = Math.round(two.time.nowUs() / 1000) + 590_000;
  const asking = { note: 'patrol has looked', untilMs };
  const decide = (site: SiteId, payload: Uint8Array) => {
    void two.at(site).replica.decide({ kind: 'step', measure: measureOf(1), payload }, 0);
    return two.pass(1_000, 100);
  };
  await decide('noirmont', stepPayload(incidentId, 'shelve', 'anna', asking));
  await decide('delemont', stepPayload(incidentId, 'approve', 'beat'));
  await two.pass(300_000, 100);
  await two.kill('noirmont');
  two.cluster.stopServer('noirmont');
  await two.pass(295_000, 100);
  expect(at(told, 'delemont')).toEqual(['early 0 s', 'shelving_asked 10 s', 'shelved 11 s', 'shelf_ended 602 s']);
  two.cluster.startServer('noirmont');
  await two.open('noirmont');
  await two.settle();
  await two.pass(70_000, 100);
  expect(at(told, 'delemont').slice(4)).toEqual(['escalated.1.2 660 s']);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});
