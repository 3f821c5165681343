// What a real log server does wrong, or is made to do wrong, and what the log says to it.
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type SiteId, SITES, seqOf, streamName } from '@vigie/model';
import { expect, test } from 'vitest';
import { startNats, startNatsPair } from '../../../../test/support/nats.ts';
import { newEntryId, runSite } from '../testing/running-site.ts';
import { eventually } from '../testing/two-sites.ts';
import { type Time, systemTime } from '../time.ts';
import type { OriginMessage, SiteLog } from '../types.ts';
import { JetStreamApi } from './api.ts';
import { openJetStreamLog } from './jetstream-log.ts';

const draft = (bytes = 0) => ({
  entryId: newEntryId(),
  kind: 'reports' as const,
  items: bytes === 0 ? [] : [{ measure: '00'.repeat(16), bytes: new Uint8Array(bytes) }],
});

/** Opens the second site once the line between the servers carries the first one's voice. */
async function eventuallyReached(first: SiteLog, open: () => Promise<SiteLog>): Promise<SiteLog> {
  const probe = await open();
  await eventually('the line stands', () => first.peer().reachable);
  await probe.close();
  return open();
}

test('a log server of another domain, or of none, is not written to', async () => {
  const nats = await startNats({ domain: 'delemont' });
  try {
    await expect(openJetStreamLog({ site: 'noirmont', servers: nats.url })).rejects.toThrow("domain 'delemont'");
  } finally {
    await nats.stop();
  }
});

test('a log server at its limit refuses by name, and smaller entries are still taken', async () => {
  const nats = await startNats({
    domain: 'noirmont',
    conf: 'accounts { APP { jetstream { max_file: 2MB, max_mem: 16MB }, users: [ { user: u, password: p } ] } }',
  });
  try {
    const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url, user: 'u', password: 'p' });
    let result = await log.append(draft(100_000));
    for (let i = 0; i < 100 && result.kind === 'stored'; i++) result = await log.append(draft(100_000));
    expect(result).toMatchObject({ kind: 'refused', reason: 'disk_full' });
    expect((await log.append(draft())).kind).toBe('stored');
    await log.close();
  } finally {
    await nats.stop();
  }
});

test('a site whose disk is full writes nothing, neither its own nor copies, and goes on by itself once there is room', async () => {
  const pair = await startNatsPair();
  const disk = { full: false };
  const n = await openJetStreamLog({ site: 'noirmont', servers: pair.noirmont.url, disk });
  const d = await openJetStreamLog({ site: 'delemont', servers: pair.delemont.url });
  try {
    const got: OriginMessage[] = [];
    await n.subscribe(undefined, (message) => got.push(message));
    await d.append(draft());
    await eventually('copied', () => got.some(({ site }) => site === 'delemont'));
    disk.full = true;
    expect(await n.append(draft())).toMatchObject({ kind: 'refused', reason: 'disk_full' });
    for (let i = 0; i < 3; i++) await d.append(draft());
    const held = async (): Promise<number> => {
      const own = (await n.survey())?.own ?? [];
      return own.find(({ site }) => site === 'delemont')?.lastSeq ?? 0;
    };
    await eventually('the other site has appended', async () =>
      ((await n.survey())?.peer ?? []).some(({ site, lastSeq }) => site === 'delemont' && lastSeq === 4),
    );
    expect(await held()).toBe(1);
    disk.full = false;
    expect((await n.append(draft())).kind).toBe('stored');
    await eventually('copied again', async () => (await held()) === 4);
  } finally {
    await n.close();
    await d.close();
    await pair.stop();
  }
});

test('an epoch that was sealed refuses further entries', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url });
  const nc = await connect({ servers: nats.url });
  try {
    const api = new JetStreamApi(nc);
    const info = await api.stream(streamName('noirmont', log.epoch, 0));
    expect(info.ok && (await api.seal(info.value.config.name)).ok).toBe(true);
    expect(await log.append(draft())).toMatchObject({ kind: 'refused', reason: 'sealed' });
  } finally {
    await nc.close();
    await log.close();
    await nats.stop();
  }
});

test('[L1] an origin can be neither purged nor thinned', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url });
  const nc = await connect({ servers: nats.url });
  try {
    const name = streamName('noirmont', log.epoch, 0);
    await log.append(draft());
    const { streams } = await jetstreamManager(nc);
    await expect(streams.purge(name)).rejects.toThrow('purge');
    await expect(streams.deleteMessage(name, 1)).rejects.toThrow('delete');
  } finally {
    await nc.close();
    await log.close();
    await nats.stop();
  }
});

test('[L5] a site that starts with a clock an hour off writes log times near those of the other', async () => {
  const pair = await startNatsPair();
  const told: string[] = [];
  const offsetUs = 3_600_000_000;
  const right = systemTime();
  const time: Time = { nowUs: () => right.nowUs() + offsetUs, after: (ms, run) => right.after(ms, run) };
  const n = await openJetStreamLog({ site: 'noirmont', servers: pair.noirmont.url });
  const d = await eventuallyReached(n, () =>
    openJetStreamLog({ site: 'delemont', servers: pair.delemont.url, time, note: (detail) => told.push(detail) }),
  );
  try {
    const apartUs = async (): Promise<number> => {
      const [mine, theirs] = [await n.append(draft()), await d.append(draft())];
      if (mine.kind !== 'stored' || theirs.kind !== 'stored') throw new Error(`${mine.kind}, ${theirs.kind}`);
      return Math.abs(mine.t - theirs.t);
    };
    expect(await apartUs()).toBeLessThan(10_000_000);
    expect(told.some((detail) => detail.includes('3600.0 s apart'))).toBe(true);
  } finally {
    await n.close();
    await d.close();
    await pair.stop();
  }
});

