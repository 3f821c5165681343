// L19 on real log servers: epochs are closed, become archives at both sites, and leave the log servers; readers notice nothing.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SiteId, SITES, otherSite, seqOf } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { type TestNatsPair, startNatsPair } from '../../../../test/support/nats.ts';
import { followLog } from '../follow.ts';
import { openJetStreamLog } from '../jetstream/jetstream-log.ts';
import { openStoredLog } from '../jetstream/stored-log.ts';
import { Keeper } from '../keeper/keeper.ts';
import { Merge } from '../merge/merge.ts';
import { newEntryId } from '../testing/running-site.ts';
import { eventually } from '../testing/two-sites.ts';
import { systemTime } from '../time.ts';
import { Notary } from '../tree/notary.ts';
import type { OriginMessage } from '../types.ts';
import { Archives } from './archives.ts';
import { Archivist } from './archivist.ts';

interface World {
  readonly pair: TestNatsPair;
  readonly dirs: Record<SiteId, string>;
}
async function world(): Promise<World> {
  const pair = await startNatsPair();
  const dir = mkdtempSync(join(tmpdir(), 'vigie-archives-'));
  onTestFinished(async () => {
    await pair.stop();
    rmSync(dir, { recursive: true });
  });
  return { pair, dirs: { noirmont: join(dir, 'noirmont'), delemont: join(dir, 'delemont') } };
}

async function open({ pair, dirs }: World, site: SiteId, covered: () => boolean = () => true) {
  const time = systemTime();
  const archives = await Archives.open(dirs[site]);
  const told: string[] = [];
  const log = await openJetStreamLog({
    site,
    servers: pair[site].url,
    archives,
    bringArchives: async (has) => {
      const there = await Archives.open(dirs[otherSite(site)]);
      for (const expected of there.list()) {
        const { site: of, epoch } = expected;
        if (has(of, epoch)) continue;
        mkdirSync(dirs[site], { recursive: true });
        const file = join(dirs[site], 'brought');
        cpSync(there.fileOf(of, epoch), file);
        await archives.adopt(file, of, epoch, expected);
      }
      return true;
    },
    note: (detail) => told.push(detail),
  });
  const merge = new Merge({ self: site });
  const notary = await Notary.open({
    log,
    time,
    onSuspect: () => expect.fail('the trees differ'),
    onDivergence: () => {},
    onHeartbeat: (data) => archivist.heard(data),
    onFailure: (detail) => expect.fail(detail),
  });
  const archivist: Archivist = new Archivist({
    log,
    merge,
    notary,
    archives,
    time,
    isCovered: covered,
    onNote: (_, detail) => told.push(detail),
    everyMs: 50,
  });
  const heartbeat = () => {
    const tree = notary.own();
    return { ...(tree === undefined ? {} : { tree }), archives: archivist.claims() };
  };
  const keeper = new Keeper({ log, merge, time, entryId: newEntryId, heartbeat });
  const settled: string[] = [];
  const following = await followLog({
    log,
    merge,
    onChange: (change) => {
      settled.push(...change.settled.map((e) => `${e.t} ${e.site}.${e.epoch}:${e.seq}`));
      keeper.changed(change);
    },
  });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await archivist.close();
    keeper.stop();
    following.stop();
    await notary.close();
    await log.close();
  };
  onTestFinished(stop);
  return { site, log, merge, archives, archivist, settled, told, stop };
}
type Site = Awaited<ReturnType<typeof open>>;

const place = (m: OriginMessage): string => `${m.site}.${m.epoch}:${m.seq} ${Buffer.from(m.bytes).toString('base64')}`;

/** Three epochs of Noirmont's, the last of them running. */
async function rotated(n: Site, d: Site): Promise<string[]> {
  await eventually('joined', () =>
    [n, d].every(({ log, merge }) => merge.isAdmitted('noirmont', log.epoch) || log.site !== 'noirmont'),
  );
  const closed: string[] = [];
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20; i++) await n.log.append({ entryId: newEntryId(), kind: 'reports', items: [] });
    closed.push(n.log.epoch);
    expect(await n.log.rotate()).toBe(true);
    await eventually('admitted', () => [n, d].every(({ merge }) => merge.isAdmitted('noirmont', n.log.epoch)));
  }
  return closed;
}
const hasStreams = (by: Site, epochs: readonly string[]): boolean =>
  epochs.some((epoch) => by.log.hasStream('noirmont', epoch).here);

