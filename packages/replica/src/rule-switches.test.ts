// A rule switched off and on by entries of the log: at one place of the merged order, at both sites and in every replay.
import { SITES, type SiteId, logTimeUs } from '@vigie/model';
import type { PlacedEntry } from '@vigie/log';
import { expect, onTestFinished, test } from 'vitest';
import { replayLog } from './replay.ts';
import { RuleSwitches } from './rule-switches.ts';
import { caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

const switched = (entryId: string, data: unknown) => ({ kind: 'rule_switched', entryId, items: [], data }) as const;
const ask = (id: string, rule: string, off: boolean, by = 'sre-1') =>
  switched(id, { step: 'ask', rule, off, by, note: 'says so all the time' });
const approve = (id: string, by = 'sre-2') => switched(`approve-${id}-${by}`, { step: 'approve', ask: id, by });
const toNewest = { kind: 'engine_version', entryId: 'to-5', items: [], data: { version: 5 } } as const;
const BATTERY = { ruleId: 'charge', kind: 'battery', minPct: 20 } as const;

async function begun(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  await two.noirmont.log.append(toNewest);
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1, [BATTERY]));
  await two.settle();
  return two;
}
async function charge(two: TwoSites, seq: number, batteryPct: number, site: SiteId = 'noirmont'): Promise<void> {
  const { log, keys } = two.at(site);
  await log.append(reportsDraft(keys, [[1, [{ atMs: two.time.nowUs() / 1000, seq, batteryPct }]]]));
}
const incidents = (two: TwoSites, site: SiteId): string[] =>
  (two.at(site).replica.caseView(measureOf(1))?.incidents ?? []).map(({ kind, status, history }) =>
    `${kind} ${status} ${history.map(({ step }) => step).join(' ')}`.trim(),
  );
async function turn(two: TwoSites, id: string, off: boolean): Promise<void> {
  await two.noirmont.log.append(ask(id, 'battery', off));
  await two.settle();
  await two.delemont.log.append(approve(id));
  await two.settle();
  // It counts for what comes later than itself: the next heartbeat.
  await two.pass(500);
}

test('[RS1] an approval that is read before what it approves counts once both are here', () => {
  const placed = (t: number, site: SiteId, entry: ReturnType<typeof switched>): PlacedEntry =>
    ({ site, epoch: '1-a', seq: 1, t: logTimeUs(t), entry }) as unknown as PlacedEntry;
  const asked = placed(100, 'noirmont', ask('a', 'battery', true));
  const approved = placed(200, 'delemont', approve('a'));
  for (const order of [
    [asked, approved],
    [approved, asked],
  ]) {
    const switches = new RuleSwitches([], () => 5);
    const changes = order.map((entry) => switches.note(entry));
    // The second of the two is where cases have to be looked at.
    expect(changes[1]).toBe(true);
    expect(switches.off()).toMatchObject([{ rule: 'battery', t: 200 }]);
  }
});

test('[RS1] [RS3] a switch counts at one place, at both sites and in a replay: off closes, on takes up again', async () => {
  const two = await begun();
  await charge(two, 1, 10);
  await two.settle();
  for (const site of SITES) expect(incidents(two, site)).toEqual(['battery raised']);
  await turn(two, 'a', true);
  for (const site of SITES) {
    expect(incidents(two, site)).toEqual(['battery resolved switched_off']);
    expect(two.at(site).replica.switched.off()).toMatchObject([{ rule: 'battery', by: ['sre-1', 'sre-2'] }]);
  }
  await turn(two, 'b', false);
  for (const site of SITES) {
    expect(incidents(two, site)).toEqual(['battery raised switched_off switched_on']);
    expect(two.at(site).replica.switched.off()).toEqual([]);
  }
  await two.pass(3_000);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  const replayed = await replayLog(await two.messages('noirmont'), two.noirmont.keys, {
    site: 'noirmont',
    everySecond: true,
  });
  expect(replayed.digest).toBe(two.noirmont.replica.digestNow());
  expect(replayed.recorded.different).toEqual([]);
  expect(replayed.published.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['early', 'confirmed', 'switched_off', 'switched_on']),
  );
});

