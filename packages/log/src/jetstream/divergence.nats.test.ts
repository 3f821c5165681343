// L13 on real log servers: a copy with one flipped byte, made by somebody who can write to the log server of a site.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type SiteId, must, seqOf } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { type TestNatsPair, startNatsPair } from '../../../../test/support/nats.ts';
import { openNotarised } from '../testing/notarised-site.ts';
import { newEntryId } from '../testing/running-site.ts';
import { eventually } from '../testing/two-sites.ts';
import { systemTime } from '../time.ts';
import { JetStreamApi } from './api.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { readRange } from './read-range.ts';
import { copyConfig, copySpec, createStream } from './streams.ts';

const open = async (pair: TestNatsPair, site: SiteId, onHole: (detail: string) => void = () => {}) =>
  openNotarised(await openJetStreamLog({ site, servers: pair[site].url, onHole }), systemTime());

async function pairOfServers(): Promise<TestNatsPair> {
  const pair = await startNatsPair();
  onTestFinished(() => pair.stop());
  return pair;
}

/** Writes the copy of an epoch of Noirmont's anew on Delémont's server, with one bit of one entry flipped. */
async function forge(pair: TestNatsPair, epoch: string, seq: number): Promise<void> {
  const nc = await connect({ servers: pair.delemont.url });
  try {
    const api = new JetStreamApi(nc);
    const spec = copySpec('noirmont', epoch, 0, 'delemont');
    const info = await api.stream(spec.name);
    const last = info.ok ? info.value.state.last_seq : 0;
    const messages = await readRange(nc, spec.name, 1, last);
    expect(await api.remove(spec.name)).toMatchObject({ ok: true });
    await createStream(api, copyConfig(spec));
    for (const message of messages) {
      const bytes = Uint8Array.from(message.bytes);
      if (message.seq === seq) bytes[bytes.length - 1] = must(bytes.at(-1), 'not empty') ^ 1;
      await jetstream(nc).publish(spec.subject, bytes);
    }
  } finally {
    await nc.close();
  }
}

test('[L13] a forged copy is found by its root, halted, named, given up and copied anew', async () => {
  const pair = await pairOfServers();
  const n = await open(pair, 'noirmont');
  const first = await open(pair, 'delemont');
  await eventually('joined', () => n.log.peer().joined);
  const report = () => ({
    entryId: newEntryId(),
    kind: 'reports' as const,
    items: [{ measure: 'ab'.repeat(16), bytes: Buffer.from('a report') }],
  });
  const stored = await n.log.append(report());
  if (stored.kind !== 'stored') throw new Error(stored.kind);
  await eventually('copied', () => (first.log.received().noirmont?.seq ?? 0) >= stored.seq + 2);
  await first.stop();
  await forge(pair, stored.epoch, stored.seq);

  const d = await open(pair, 'delemont');
  await eventually('found', () => d.found.length > 0);
  expect(d.found).toMatchObject([{ site: 'noirmont', epoch: stored.epoch, wrong: 'copy', first: stored.seq }]);
  expect(d.log.halted.has('noirmont')).toBe(true);
  expect(await d.log.dropCopy('noirmont', stored.epoch)).toBe(true);
  await d.stop();

  const again = await open(pair, 'delemont');
  await eventually('the same tree at both', () => {
    const [here, there] = [again.notary.of('noirmont', stored.epoch), n.notary.own()];
    return here !== undefined && here.size > stored.seq && here.size === there?.size && here.root === there.root;
  });
  expect(again.found).toEqual([]);
  const [mine] = await again.log.read('noirmont', stored.epoch, seqOf(stored.seq), 1);
  const [theirs] = await n.log.read('noirmont', stored.epoch, seqOf(stored.seq), 1);
  expect(Buffer.from(must(mine, 'read').bytes)).toEqual(Buffer.from(must(theirs, 'read').bytes));
});

/** Flips one bit in the file of a stopped log server, where that content lies. */
function flipOnDisk(storeDir: string, content: Buffer): void {
  const blocks = readdirSync(storeDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes('LOG_noirmont') && name.endsWith('.blk'),
  );
  let flipped = 0;
  for (const name of blocks) {
    const bytes = readFileSync(join(storeDir, name));
    const at = bytes.indexOf(content);
    if (at < 0) continue;
    bytes[at] = must(bytes[at], 'in range') ^ 1;
    writeFileSync(join(storeDir, name), bytes);
    flipped++;
  }
  expect(flipped).toBe(1);
}

