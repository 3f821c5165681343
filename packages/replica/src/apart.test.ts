// Cuts, crashes and missing keys: each site goes on alone, and what they did meets again.
import { expect, onTestFinished, test } from 'vitest';
import { SITES, type SiteId, type VectorPosition } from '@vigie/model';
import { encodePayload } from './payload.ts';
import { INSIDE, OUTSIDE, caseDraft, deviceOf, measureOf, reportsDraft, stepPayload } from './testing/court.ts';
import { UnobservedWatch } from './unobserved.ts';
import { TestKeys, TwoSites } from './testing/two-sites.ts';

async function twoSites(keys: Partial<Record<SiteId, TestKeys>> = {}): Promise<TwoSites> {
  const two = await TwoSites.start(keys);
  onTestFinished(() => two.dispose());
  return two;
}
const nowMs = (two: TwoSites): number => two.time.nowUs() / 1000;
const say = (two: TwoSites, site: SiteId, n: number, seq: number, where: object) => {
  const { log, keys } = two.at(site);
  return log.append(reportsDraft(keys, [[n, [{ atMs: nowMs(two), seq, ...where }]]]));
};
const incidentsOf = (two: TwoSites, site: SiteId, n = 1) =>
  two.at(site).replica.caseView(measureOf(n))?.incidents ?? [];
const eventIds = (two: TwoSites, site: SiteId, after?: VectorPosition): string[] =>
  two
    .at(site)
    .replica.events(after, 1000)
    .events.map((event) => event.id)
    .sort();
/** Event entries as they lie in the log of a site, both origins. */
async function appended(two: TwoSites, site: SiteId): Promise<{ site: SiteId; count: number }[]> {
  const { log, replica } = two.at(site);
  const counts = SITES.map((of) => ({ site: of, count: 0 }));
  for (const { site: of, epoch } of replica.merge.epochs())
    for (const message of await log.read(of, epoch, 1 as never, 100_000))
      if (message.entry.ok && message.entry.value.kind === 'event')
        (counts.find((one) => one.site === of) as { count: number }).count += message.entry.value.items.length;
  return counts;
}
function expectEqual(two: TwoSites): void {
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  for (const n of [1, 2])
    expect(two.noirmont.replica.caseView(measureOf(n))).toEqual(two.delemont.replica.caseView(measureOf(n)));
  expect(eventIds(two, 'noirmont')).toEqual(eventIds(two, 'delemont'));
}

test('[L17] apart, both raise, publish and acknowledge on their own; healed, one incident and one history stay', async () => {
  const two = await twoSites();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 2));
  await two.settle();
  await two.part();
  const atMs = nowMs(two);
  for (const site of SITES) {
    const { log, keys } = two.at(site);
    // The device sends the same report to both, as devices do when nobody answers `both`.
    await log.append(reportsDraft(keys, [[1, [{ atMs, seq: 1, ...INSIDE }]]]));
    await two.pass(40);
  }
  await say(two, 'delemont', 2, 1, { batteryPct: 3 });
  await two.pass(3000);
  const [a, b] = SITES.map((site) => incidentsOf(two, site)[0]);
  expect(a?.incidentId).toBe(b?.incidentId);
  const id = a?.incidentId ?? '';
  expect(two.noirmont.replica.caseView(measureOf(1))?.provisional).toEqual(new Set([id]));
  expect(eventIds(two, 'noirmont')).toEqual([`${id}/early`]);
  expect(two.noirmont.replica.status().unobservedDevices).toBe(0);
  const answers = SITES.map((site) =>
    two
      .at(site)
      .replica.decide({ kind: 'step', measure: measureOf(1), payload: stepPayload(id, 'acknowledge', site) }, 500),
  );
  await two.pass(1000);
  for (const answer of await Promise.all(answers))
    expect(answer).toMatchObject({ kind: 'decided', outcome: { kind: 'applied' }, settled: false });
  const before = two.noirmont.replica.received();
  // Nothing is compared while apart: that it was equal before says nothing of now.
  expect(two.noirmont.replica.status().digest).toMatchObject({ equal: undefined, value: expect.any(String) });
  two.cluster.heal();
  await two.settle();
  await two.pass(4000);
  expectEqual(two);
  const [incident] = incidentsOf(two, 'noirmont');
  expect(incident?.heldBy).toBe('noirmont');
  expect(incident?.history).toHaveLength(1);
  const lost = (await answers[1]) as { entryId: string };
  for (const site of SITES)
    expect(two.at(site).replica.decisionStatus(lost.entryId)).toMatchObject({
      outcome: { kind: 'refused', reason: 'step_forbidden', heldBy: 'noirmont' },
      settled: true,
    });
  expect(two.noirmont.replica.status().digest?.equal).toBe(true);
  expect(SITES.flatMap((site) => two.at(site).faults)).toEqual([]);
  // The cursor taken before the heal shows what came since, at either site.
  const other = incidentsOf(two, 'noirmont', 2)[0]?.incidentId ?? '';
  for (const site of SITES) expect(eventIds(two, site, before)).toContain(`${other}/early`);
});

