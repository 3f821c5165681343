// Leave and Found on real processes, as an SRE does them: nothing needs a site that was drained or given up, no restart brings it back
// before its time, and what it had beyond is there again once it is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, type SitesAt, changeMembership, startCluster } from '@vigie/cli';
import type { SiteId } from '@vigie/model';
import { afterEach, expect, test } from 'vitest';

let cluster: Cluster;
let dataDir: string;
const said: string[] = [];

async function start(partitions: number): Promise<void> {
  dataDir = mkdtempSync(join(tmpdir(), 'vigie-membership-'));
  cluster = await startCluster({ dataDir, port: 0, partitions, say: (line) => said.push(line) });
}
afterEach(async () => {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
  readonly body: any;
}
async function ask(site: SiteId, path: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(`${cluster.urls[site]}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
}
const clusterOf = async (site: SiteId) => (await ask(site, '/v1/cluster', cluster.tokens.operator)).body;
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}\n${said.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const sites = (): SitesAt => ({ urls: cluster.urls, token: cluster.tokens.sre });
const order = (caseId: string) => ({
  caseId,
  authority: 'JU',
  legalBasis: 'StGB 67b',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: `dev-${caseId}`, role: 'wearer' }],
  rules: [{ ruleId: 'away', kind: 'exclusion', zone: { type: 'circle', center: [7.3447, 47.3655], radiusM: 200 } }],
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2036-01-01T00:00:00Z',
});
const decide = (site: SiteId, caseId: string) => ask(site, '/v1/cases', cluster.tokens.operator, order(caseId));
const upload = (site: SiteId, caseId: string, token: string, seq: number) =>
  ask(site, '/v1/reports', token, {
    deviceId: `dev-${caseId}`,
    reports: [{ deviceId: `dev-${caseId}`, boot: 1, seq, at: new Date().toISOString(), lat: 47.2562, lon: 6.9965 }],
  });
const track = async (site: SiteId, caseId: string): Promise<number> => {
  const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const { body } = await ask(site, `/v1/cases/${caseId}/track?from=${from}&to=${to}`, cluster.tokens.operator);
  return body.features?.length ?? 0;
};
const equal = async (): Promise<boolean> =>
  (await Promise.all([clusterOf('noirmont'), clusterOf('delemont')])).every(
    ({ alone, peer, digest }) => !alone && peer.joined && digest?.equal === true,
  );

test('[L8] [L12] [L16] a site is drained, restarted and brought back: uploads pass through it, the other settles alone', async () => {
  await start(1);
  const created = await decide('noirmont', 'kept');
  expect(created).toMatchObject({ status: 201, body: { settled: true } });
  const token = created.body.deviceTokens['dev-kept'] as string;
  await until('the device is known', async () => (await upload('delemont', 'kept', token, 1)).status === 200);
  expect(await changeMembership(sites(), 'drain', 'delemont', false)).toMatchObject({ ok: true });
  expect(await upload('delemont', 'kept', token, 2)).toMatchObject({ status: 200, body: { accepted: 1 } });
  expect((await upload('delemont', 'kept', token, 2)).body.position).toMatch(/^noirmont\./);
  expect(await decide('delemont', 'refused')).toMatchObject({
    status: 503,
    retryAfter: '2',
    body: { type: 'urn:vigie:problem:site-left', ask: cluster.publicUrls.noirmont },
  });
  await cluster.stopSite('delemont');
  expect(await decide('noirmont', 'alone')).toMatchObject({ status: 201, body: { settled: true, alone: true } });
  expect((await upload('noirmont', 'kept', token, 3)).body).toMatchObject({ durable: 'site', alone: true });
  await cluster.startSite('delemont');
  await until('heard again', async () => (await clusterOf('delemont')).peer.joined === true);
  expect((await clusterOf('delemont')).membership).toBe('left');
  expect(await clusterOf('noirmont')).toMatchObject({ alone: true, peer: { left: true } });
  expect(await changeMembership(sites(), 'undrain', 'delemont', false)).toMatchObject({ ok: true });
  await until('equal again', equal);
  const after = await decide('delemont', 'after');
  expect(after).toMatchObject({ status: 201, body: { settled: true } });
  expect(after.body.alone).toBe(undefined);
  for (const site of ['noirmont', 'delemont'] as const)
    await until(`three reports at ${site}`, async () => (await track(site, 'kept')) === 3);
});

test('[L1] [L8] [L11] [L15] a site is given up, the other settles alone, in all of four partitions; it comes back with its disk, and nothing of it is missing', async () => {
  await start(4);
  const created = await decide('noirmont', 'kept');
  const token = created.body.deviceTokens['dev-kept'] as string;
  await until('the device is known', async () => (await upload('delemont', 'kept', token, 1)).status === 200);
  await until('settled at both', equal);
  // What Delémont takes while nobody hears it is on its disk alone.
  process.kill(cluster.pids('noirmont').nats, 'SIGSTOP');
  await until('apart', async () => !(await clusterOf('delemont')).peer.reachable);
  expect((await upload('delemont', 'kept', token, 2)).body).toMatchObject({ durable: 'site' });
  for (const pid of Object.values(cluster.pids('delemont'))) process.kill(pid, 'SIGKILL');
  process.kill(cluster.pids('noirmont').nats, 'SIGCONT');
  await expect(changeMembership(sites(), 'retire', 'delemont', false)).rejects.toThrow('--fenced');
  await until('not heard', async () => !(await clusterOf('noirmont')).peer.reachable);
  await until('given up', async () => (await changeMembership(sites(), 'retire', 'delemont', true)).ok);
  await until('alone', async () => (await clusterOf('noirmont')).alone === true);
  expect(await decide('noirmont', 'alone')).toMatchObject({ status: 201, body: { settled: true, alone: true } });
  await cluster.stopSite('delemont');
  await cluster.startSite('delemont');
  await until('equal again', equal);
  for (const site of ['noirmont', 'delemont'] as const)
    await until(`two reports at ${site}`, async () => (await track(site, 'kept')) === 2);
});