test('[L13] a copy whose consumer the other server forgot is begun anew, and nothing is missing or doubled', async () => {
  const pair = await startNatsPair();
  const n = await openJetStreamLog({ site: 'noirmont', servers: pair.noirmont.url });
  const d = await openJetStreamLog({ site: 'delemont', servers: pair.delemont.url });
  const nc = await connect({ servers: pair.noirmont.url });
  try {
    const got: OriginMessage[] = [];
    await d.subscribe(undefined, (message) => got.push(message));
    for (let i = 0; i < 5; i++) await n.append(draft());
    await eventually('mirrored', () => got.length === 5);
    const name = streamName('noirmont', n.epoch, 0);
    const { consumers } = await jetstreamManager(nc);
    const readers = await consumers.list(name).next();
    expect(readers).toHaveLength(1);
    for (const reader of readers) expect(await consumers.delete(name, reader.name)).toBe(true);
    for (let i = 0; i < 5; i++) await n.append(draft());
    // By whoever notices first: the reader that hears no heartbeat, or the look that finds the copy standing.
    await eventually('mirrored again', () => got.length === 10);
    expect(got.map((m) => m.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  } finally {
    await nc.close();
    await n.close();
    await d.close();
    await pair.stop();
  }
});

test('[L13] a log server killed while a copy was being made starts all the same, and the copy is made anew', async () => {
  const pair = await startNatsPair();
  const n = await openJetStreamLog({ site: 'noirmont', servers: pair.noirmont.url });
  const d = await openJetStreamLog({ site: 'delemont', servers: pair.delemont.url });
  try {
    const got: OriginMessage[] = [];
    await n.subscribe(undefined, (message) => got.push(message));
    for (let i = 0; i < 3; i++) await d.append(draft());
    const stream = streamName('delemont', d.epoch, 0);
    await eventually('copied', () => got.filter(({ site }) => site === 'delemont').length === 3);
    await pair.noirmont.kill();
    const [meta] = readdirSync(pair.noirmont.storeDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith(join(stream, 'meta.inf')),
    );
    writeFileSync(join(pair.noirmont.storeDir, meta ?? 'no copy'), '');
    await pair.noirmont.start();
    await d.append(draft());
    const held = async (): Promise<number> =>
      ((await n.survey())?.own ?? []).find(({ site, epoch }) => site === 'delemont' && epoch === d.epoch)?.lastSeq ?? 0;
    await eventually('copied again, from the first on', async () => (await held()) === 4);
    const again = await n.read('delemont', d.epoch, seqOf(1), 10);
    expect(again.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  } finally {
    await n.close();
    await d.close();
    await pair.stop();
  }
});

test('appends under way when the log server dies end as unknown, those after it as well, and none is lost that was stored', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url });
  try {
    const first = log.epoch;
    const ids: string[] = [];
    const appends = Array.from({ length: 500 }, async () => {
      const one = draft(2000);
      const result = await log.append(one);
      if (result.kind === 'stored') ids.push(one.entryId);
      return result.kind;
    });
    await Promise.race(appends);
    await nats.kill();
    const kinds = await Promise.all(appends);
    expect(kinds.every((kind) => kind === 'stored' || kind === 'unknown')).toBe(true);
    expect((await log.append(draft())).kind).toBe('unknown');
    await nats.start();
    await eventually('a new epoch', () => log.epoch !== first);
    const got = new Set<string>();
    await log.subscribe(undefined, (message) => {
      if (message.entry.ok) got.add(message.entry.value.entryId);
    });
    await eventually('everything that was stored', () => ids.every((id) => got.has(id)));
  } finally {
    await log.close();
    await nats.stop();
  }
});

test('[L8] [L10] [L11] through kills, cuts and resets in quick succession all that was stored settles once, in one order', async () => {
  const pair = await startNatsPair();
  const logs = await Promise.all(SITES.map((site) => openJetStreamLog({ site, servers: pair[site].url })));
  const sites = await Promise.all(logs.map(runSite));
  const stored: string[] = [];
  let writing = true;
  const write = async (log: SiteLog): Promise<void> => {
    while (writing) {
      const one = draft(2000);
      const result = await log.append(one);
      if (result.kind === 'stored') stored.push(one.entryId);
      await pause(10);
    }
  };
  const again = async (...killed: readonly SiteId[]): Promise<void> => {
    for (const site of killed) await pair[site].kill();
    for (const site of killed) await pair[site].start();
  };
  try {
    const writers = logs.map(write);
    await again('noirmont');
    pair.link.cut();
    await again('delemont');
    await eventually('apart', () => logs.every((log) => !log.peer().joined));
    pair.link.heal();
    await again('noirmont');
    pair.link.reset();
    await again('noirmont', 'delemont');
    pair.link.cut('toTarget');
    await again('noirmont');
    pair.link.heal();
    await again('delemont');
    await eventually('an entry of the last epochs', () => logs.every((log) => log.peer().joined) && stored.length > 50);
    writing = false;
    await Promise.all(writers);
    await eventually('all settled at both', () => stored.every((id) => sites.every((s) => s.hasSettled(id))), 40_000);
    const [n = [], d = []] = sites.map((site) => site.settled);
    const common = Math.min(n.length, d.length);
    expect(n.slice(0, common)).toEqual(d.slice(0, common));
    expect(new Set(n).size).toBe(n.length);
  } finally {
    writing = false;
    for (const site of sites) site.stop();
    for (const log of logs) await log.close();
    await pair.stop();
  }
});