test('[D2] an early that settles without its incident is withdrawn, at both sites', async () => {
  const two = await twoSites();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.settle();
  two.cluster.cut();
  await two.pass(1500);
  const { keys, log } = two.noirmont;
  const sealed = keys.seal(measureOf(1), encodePayload('stop', { by: 'court', reason: 'lifted' }));
  await log.append({
    entryId: 'stop',
    kind: 'stop',
    items: [{ measure: measureOf(1), bytes: sealed.ok ? sealed.value : new Uint8Array() }],
  });
  await two.pass(1000);
  await say(two, 'delemont', 1, 1, INSIDE);
  await two.pass(1000);
  const [raised] = incidentsOf(two, 'delemont');
  expect(raised?.certainty).toBe('raised');
  expect(eventIds(two, 'delemont')).toEqual([`${raised?.incidentId}/early`]);
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expectEqual(two);
  expect(eventIds(two, 'noirmont')).toEqual([`${raised?.incidentId}/early`, `${raised?.incidentId}/withdrawn`]);
  expect(incidentsOf(two, 'noirmont')[0]?.certainty).toBe('withdrawn');
});

test('[D3] the other site publishes when the owner has not within 2 s, and nothing is published twice by one site', async () => {
  const two = await twoSites();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.settle();
  const { log, keys } = two.noirmont;
  await two.at('noirmont').replica.close();
  await log.append(reportsDraft(keys, [[1, [{ atMs: nowMs(two), seq: 1, ...INSIDE }]]]));
  await two.pass(1500);
  expect(incidentsOf(two, 'delemont')).toHaveLength(1);
  expect(eventIds(two, 'delemont')).toEqual([]);
  expect(two.delemont.replica.status().duties).toEqual(['takeover']);
  await two.pass(1000);
  const id = incidentsOf(two, 'delemont')[0]?.incidentId;
  expect(eventIds(two, 'delemont')).toEqual([`${id}/early`]);
  await two.pass(5000);
  expect(await appended(two, 'delemont')).toEqual([
    { site: 'noirmont', count: 0 },
    { site: 'delemont', count: 1 },
  ]);
});