test('[L19] closed epochs leave both log servers once both hold the archive, and every reader still gets all of them', async () => {
  const w = await world();
  const [n, d] = [await open(w, 'noirmont'), await open(w, 'delemont')];
  const closed = await rotated(n, d);
  await eventually('archives at both', () => [n, d].every(({ archives }) => archives.list().length === closed.length));
  await eventually('streams gone at both', () => !hasStreams(n, closed) && !hasStreams(d, closed));
  expect(n.archives.list()).toEqual(d.archives.list());

  for (const by of [n, d]) {
    const got: OriginMessage[] = [];
    const reading = await by.log.subscribe(undefined, (m) => got.push(m));
    const [first = ''] = closed;
    await eventually('everything from the start', () => got.some((m) => m.epoch === n.log.epoch));
    reading.stop();
    expect(got.filter((m) => m.epoch === first).map((m) => m.seq)).toEqual(
      Array.from({ length: by.archives.get('noirmont', first)?.size ?? -1 }, (_, i) => i + 1),
    );
    expect((await by.log.read('noirmont', first, seqOf(3), 2)).map((m) => m.seq)).toEqual([3, 4]);
  }

  // A site that begins anew, from the start of the log, ends where the others are; and an offline reader sees the same.
  const before = d.settled.length;
  await d.stop();
  const again = await open(w, 'delemont');
  await eventually('settled anew from archives', () => again.settled.length >= before);
  expect(again.settled.slice(0, before)).toEqual(d.settled);
  await n.stop();
  const stored = await openStoredLog({ site: 'noirmont', servers: w.pair.noirmont.url, archives: n.archives });
  const read: OriginMessage[] = [];
  for await (const message of stored.messages()) read.push(message);
  await stored.close();
  expect(read.filter((m) => closed.includes(m.epoch)).length).toBe(
    n.archives.list().reduce((sum, { size }) => sum + size, 0),
  );
  expect(new Set(read.map(place)).size).toBe(read.length);
});

test('[L19] without a snapshot past its end at the other site, a stream stays at both', async () => {
  const w = await world();
  let covered = false;
  const [n, d] = [await open(w, 'noirmont'), await open(w, 'delemont', () => covered)];
  const closed = await rotated(n, d);
  await eventually('archives at both', () => [n, d].every(({ archives }) => archives.list().length === closed.length));
  const told = n.log.received().noirmont?.seq ?? 0;
  await eventually('both have told of them', () => (n.log.received().noirmont?.seq ?? 0) > told + 3);
  expect([n, d].map((by) => hasStreams(by, closed))).toEqual([true, true]);
  covered = true;
  await eventually('streams gone at both', () => !hasStreams(n, closed) && !hasStreams(d, closed));
});

test('[L12] [L19] a site that lost its disk and its archives gets both from the other before it settles', async () => {
  const w = await world();
  const [n, d] = [await open(w, 'noirmont'), await open(w, 'delemont')];
  const closed = await rotated(n, d);
  await eventually('streams gone at both', () => !hasStreams(n, closed) && !hasStreams(d, closed));
  const before = d.settled.length;
  await w.pair.delemont.kill();
  await d.stop();
  rmSync(w.pair.delemont.storeDir, { recursive: true });
  rmSync(w.dirs.delemont, { recursive: true });
  await w.pair.delemont.start();
  const again = await open(w, 'delemont');
  await eventually('settled anew', () => again.settled.length >= before);
  expect(again.settled.slice(0, before)).toEqual(d.settled);
  expect(again.archives.list()).toEqual(n.archives.list());
});

test('[L19] sites that would hold different archives keep their streams, and say so', async () => {
  const w = await world();
  const [n, d] = [await open(w, 'noirmont'), await open(w, 'delemont')];
  const heard = d.archivist.heard.bind(d.archivist);
  d.archivist.heard = (data) => {
    const told = data as { archives?: { root: string }[] };
    heard({ ...told, archives: told.archives?.map((claim) => ({ ...claim, root: 'ff'.repeat(32) })) });
  };
  const closed = await rotated(n, d);
  await eventually('said', () => d.told.some((detail) => detail.includes('different archives')));
  expect(hasStreams(d, closed)).toBe(true);
  expect(SITES.every((site) => (site === 'noirmont' ? n : d).archives.list().length > 0)).toBe(true);
});
