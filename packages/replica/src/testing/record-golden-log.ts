// Records a log for test/logs: two sites, two cases, a cut of the line in the middle, reports by way of both. Made anew only when the
// bytes of an entry change their meaning; otherwise what is there stays, as it shows that old logs still replay.
//
//   node packages/replica/src/testing/record-golden-log.ts test/logs/NAME
import { mkdirSync, writeFileSync } from 'node:fs';
import type { OriginMessage } from '@vigie/log';
import { SITES, seqOf } from '@vigie/model';
import { replayLog } from '../replay.ts';
import { INSIDE, OUTSIDE, caseDraft, reportsDraft, stepPayload, measureOf } from './court.ts';
import { type GoldenExpectation, expectationOf, lineOf } from './golden-log.ts';
import { TestKeys, TwoSites } from './two-sites.ts';

async function record(): Promise<OriginMessage[]> {
  const two = await TwoSites.start();
  const { noirmont, delemont } = two;
  for (const n of [1, 2]) await noirmont.log.append(caseDraft(noirmont.keys, n));
  await two.settle();
  for (let seq = 1; seq <= 40; seq++) {
    if (seq === 12) two.cluster.cut();
    if (seq === 24) two.cluster.heal();
    const site = seq % 3 === 0 ? delemont : noirmont;
    const where = seq % 6 < 2 ? INSIDE : OUTSIDE;
    const atMs = two.time.nowUs() / 1000;
    const batteryPct = seq > 30 ? 10 : 60;
    await site.log.append(reportsDraft(site.keys, [[1 + (seq % 2), [{ atMs, seq, ...where, batteryPct }]]]));
    await two.pass(600);
  }
  await two.settle();
  const first = noirmont.replica.caseView(measureOf(1))?.incidents[0];
  if (first === undefined) throw new Error('nothing was raised: the log would prove nothing');
  const decided = delemont.replica.decide(
    { kind: 'step', measure: measureOf(1), payload: stepPayload(first.incidentId, 'acknowledge', 'an operator') },
    5_000,
  );
  await two.pass(2_000);
  await decided;
  // Long enough that devices fall silent, and for digests of many seconds.
  await two.pass(30_000, 100);
  await two.settle();
  const messages: OriginMessage[] = [];
  for (const { site, epoch } of noirmont.replica.merge.epochs())
    messages.push(...(await noirmont.log.read(site, epoch, seqOf(1), 1_000_000)));
  await two.dispose();
  return messages;
}

const dir = process.argv[2];
if (dir === undefined) throw new Error('which folder?');
const messages = await record();
const expected: { [site: string]: GoldenExpectation } = {};
for (const site of SITES)
  expected[site] = expectationOf(await replayLog(messages, new TestKeys(), { site, everySecond: true }));
mkdirSync(dir, { recursive: true });
writeFileSync(`${dir}/log.ndjson`, messages.map(lineOf).join(''));
writeFileSync(`${dir}/expected.json`, `${JSON.stringify(expected, null, 2)}\n`);
process.stdout.write(`${dir}: ${messages.length} entries, ${JSON.stringify(expected).length} bytes expected\n`);
process.exit();