test('[D1] joined, each event is appended once, by the owner', async () => {
  const two = await twoSites();
  for (const n of [1, 2]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  await say(two, 'noirmont', 1, 1, INSIDE);
  await say(two, 'delemont', 2, 1, INSIDE);
  await two.settle();
  await two.pass(1000);
  await say(two, 'noirmont', 1, 2, OUTSIDE);
  await two.settle();
  await two.pass(5000);
  expect(await appended(two, 'noirmont')).toEqual([
    { site: 'noirmont', count: 3 },
    { site: 'delemont', count: 2 },
  ]);
  const id = incidentsOf(two, 'noirmont')[0]?.incidentId;
  expect(eventIds(two, 'delemont').filter((event) => event.startsWith(`${id}/`))).toEqual([
    `${id}/closed`,
    `${id}/confirmed`,
    `${id}/early`,
  ]);
  expectEqual(two);
});

test('a missing key: settled waits and says so after 5 s, `seen` does not pass it, live goes on without it', async () => {
  const delemont = new TestKeys([measureOf(2)]);
  const two = await twoSites({ delemont });
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 2));
  await two.settle();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await say(two, 'noirmont', 1, 1, INSIDE);
  await say(two, 'noirmont', 2, 1, { batteryPct: 3 });
  await two.pass(7000);
  expect(two.delemont.replica.caseView(measureOf(1))).toBeUndefined();
  expect(incidentsOf(two, 'delemont', 2)).toHaveLength(1);
  expect(two.delemont.replica.status()).toMatchObject({ waitingForKeys: 3, duties: expect.arrayContaining(['keys']) });
  expect(two.delemont.faults).toEqual([{ kind: 'key-missing', measure: measureOf(1), sinceMs: expect.any(Number) }]);
  // Noirmont does not settle either: nothing is `both` that one site could not read.
  expect(two.noirmont.replica.caseView(measureOf(1))?.provisional.size).toBe(1);
  delemont.obtainable.add(measureOf(1));
  await two.pass(1500);
  await two.settle();
  await two.pass(2500);
  expect(incidentsOf(two, 'delemont')).toHaveLength(1);
  expectEqual(two);
  expect(two.noirmont.replica.status().digest?.equal).toBe(true);
});

test('content that is not what its kind says is counted and has no effect, the same at both sites', async () => {
  const two = await twoSites();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  const { log, keys } = two.delemont;
  const item = (text: string) => {
    const sealed = keys.seal(measureOf(1), new TextEncoder().encode(text));
    return { measure: measureOf(1), bytes: sealed.ok ? sealed.value : new Uint8Array() };
  };
  for (const kind of ['case', 'order', 'stop', 'reports', 'step', 'event'] as const)
    for (const text of ['', '{', '[]', '{"incidentId":1}', 'null', `{"order":{"baseRevision":"x"},"by":"a"}`])
      await log.append({ entryId: `bad-${kind}-${text}`, kind, items: [item(text)] });
  await say(two, 'noirmont', 1, 1, INSIDE);
  await two.settle();
  await two.pass(1000);
  expectEqual(two);
  expect(incidentsOf(two, 'delemont')).toHaveLength(1);
  for (const site of SITES) expect(two.at(site).replica.status().faults['malformed-item']).toBe(36);
});

