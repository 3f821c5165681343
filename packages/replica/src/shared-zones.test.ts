// A shared zone is varied at one place of the merged order: both sites judge by it from there on, whatever came in first.
import { expect, onTestFinished, test } from 'vitest';
import { type Json, type RecordedRule, SITES, type SharedZoneData, type SiteId } from '@vigie/model';
import { encodePayload } from './payload.ts';
import { replayLog } from './replay.ts';
import { type INSIDE, OUTSIDE, ZONE, caseDraft, measureOf, recordedCase, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

/** As far north as the ground outside the zone of 200 m. */
const LARGE: Json = {
  ...(ZONE as object),
  radiusMm: 2_000_000,
  boxE7: [69_690_000, 472_380_000, 70_240_000, 472_750_000],
};
const NAMES_IT: RecordedRule = { ruleId: 'school', kind: 'exclusion', sharedZoneId: 'school-1' };

const written = (zone: Json, baseRevision: number, zoneId = 'school-1'): SharedZoneData => ({
  zoneId,
  baseRevision,
  name: 'School',
  authority: 'JU',
  zone,
  input: { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 },
  by: 'operator-1',
});

async function begun(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  const { log } = two.noirmont;
  await log.append({ kind: 'engine_version', entryId: 'to-4', items: [], data: { version: 4 } });
  await log.append({ kind: 'shared_zone', entryId: 'zone-1', items: [], data: written(ZONE, 0) });
  await two.settle();
  await log.append(caseDraft(two.noirmont.keys, 1, [NAMES_IT]));
  await log.append(caseDraft(two.noirmont.keys, 2, []));
  await two.settle();
  return two;
}
let seq = 0;
async function says(two: TwoSites, where: typeof INSIDE, site: SiteId = 'noirmont'): Promise<void> {
  const { log, keys } = two.at(site);
  seq++;
  await log.append(reportsDraft(keys, [[1, [{ atMs: two.time.nowUs() / 1000, seq, ...where }]]]));
}
const vary = (two: TwoSites, site: SiteId, zone: Json, baseRevision: number, entryId: string) =>
  two.at(site).log.append({ kind: 'shared_zone', entryId, items: [], data: written(zone, baseRevision) });
const seen = (two: TwoSites, site: SiteId): string[] =>
  (two.at(site).replica.caseView(measureOf(1))?.incidents ?? []).map(
    ({ kind, reason, certainty, closedAtMs }) =>
      `${kind} ${reason.rule} ${certainty}${closedAtMs === undefined ? '' : ' closed'}`,
  );
function expectEqual(two: TwoSites): void {
  expect(seen(two, 'noirmont')).toEqual(seen(two, 'delemont'));
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
}

test('[SZ2] a change takes effect at its place at both sites, and a replay of the log does the same', async () => {
  const two = await begun();
  await says(two, OUTSIDE);
  await two.settle();
  for (const site of SITES) expect(seen(two, site)).toEqual([]);
  await vary(two, 'delemont', LARGE, 1, 'zone-2');
  await two.settle();
  await says(two, OUTSIDE);
  await two.settle();
  for (const site of SITES) expect(seen(two, site)).toEqual(['exclusion school raised']);
  expectEqual(two);
  const again = await replayLog(await two.messages('noirmont'), two.noirmont.keys, { site: 'noirmont' });
  expect(again.digest).toBe(two.noirmont.replica.digestNow());
});

test('[SZ2] [L9] a change that arrives behind what it concerns has it folded anew, in the cases that go by it', async () => {
  const two = await begun();
  await two.part();
  await says(two, OUTSIDE, 'delemont');
  await two.pass(100);
  await vary(two, 'noirmont', LARGE, 1, 'zone-2');
  await two.pass(100);
  await says(two, OUTSIDE, 'delemont');
  await two.pass(100);
  expect(seen(two, 'delemont')).toEqual([]);
  await two.meet();
  for (const site of SITES) expect(seen(two, site)).toContain('exclusion school raised');
  expectEqual(two);
});

test('[SZ2] [L16] of two changes on top of the same revision the first in merged order counts, at both sites', async () => {
  const two = await begun();
  await two.part();
  const lost = two.delemont.replica.decideZone('zone-2d', written(ZONE, 1), 0);
  await vary(two, 'noirmont', LARGE, 1, 'zone-2n');
  await lost;
  await two.pass(100);
  await says(two, OUTSIDE, 'noirmont');
  await two.pass(100);
  await two.meet();
  const outcomes = SITES.map((site) =>
    ['zone-2n', 'zone-2d'].map((id) => two.at(site).replica.decisionStatus(id)?.outcome.kind),
  );
  expect(outcomes[0]).toEqual(outcomes[1]);
  expect([...(outcomes[0] as string[])].sort()).toEqual(['applied', 'refused']);
  for (const site of SITES) expect(two.at(site).replica.sharedZones.newest('school-1')?.revision).toBe(2);
  expectEqual(two);
});

test('[SZ3] an order that names a zone before it was written is refused at both sites, also when the zone comes in late', async () => {
  const two = await begun();
  const { log, keys, replica } = two.delemont;
  const recorded = recordedCase(1).order;
  const order = { ...recorded, baseRevision: 1, rules: [{ ...NAMES_IT, ruleId: 'later', sharedZoneId: 'later' }] };
  const payload = encodePayload('order', { order, by: 'canton' });
  const answer = await replica.decide({ kind: 'order', measure: measureOf(1), payload }, 0);
  expect(answer.kind).not.toBe('not-stored');
  await log.append({ kind: 'shared_zone', entryId: 'later', items: [], data: written(ZONE, 0, 'later') });
  await two.settle();
  for (const site of SITES) expect(seen(two, site)).toEqual(['invalid_order later raised']);
  expect(keys.has(measureOf(1))).toBe(true);
  expectEqual(two);
});

test('[SZ2] a restart from a snapshot knows the zones, and what is varied after it', async () => {
  const two = await begun();
  await vary(two, 'noirmont', ZONE, 1, 'zone-2');
  await two.settle();
  await two.pass(2_000);
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  await two.kill('noirmont');
  const { replica } = await two.open('noirmont');
  await two.until(() => replica.caughtUp);
  expect(replica.sharedZones.newest('school-1')?.revision).toBe(2);
  await vary(two, 'delemont', LARGE, 2, 'zone-3');
  await two.settle();
  await says(two, OUTSIDE, 'delemont');
  await two.settle();
  for (const site of SITES) expect(seen(two, site)).toContain('exclusion school raised');
  expectEqual(two);
});

test('[SZ3] an entry that is no shared zone changes nothing, and is said', async () => {
  const two = await begun();
  const good = written(LARGE, 1);
  for (const [i, data] of [undefined, {}, { ...good, zone: {} }, { ...good, zoneId: '' }, { ...good, by: 7 }].entries())
    await two.noirmont.log.append({ kind: 'shared_zone', entryId: `bad-${i}`, items: [], data });
  await says(two, OUTSIDE);
  await two.settle();
  for (const site of SITES) {
    expect(seen(two, site)).toEqual([]);
    expect(two.at(site).faults.filter(({ kind }) => kind === 'malformed-item')).toHaveLength(5);
  }
  expectEqual(two);
});
