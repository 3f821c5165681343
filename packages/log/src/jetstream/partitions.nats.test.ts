// How many partitions a log has is fixed when it begins, and the same at both sites.
import type { SiteId } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { startNatsPair } from '../../../../test/support/nats.ts';
import { eventually } from '../testing/two-sites.ts';
import { openJetStreamLog } from './jetstream-log.ts';

async function twoServers() {
  const pair = await startNatsPair();
  onTestFinished(() => pair.stop());
  const notes: string[] = [];
  const open = async (site: SiteId, partitions: number, partition = 0) => {
    const note = (detail: string): void => void notes.push(detail);
    const log = await openJetStreamLog({ site, partition, partitions, servers: pair[site].url, note });
    onTestFinished(() => log.close());
    return log;
  };
  return { pair, open, notes };
}

test('[L1] a log that was begun with one number of partitions is not opened with another, nor one beside it at the other site', async () => {
  const { open } = await twoServers();
  await (await open('noirmont', 4)).close();
  await expect(open('noirmont', 1)).rejects.toThrow('the log was begun with 4 partitions and PARTITIONS says 1');
  await expect(open('noirmont', 2, 1)).rejects.toThrow('the log was begun with 4 partitions and PARTITIONS says 2');
  await expect(open('delemont', 1)).rejects.toThrow('the log was begun with 4 partitions and PARTITIONS says 1');
  expect((await open('noirmont', 4)).epoch).toMatch(/^1-/);
  expect((await open('delemont', 4, 3)).epoch).toMatch(/^1-/);
});

test('[L1] a log without the mark has one partition', async () => {
  const { open } = await twoServers();
  await (await open('noirmont', 1)).close();
  await expect(open('noirmont', 4)).rejects.toThrow('the log was begun with 1 partition and PARTITIONS says 4');
});

test('[L1] [L7] two sites that began with other numbers while apart are never joined, and say why', async () => {
  const { pair, open, notes } = await twoServers();
  pair.link.cut('both');
  const [n, d] = [await open('noirmont', 4), await open('delemont', 1)];
  pair.link.heal();
  await eventually('both have said it', () => notes.filter((note) => note.startsWith('the log was begun')).length >= 2);
  expect([n.peer().reachable, d.peer().reachable]).toEqual([false, false]);
});