test('[RS2] nobody is told of what a rule finds while it is off', async () => {
  const two = await begun();
  await turn(two, 'a', true);
  await charge(two, 1, 10);
  await two.settle();
  await two.pass(5_000);
  for (const site of SITES) expect(incidents(two, site)).toEqual(['battery resolved switched_off']);
  const replayed = await replayLog(await two.messages('noirmont'), two.noirmont.keys, { site: 'noirmont' });
  expect(replayed.published).toEqual([]);
});

test('[RS4] [L9] a switch that arrives behind what it concerns has it folded anew', async () => {
  const two = await begun();
  await two.noirmont.log.append(ask('a', 'battery', true));
  await two.settle();
  await two.part();
  await two.noirmont.log.append(approve('a'));
  await two.pass(100);
  await charge(two, 1, 10, 'delemont');
  await two.pass(100);
  expect(incidents(two, 'delemont')).toEqual(['battery raised']);
  await two.meet();
  for (const site of SITES) expect(incidents(two, site)).toEqual(['battery resolved switched_off']);
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

test('[RS4] a restart from a snapshot knows what is switched off, and what is asked for', async () => {
  const two = await begun();
  await turn(two, 'a', true);
  await two.noirmont.log.append(ask('b', 'silence', true));
  await two.settle();
  await two.pass(2_000);
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  await two.kill('noirmont');
  const { replica } = await two.open('noirmont');
  await two.until(() => replica.caughtUp);
  expect(replica.switched.off()).toMatchObject([{ rule: 'battery' }]);
  expect(replica.switched.asked(two.time.nowUs())).toMatchObject([{ id: 'b', rule: 'silence' }]);
  await charge(two, 1, 10, 'delemont');
  await two.settle();
  for (const site of SITES) expect(incidents(two, site)).toEqual(['battery resolved switched_off']);
  expect(replica.digestNow()).toBe(two.delemont.replica.digestNow());
});

const noted = (
  list: readonly (readonly [tMs: number, draft: ReturnType<typeof switched>])[],
  version = 5,
): RuleSwitches => {
  const switches = new RuleSwitches([], () => version);
  for (const [tMs, draft] of list)
    switches.note({
      site: 'noirmont',
      epoch: '1-a',
      seq: 1,
      t: logTimeUs(tMs * 1000),
      entry: draft,
    } as unknown as PlacedEntry);
  return switches;
};
const offRules = (s: RuleSwitches): readonly string[] => s.off().map(({ rule }) => rule);

test('[RS5] four eyes: who asked does not approve, after 15 minutes nothing was asked, and one approval is enough', () => {
  const MINUTE = 60_000;
  expect(offRules(noted([[0, ask('a', 'silence', true)]]))).toEqual([]);
  expect(
    offRules(
      noted([
        [0, ask('a', 'silence', true)],
        [1, approve('a', 'sre-1')],
      ]),
    ),
  ).toEqual([]);
  expect(
    offRules(
      noted([
        [0, ask('a', 'silence', true)],
        [15 * MINUTE + 1, approve('a')],
      ]),
    ),
  ).toEqual([]);
  expect(
    offRules(
      noted([
        [1, approve('a')],
        [2, ask('a', 'silence', true)],
      ]),
    ),
  ).toEqual([]);
  expect(
    offRules(
      noted([
        [0, ask('a', 'silence', true)],
        [15 * MINUTE, approve('a')],
        [15 * MINUTE, approve('a', 'sre-3')],
      ]),
    ),
  ).toEqual(['silence']);
});

test('[RS6] what tells that a person may be hurt or that the system has failed is not switched off, and no bad entry counts', () => {
  for (const rule of [
    'sos',
    'proximity',
    'tamper',
    'dispatch_failed',
    'invalid_order',
    'stale',
    'nonsense',
    '__proto__',
  ])
    expect(
      offRules(
        noted([
          [0, ask('a', rule, true)],
          [1, approve('a')],
        ]),
      ),
    ).toEqual([]);
  const bad = [
    undefined,
    null,
    {},
    { step: 'ask' },
    { step: 'ask', rule: 'silence', off: true, by: 'sre-1', note: '' },
  ];
  for (const data of bad)
    expect(
      offRules(
        noted([
          [0, switched('a', data)],
          [1, approve('a')],
        ]),
      ),
    ).toEqual([]);
  expect(
    offRules(
      noted(
        [
          [0, ask('a', 'silence', true)],
          [1, approve('a')],
        ],
        4,
      ),
    ),
  ).toEqual([]);
});