for (const way of ['SIGTERM', 'SIGKILL'] as const)
  test(`[L13] one byte flipped on the disk of a log server that ended by ${way} is made good from the origin`, async () => {
    const pair = await pairOfServers();
    const n = await open(pair, 'noirmont');
    const first = await open(pair, 'delemont');
    await eventually('joined', () => n.log.peer().joined);
    const content = Buffer.from('a report whose bytes are found on the disk again');
    const stored = await n.log.append({
      entryId: newEntryId(),
      kind: 'reports',
      items: [{ measure: 'ab'.repeat(16), bytes: content }],
    });
    if (stored.kind !== 'stored') throw new Error(stored.kind);
    await eventually('copied', () => (first.log.received().noirmont?.seq ?? 0) >= stored.seq + 2);
    await first.stop();
    pair.delemont.signal(way);
    await eventually('ended', () => !isRunning(pair.delemont.pid()));
    await pair.delemont.kill();
    flipOnDisk(pair.delemont.storeDir, content);
    await pair.delemont.start();

    const d = await open(pair, 'delemont');
    await eventually('read past the damage', () => (d.notary.of('noirmont', stored.epoch)?.size ?? 0) > stored.seq + 2);
    const [mine] = await d.log.read('noirmont', stored.epoch, seqOf(stored.seq), 1);
    expect(Buffer.from(must(mine, 'read').bytes).includes(content)).toBe(true);
    await eventually('the same tree at both', () => {
      const [here, there] = [d.notary.of('noirmont', stored.epoch), n.notary.own()];
      return here !== undefined && here.size === there?.size && here.root === there.root;
    });
    expect(d.found).toEqual([]);
  });

test('[L13] [L1] one byte flipped in an own stream is said, and read from the copy at the other site', async () => {
  const pair = await pairOfServers();
  const first = await open(pair, 'noirmont');
  const d = await open(pair, 'delemont');
  await eventually('joined', () => first.log.peer().joined);
  const content = Buffer.from('a report of its own whose bytes are found on the disk again');
  const append = (bytes: Buffer) =>
    first.log.append({ entryId: newEntryId(), kind: 'reports', items: [{ measure: 'ab'.repeat(16), bytes }] });
  await append(Buffer.from('one before it'));
  const stored = await append(content);
  if (stored.kind !== 'stored') throw new Error(stored.kind);
  await append(Buffer.from('one behind it'));
  await eventually('copied', () => (d.log.received().noirmont?.seq ?? 0) >= stored.seq + 1);
  const rootBefore = d.notary.of('noirmont', stored.epoch);
  await first.stop();
  pair.noirmont.signal('SIGTERM');
  await eventually('ended', () => !isRunning(pair.noirmont.pid()));
  await pair.noirmont.kill();
  flipOnDisk(pair.noirmont.storeDir, content);
  await pair.noirmont.start();

  const said: string[] = [];
  const n = await open(pair, 'noirmont', (detail) => said.push(detail));
  await eventually('read past the damage', () => (n.notary.of('noirmont', stored.epoch)?.size ?? 0) > stored.seq);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(new RegExp(`^entry ${stored.seq} of LOG_noirmont_.* read from the copy at the other site`));
  const [again] = await n.log.read('noirmont', stored.epoch, seqOf(stored.seq), 1);
  expect(Buffer.from(must(again, 'read').bytes).includes(content)).toBe(true);
  const before = await n.log.read('noirmont', stored.epoch, seqOf(1), 1_000);
  expect(before.map(({ seq }) => seq)).toEqual(Array.from({ length: stored.seq - 1 }, (_, i) => i + 1));
  await eventually('the same tree at both', () => {
    const [here, there] = [n.notary.of('noirmont', stored.epoch), d.notary.of('noirmont', stored.epoch)];
    return here !== undefined && here.size === there?.size && here.root === there.root;
  });
  expect(rootBefore?.size).toBeGreaterThan(0);
  expect(n.found).toEqual([]);
});

test('[L13] [L1] a hole in what was read before and is read again is found too', async () => {
  const pair = await pairOfServers();
  const first = await open(pair, 'noirmont');
  const d = await open(pair, 'delemont');
  await eventually('joined', () => first.log.peer().joined);
  const content = Buffer.from('a report that is read a second time after its disk was damaged');
  const append = (bytes: Buffer) =>
    first.log.append({ entryId: newEntryId(), kind: 'reports', items: [{ measure: 'ab'.repeat(16), bytes }] });
  await append(Buffer.from('one before it'));
  const stored = await append(content);
  if (stored.kind !== 'stored') throw new Error(stored.kind);
  const last = await append(Buffer.from('one behind it'));
  if (last.kind !== 'stored') throw new Error(last.kind);
  await eventually('copied', () => (d.log.received().noirmont?.seq ?? 0) >= last.seq);
  await first.stop();
  pair.noirmont.signal('SIGTERM');
  await eventually('ended', () => !isRunning(pair.noirmont.pid()));
  await pair.noirmont.kill();
  flipOnDisk(pair.noirmont.storeDir, content);
  await pair.noirmont.start();

  const said: string[] = [];
  // Nobody reads from its start: no reader stands before the hole.
  const n = await openJetStreamLog({
    site: 'noirmont',
    servers: pair.noirmont.url,
    onHole: (detail) => said.push(detail),
  });
  onTestFinished(() => n.close());
  await eventually('heard', () => n.peer().reachable);
  const read = async (): Promise<number[]> =>
    (await n.read('noirmont', stored.epoch, seqOf(stored.seq), 2)).map(({ seq }) => seq);
  expect(await read()).toEqual([]);
  expect(said[0]).toMatch(new RegExp(`^entry ${stored.seq} of LOG_noirmont_.* read from the copy at the other site`));
  expect(await read()).toEqual([stored.seq]);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