test('[D5] devices heard by way of an unreachable site are unobserved from here; silence does not run for them', async () => {
  const two = await twoSites();
  for (const n of [1, 2]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  await say(two, 'noirmont', 1, 1, OUTSIDE);
  await say(two, 'delemont', 2, 1, OUTSIDE);
  await two.settle();
  expect(two.noirmont.replica.status().unobservedDevices).toBe(0);
  two.cluster.cut();
  await two.pass(60_000, 100);
  expect(two.noirmont.replica.status().unobservedDevices).toBe(1);
  const kinds = (site: SiteId, n: number) => incidentsOf(two, site, n).map((incident) => incident.kind);
  expect([kinds('noirmont', 1), kinds('noirmont', 2)]).toEqual([['silence'], []]);
  expect([kinds('delemont', 1), kinds('delemont', 2)]).toEqual([[], ['silence']]);
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expectEqual(two);
  expect([kinds('noirmont', 1), kinds('noirmont', 2)]).toEqual([['silence'], ['silence']]);
});

test('[D5] who is unobserved from here is one list, the gravest first; too long for its order is a task; who reports here leaves it', async () => {
  const two = await twoSites();
  for (const n of [1, 2, 3]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  for (const n of [1, 2]) await say(two, 'delemont', n, 1, OUTSIDE);
  await two.pass(1000);
  await say(two, 'delemont', 2, 2, { ...OUTSIDE, events: ['strap_open'] });
  await say(two, 'noirmont', 3, 1, OUTSIDE);
  await two.settle();
  const { replica, log } = two.noirmont;
  let left = false;
  const watch = new UnobservedWatch({
    site: 'noirmont',
    timing: two.timing,
    peer: () => log.peer(),
    newestT: () => replica.newestLiveT('delemont'),
    hasLeft: () => left,
    boundTo: (site) => replica.measuresBoundTo(site),
    view: (measure) => replica.liveView(measure),
  });
  const listed = async (): Promise<readonly unknown[] | undefined> => {
    await watch.look();
    return watch.state?.devices.map(({ deviceId, isTask, limitMs }) => [deviceId, isTask, limitMs]);
  };
  expect(await listed()).toBeUndefined();
  two.cluster.cut();
  await two.pass(5000);
  // The one with an open strap incident comes first, whatever was heard last.
  expect(await listed()).toEqual([
    [deviceOf(2), false, 20_000],
    [deviceOf(1), false, 20_000],
  ]);
  expect(watch.state).toMatchObject({ site: 'delemont' });
  await two.pass(20_000, 100);
  expect(await listed()).toEqual([
    [deviceOf(2), true, 20_000],
    [deviceOf(1), true, 20_000],
  ]);
  await say(two, 'noirmont', 2, 3, OUTSIDE);
  await two.pass(500);
  expect(await listed()).toEqual([[deviceOf(1), true, 20_000]]);
  left = true;
  expect(await listed()).toBeUndefined();
});

test('the directory knows devices by their token, and that a stopped measure takes no more reports', async () => {
  const two = await twoSites();
  await two.noirmont.log.append(caseDraft(two.noirmont.keys, 1));
  await two.pass(100);
  const entry = { deviceId: deviceOf(1), measure: measureOf(1), caseId: 'JU-1', authority: 'JU', ended: false };
  expect(two.delemont.replica.deviceByTokenHash('token-1')).toEqual(entry);
  expect(two.delemont.replica.measureOfCase('JU-1')).toBe(measureOf(1));
  const payload = encodePayload('stop', { by: 'court', reason: 'lifted' });
  const stopping = two.noirmont.replica.decide({ kind: 'stop', measure: measureOf(1), payload }, 2000);
  await two.pass(500);
  expect(await stopping).toMatchObject({ kind: 'decided', outcome: { kind: 'applied' }, settled: true });
  expect(two.delemont.replica.deviceByTokenHash('token-1')).toEqual({ ...entry, ended: true });
});

test('[L9] [L17] with room for some forty unsettled entries, a site that was apart reads them from its disk again and ends equal', async () => {
  const two = await TwoSites.start({}, { unsettledBytesMax: 40_000 });
  onTestFinished(() => two.dispose());
  for (const n of [1, 2]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  two.cluster.cut();
  await two.pass(1500);
  let held = 0;
  for (let seq = 1; seq <= 200; seq++) {
    await say(two, seq % 3 === 0 ? 'delemont' : 'noirmont', 1 + (seq % 2), seq, seq % 20 < 5 ? INSIDE : OUTSIDE);
    await two.pass(100);
    for (const site of SITES) held = Math.max(held, two.at(site).replica.heldBytes);
  }
  const raised = incidentsOf(two, 'noirmont').length;
  expect(raised).toBeGreaterThan(2);
  expect(two.noirmont.replica.status().unsettledEntries).toBeGreaterThan(150);
  // What comes between two turns may lie above it.
  expect(held).toBeLessThan(60_000);
  two.cluster.heal();
  await two.settle();
  await two.pass(3000);
  expectEqual(two);
  expect(incidentsOf(two, 'noirmont').length).toBeGreaterThanOrEqual(raised);
  expect(two.noirmont.replica.status().digest?.equal).toBe(true);
});

test('[L8] [L9] [L11] a site that starts again while apart, its log server too, holds no more than before, and both end equal', async () => {
  const two = await TwoSites.start({}, { unsettledBytesMax: 40_000 });
  onTestFinished(() => two.dispose());
  for (const n of [1, 2]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await two.settle();
  await two.pass(1000);
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  two.cluster.cut();
  await two.pass(1500);
  let seq = 0;
  const live = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      seq++;
      await say(two, seq % 3 === 0 ? 'delemont' : 'noirmont', 1 + (seq % 2), seq, seq % 20 < 5 ? INSIDE : OUTSIDE);
      await two.pass(100);
      for (const site of SITES) expect(two.at(site).replica.heldBytes).toBeLessThan(60_000);
    }
  };
  await live(80);
  const before = incidentsOf(two, 'noirmont').map(({ incidentId }) => incidentId);
  await two.kill('noirmont');
  await two.open('noirmont');
  await two.until(() => two.noirmont.replica.caughtUp);
  // What waits from before the start may lie above it until live has taken it over.
  await two.pass(2000);
  expect(two.noirmont.replica.isSpilled).toBe(true);
  expect(incidentsOf(two, 'noirmont').map(({ incidentId }) => incidentId)).toEqual(before);
  await live(20);
  two.cluster.startServer('delemont');
  await two.pass(1000);
  await live(60);
  expect(SITES.map((site) => two.at(site).replica.isSpilled)).toEqual([true, true]);
  two.cluster.heal();
  await two.settle();
  await two.until(() => SITES.every((site) => !two.at(site).replica.isSpilled));
  await two.pass(3000);
  expectEqual(two);
  expect(incidentsOf(two, 'noirmont').length).toBeGreaterThanOrEqual(before.length);
  expect(two.noirmont.replica.status().digest?.equal).toBe(true);
  expect(await two.noirmont.replica.snapshotNow()).toBe(true);
  expect([...two.noirmont.faults, ...two.delemont.faults]).toEqual([]);
});

test('an erased case leaves state, digest and directory at its place; later items are passed over, its key is not waited for', async () => {
  const delemont = new TestKeys([measureOf(2)]);
  const two = await twoSites({ delemont });
  for (const n of [1, 2]) await two.noirmont.log.append(caseDraft(two.noirmont.keys, n));
  await say(two, 'noirmont', 1, 1, INSIDE);
  await two.pass(2000);
  expect(two.delemont.replica.status().waitingForKeys).toBeGreaterThan(0);
  await two.noirmont.log.append({
    entryId: 'erased-1',
    kind: 'erased',
    items: [],
    data: { measure: measureOf(1), authority: 'JU' },
  });
  await say(two, 'noirmont', 1, 2, OUTSIDE);
  await two.settle();
  await two.pass(3000);
  await two.settle();
  for (const site of SITES) {
    const { replica } = two.at(site);
    expect(replica.erased(measureOf(1))).toBe(true);
    expect(replica.events(undefined, 100).events.map(({ measure }) => measure)).not.toContain(measureOf(1));
    expect(replica.caseView(measureOf(1))).toBeUndefined();
    expect([...replica.measures()]).toEqual([measureOf(2)]);
    expect(replica.deviceByTokenHash('token-1')).toBeUndefined();
    expect(replica.status()).toMatchObject({ waitingForKeys: 0, cases: 1, digest: { equal: true } });
  }
  expect(two.noirmont.replica.digestNow()).toBe(two.delemont.replica.digestNow());
  // [D4] What each site says of the key is known at both, and outlives a restart from a snapshot.
  expect(two.noirmont.replica.erasures()).toMatchObject([[measureOf(1), { authority: 'JU' }]]);
  for (const site of SITES)
    for (const again of ['', '-again'])
      await two.at(site).log.append({
        entryId: `gone-${site}${again}`,
        kind: 'key_destroyed',
        items: [],
        data: { measure: measureOf(1) },
      });
  await two.settle();
  await two.pass(1000);
  await two.settle();
  const [told] = two.noirmont.replica.erasures();
  expect(Object.keys(told?.[1].destroyedAt ?? {})).toEqual(['noirmont', 'delemont']);
  expect(two.delemont.replica.erasures()).toEqual([told]);
  // A restart from a snapshot knows of the erasure too.
  expect(await two.delemont.replica.rewriteSnapshots()).toBe(true);
  await two.kill('delemont');
  await say(two, 'noirmont', 1, 3, OUTSIDE);
  const { replica } = await two.open('delemont');
  expect(replica.erasures()).toEqual([told]);
  await two.settle();
  expect([replica.erased(measureOf(1)), replica.status().waitingForKeys]).toEqual([true, 0]);
  expect(two.noirmont.replica.digestNow()).toBe(replica.digestNow());
});
