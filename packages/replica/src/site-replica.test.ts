// A log of four partitions beside one of a single one, given the same reports at the same times: no case may show a difference.
import {
  SITES,
  type SharedZoneData,
  type SiteId,
  type VectorPosition,
  covers,
  formatPosition,
  ofPartition,
} from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import type { SiteReplica } from './site-replica.ts';
import { INSIDE, OUTSIDE, ZONE, caseDraft, measureOf, reportsDraft, stepPayload } from './testing/court.ts';
import { PartitionedSites } from './testing/partitioned-sites.ts';
import { TestKeys } from './testing/two-sites.ts';
import type { PublishedEvent } from './types.ts';

const CASES = 10;
const keys = new TestKeys();
// Knowledge rules go by what an origin has shown, and each partition has heartbeats of its own: they are left out here.
const RULES = [
  { ruleId: 'stay-away', kind: 'exclusion', zone: ZONE },
  { ruleId: 'slow', kind: 'exclusion', zone: ZONE, graceMs: 3_000 },
  { ruleId: 'charge', kind: 'battery', minPct: 20 },
  { ruleId: 'strap', kind: 'tamper' },
] as const;

async function start(partitions: number): Promise<PartitionedSites> {
  const sites = await PartitionedSites.start(partitions);
  onTestFinished(() => sites.dispose());
  return sites;
}

/** Each case enters its zone, loses its strap and leaves, by way of one site or the other; a part of it while the sites are apart. */
async function play(sites: PartitionedSites): Promise<void> {
  const { time } = sites.first;
  // Both runs begin at the same moment, however long the admits took.
  const begin = Math.ceil(time.nowUs() / 10_000_000) * 10_000;
  await sites.first.pass(begin - time.nowUs() / 1000);
  for (let n = 1; n <= CASES; n++) {
    await sites.append(n % 2 === 0 ? 'noirmont' : 'delemont', caseDraft(keys, n, RULES));
    await sites.first.pass(20);
  }
  for (let seq = 1; seq <= 12; seq++) {
    if (seq === 5) sites.cut();
    if (seq === 9) sites.heal();
    for (let n = 1; n <= CASES; n++) {
      const by: SiteId = (n + seq) % 3 === 0 ? 'delemont' : 'noirmont';
      const where = (seq + n) % 6 < 3 ? INSIDE : OUTSIDE;
      const said = { atMs: time.nowUs() / 1000, seq, ...where, batteryPct: seq === 4 ? 10 : 80 };
      const events = seq === 6 && n % 2 === 0 ? { events: ['strap_open' as const] } : {};
      await sites.append(by, reportsDraft(keys, [[n, [{ ...said, ...events }]]]));
      await sites.first.pass(40);
    }
    await sites.first.pass(600);
  }
  await sites.first.pass(5_000);
  await sites.settle();
}

/**
 * What people and courts are told of a case; log times to 10 ms, because each run writes its own heartbeats between. Whether an incident
 * that the other site's past refutes had been announced before goes by what came in first.
 */
const historyOf = (replica: SiteReplica, n: number): unknown =>
  replica.caseView(measureOf(n))?.incidents.map(({ raisedAt, published, history, ...incident }) => ({
    ...incident,
    raisedAt: Math.round(raisedAt / 10_000),
    published: incident.certainty === 'raised' ? [...published].sort() : null,
    steps: history.map(({ step }) => step),
  }));

function allEvents(replica: SiteReplica, from: VectorPosition, limit: number): PublishedEvent[] {
  const events: PublishedEvent[] = [];
  for (let after = from; ; ) {
    const page = replica.events(after, limit);
    events.push(...page.events);
    if (page.events.length === 0) return events;
    after = page.next;
  }
}

