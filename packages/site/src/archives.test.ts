import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Archives, MemoryCluster, Notary, type OriginMessage, systemTime } from '@vigie/log';
import { must, seqOf } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { archiveListener, bringArchives } from './archives.ts';

const TOKEN = 'between-the-sites';

async function folder(): Promise<Archives> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-site-archives-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return Archives.open(join(dir, 'archives'));
}

/** A site with one archive, behind its token. */
async function giver() {
  const log = new MemoryCluster().open('noirmont');
  const { epoch } = log;
  for (let i = 0; i < 5; i++) await log.append({ entryId: `e${i}`, kind: 'reports', items: [] });
  const said = { onSuspect: () => {}, onDivergence: () => {}, onFailure: () => {} };
  const notary = await Notary.open({ log, time: systemTime(), ...said });
  const messages = await log.read('noirmont', epoch, seqOf(1), 5);
  async function* each(): AsyncGenerator<OriginMessage> {
    yield* messages;
  }
  const archives = await folder();
  await archives.make('noirmont', epoch, each(), must(notary.of('noirmont', epoch), 'read'));
  await notary.close();
  await log.close();
  const server = createServer(archiveListener([archives], TOKEN, () => {}));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { archives, epoch, peerUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('[L12] [L19] a site fetches the archives it lacks, verified, and none that it has', async () => {
  const { archives: theirs, epoch, peerUrl } = await giver();
  const archives = await folder();
  const options = { partition: 0, archives, peerUrl, internalToken: TOKEN, note: () => {} };
  expect(await bringArchives(options, () => true)).toBe(true);
  expect(archives.list()).toEqual([]);
  expect(await bringArchives(options, () => false)).toBe(true);
  expect(archives.list()).toEqual(theirs.list());
  expect((await archives.read('noirmont', epoch, seqOf(2), 9)).map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
});

test('[L19] without the token nothing is given, and a damaged archive is not kept', async () => {
  const { archives: theirs, epoch, peerUrl } = await giver();
  const archives = await folder();
  const options = { partition: 0, archives, peerUrl, internalToken: 'another', note: () => {} };
  expect(await bringArchives(options, () => false)).toBe(false);
  writeFileSync(theirs.fileOf('noirmont', epoch), 'no archive any more');
  expect(await bringArchives({ ...options, internalToken: TOKEN }, () => false)).toBe(false);
  expect(archives.list()).toEqual([]);
  expect(await bringArchives({ ...options, peerUrl: 'http://127.0.0.1:9' }, () => false)).toBe(false);
});
