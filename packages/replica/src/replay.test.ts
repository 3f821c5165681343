import type { OriginMessage } from '@vigie/log';
import { SITES, seqOf } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { replayLog } from './replay.ts';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { TestKeys, TwoSites } from './testing/two-sites.ts';

async function recorded(): Promise<{ two: TwoSites; messages: OriginMessage[] }> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  const { noirmont, delemont } = two;
  for (const n of [1, 2]) await noirmont.log.append(caseDraft(noirmont.keys, n));
  await two.settle();
  for (let seq = 1; seq <= 30; seq++) {
    if (seq === 10) two.cluster.cut();
    if (seq === 20) two.cluster.heal();
    const site = seq % 3 === 0 ? delemont : noirmont;
    const where = seq % 5 < 2 ? INSIDE : OUTSIDE;
    const atMs = two.time.nowUs() / 1000;
    await site.log.append(reportsDraft(site.keys, [[1 + (seq % 2), [{ atMs, seq, ...where }]]]));
    await two.pass(600);
  }
  await two.settle();
  await two.pass(20_000, 100);
  await two.settle();
  const messages: OriginMessage[] = [];
  for (const { site, epoch } of noirmont.replica.merge.epochs())
    messages.push(...(await noirmont.log.read(site, epoch, seqOf(1), 1_000_000)));
  return { two, messages };
}

test('a replay of the log yields the recorded incidents, and the digests that the sites had recorded', async () => {
  const { two, messages } = await recorded();
  for (const site of SITES) {
    const replay = await replayLog(messages, new TestKeys(), { site });
    const of = [1, 2].flatMap((n) => two.at(site).replica.caseView(measureOf(n))?.incidents ?? []);
    expect(of.length).toBeGreaterThan(3);
    expect(replay.incidents.map((one) => one.incidentId).sort()).toEqual(of.map((one) => one.incidentId).sort());
    expect(replay.incidents.every((one) => one.settled)).toBe(true);
    expect(replay.recorded.compared).toBeGreaterThan(0);
    expect(replay.recorded.different).toEqual([]);
    expect(replay.malformed).toEqual([]);
    const confirmed = replay.published.filter((event) => event.type === 'confirmed').map((event) => event.incidentId);
    expect(confirmed.length).toBeGreaterThan(3);
    for (const id of confirmed) expect(of.map((one) => one.incidentId)).toContain(id);
    const closely = await replayLog(messages, new TestKeys(), { site, everySecond: true });
    expect(closely.digest).toBe(replay.digest);
    expect(closely.recorded.compared).toBeGreaterThan(replay.recorded.compared);
    expect(closely.recorded.different).toEqual([]);
  }
});

test('a replay of an altered log differs from what was recorded', async () => {
  const { messages } = await recorded();
  let left = 1;
  const reads = (message: OriginMessage): boolean =>
    !(message.entry.ok && message.entry.value.kind === 'reports' && left-- > 0);
  // A missing entry is a gap in its origin: what follows there has no place, and nothing settles past it.
  const whole = await replayLog(messages, new TestKeys(), { site: 'noirmont' });
  const gap = await replayLog(messages, new TestKeys(), { site: 'noirmont', reads });
  expect(gap.settledT).toBeLessThan(whole.settledT);
  const altered = messages.map((message) =>
    message.entry.ok && message.entry.value.kind === 'reports' && message.seq % 4 === 0
      ? { ...message, entry: { ok: true as const, value: { ...message.entry.value, items: [] } } }
      : message,
  );
  const replay = await replayLog(altered, new TestKeys(), { site: 'noirmont' });
  expect(replay.recorded.different.length).toBeGreaterThan(0);
});

test('what cannot be opened is named, and settled state ends before it', async () => {
  const { messages } = await recorded();
  const replay = await replayLog(messages, new TestKeys([measureOf(1)]), { site: 'noirmont' });
  expect(replay.missingKeys).toEqual([measureOf(2)]);
  expect(replay.cases.map((view) => view.measure)).toEqual([measureOf(1)]);
  expect(replay.settledT).toBeLessThan(replay.liveT);
});