test('[L1] [L9] with four partitions each case ends as with one, at both sites, through a cut; digests are equal', async () => {
  const [one, four] = [await start(1), await start(4)];
  await play(one);
  await play(four);
  for (const site of SITES)
    for (let n = 1; n <= CASES; n++) {
      const expected = historyOf(one.replica(site), n);
      expect(historyOf(four.replica(site), n)).toEqual(expected);
      expect((expected as unknown[]).length).toBeGreaterThan(2);
    }
  for (const two of four.of) expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  expect([...four.replica('noirmont').measures()]).toHaveLength(CASES);
  expect(four.of.map((two) => [...two.noirmont.replica.measures()].length)).toEqual([2, 3, 3, 2]);
  const [n, d] = SITES.map((site) => four.replica(site).status());
  expect(n).toMatchObject({ cases: CASES, digest: { equal: true } });
  expect(d?.digest?.equal).toBe(true);
  expect(new Set(n?.epochs.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
});

test('[L18] [D1] the feed of four partitions gives every event once, whatever the page; a cursor goes on at the other site', async () => {
  const sites = await start(4);
  await play(sites);
  const [n, d] = [sites.replica('noirmont'), sites.replica('delemont')];
  const ids = (events: readonly PublishedEvent[]): string[] => events.map(({ id }) => id);
  const all = ids(allEvents(n, {}, 1_000));
  expect(all.length).toBeGreaterThan(3 * CASES);
  expect(new Set(all).size).toBe(all.length);
  expect([...ids(allEvents(d, {}, 1_000))].sort()).toEqual([...all].sort());
  for (const limit of [1, 7, 30]) expect(ids(allEvents(n, {}, limit))).toEqual(all);
  const first = n.events({}, 20);
  expect(ids([...first.events, ...allEvents(d, first.next, 7)]).sort()).toEqual([...all].sort());
  // A cursor after an event covers it and says nothing of other partitions.
  for (const { vector } of first.events) expect(covers(first.next, vector)).toBe(true);
  expect(new Set(allEvents(n, {}, 7).map(({ vector }) => vector.more?.length ?? 0))).toEqual(new Set([0, 1, 2, 3]));
});

test('[L16] [L18] a decision goes to the partition of its case; a position waits for every partition that it names', async () => {
  const sites = await start(4);
  await play(sites);
  const n = sites.replica('noirmont');
  const measure = measureOf(7);
  const incident = n.caseView(measure)?.incidents[0];
  const payload = stepPayload(incident?.incidentId ?? '', 'acknowledge', 'op');
  const before = n.received();
  const answer = n.decide({ kind: 'step', measure, payload }, 2_000);
  await sites.settle();
  expect(await answer).toMatchObject({ kind: 'decided', outcome: { kind: 'applied' }, settled: true });
  const { entryId } = await answer;
  expect(n.decisionStatus(entryId)).toMatchObject({ settled: true });
  const position = n.received();
  expect(formatPosition(ofPartition(position, 3))).not.toBe(formatPosition(ofPartition(before, 3)));
  expect(await n.whenReceived(position, 1_000)).toBe(true);
  const { epoch, seq } = ofPartition(position, 3).noirmont ?? { epoch: '', seq: 0 };
  const beyond = { more: [{}, {}, { noirmont: { epoch, seq: (seq + 100) as typeof seq } }] } as VectorPosition;
  const waiting = n.whenReceived(beyond, 1_000);
  await sites.first.pass(1_100);
  expect(await waiting).toBe(false);
});

test('[L12] [L17] a site that was killed while the sites were apart reads all its partitions back', async () => {
  const sites = await start(4);
  await play(sites);
  sites.cut();
  await sites.first.pass(2_000);
  await sites.append(
    'delemont',
    reportsDraft(keys, [[3, [{ atMs: sites.first.time.nowUs() / 1000, seq: 40, ...INSIDE }]]]),
  );
  await sites.kill('delemont');
  await sites.open('delemont');
  await sites.first.pass(200);
  expect(sites.replica('delemont').caughtUp).toBe(true);
  expect(sites.replica('delemont').holdsAll).toBe(false);
  sites.heal();
  await sites.first.until(() => sites.replica('delemont').holdsAll);
  await sites.settle();
  for (let n = 1; n <= CASES; n++)
    expect(historyOf(sites.replica('delemont'), n)).toEqual(historyOf(sites.replica('noirmont'), n));
});

const zone = (baseRevision: number, by: string): SharedZoneData => ({
  zoneId: 'school',
  baseRevision,
  name: 'School',
  authority: 'JU',
  zone: ZONE,
  input: { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 },
  by,
});
const zonesOf = (sites: PartitionedSites): string[] =>
  sites.of.flatMap((two) =>
    SITES.map((site) => {
      const { entryId, revision } = two.at(site).replica.sharedZones.newest('school') ?? { entryId: '', revision: 0 };
      return `${revision} ${entryId}`;
    }),
  );

test('[L1] [L16] of two revisions of a shared zone the same one stands in every partition, also when its writer is interrupted', async () => {
  const sites = await start(4);
  for (const two of sites.of)
    await two.noirmont.log.append({ kind: 'engine_version', entryId: 'to-4', items: [], data: { version: 4 } });
  await sites.settle();
  const [n, d] = [sites.replica('noirmont'), sites.replica('delemont')];
  const first = n.decideZone('first', zone(0, 'a'), 2_000);
  await sites.first.pass(2_100);
  expect(await first).toMatchObject({ kind: 'decided', settled: true, outcome: { kind: 'applied' } });
  expect(zonesOf(sites)).toEqual(Array(8).fill('1 first'));
  expect(n.hasSharedZone('school')).toBe(true);
  // Both at once: one is refused, and is written nowhere else.
  const race = [n.decideZone('of-n', zone(1, 'a'), 2_000), d.decideZone('of-d', zone(1, 'b'), 2_000)];
  await sites.first.pass(2_100);
  const outcomes = (await Promise.all(race)).map((one) => (one.kind === 'decided' ? one.outcome.kind : one.kind));
  expect(outcomes).toEqual(['applied', 'refused']);
  expect(zonesOf(sites)).toEqual(Array(8).fill('2 of-n'));
  // Written apart, the writer does not see it settle: what the first partition came to is brought to the others after the heal.
  sites.cut();
  await sites.first.pass(2_000);
  const apart = d.decideZone('apart', zone(2, 'b'), 500);
  await sites.first.pass(600);
  expect(await apart).toMatchObject({ kind: 'decided', settled: false });
  sites.heal();
  await sites.first.pass(2_000);
  await sites.settle();
  expect(new Set(zonesOf(sites))).toEqual(new Set(['3 apart', '2 of-n']));
  for (const site of SITES) expect(await sites.replica(site).spreadZones()).toBe(true);
  await sites.settle();
  expect(zonesOf(sites)).toEqual(Array(8).fill('3 apart'));
});
