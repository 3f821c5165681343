// Devices against two real ingests over HTTP, on two logs in memory.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIngest } from '@vigie/ingest';
import { MemoryCluster, type MemoryLog } from '@vigie/log';
import { ReportBatchReader, type SiteId } from '@vigie/model';
import type { PlannedReport } from '../types.ts';
import { DeviceClient, type SentReport } from './device-client.ts';
import { SiteHttp } from './site-http.ts';

interface TestSite {
  readonly log: MemoryLog;
  readonly server: Server;
  readonly reports: Set<string>;
  uploads: number;
}
let cluster: MemoryCluster;
let sites: Record<SiteId, TestSite>;
let http: Record<SiteId, SiteHttp>;
const clients: DeviceClient[] = [];

async function open(site: SiteId): Promise<TestSite> {
  const log = cluster.open(site);
  const ingest = createIngest({
    logs: [log],
    deviceByTokenHash: (sha) =>
      sha === hash('sha256', 'token')
        ? { deviceId: 'bracelet', measure: '0'.repeat(32), caseId: 'c', authority: 'JU', ended: false }
        : undefined,
    knowsReport: () => false,
    hasCase: () => true,
    seal: (_measure, plain) => plain,
    nowMs: () => Date.now(),
    quarantine: { keep: () => undefined },
    internalToken: 'internal',
    note: () => undefined,
  });
  const reports = new Set<string>();
  const reader = new ReportBatchReader();
  await log.subscribe(undefined, (message) => {
    if (!message.entry.ok) return;
    if (message.site !== site) log.reportHeld({ epoch: message.epoch, seq: message.seq });
    for (const item of message.entry.value.items) {
      reader.reset(item.bytes);
      for (let i = 0; i < reader.count; i++) reports.add(`${reader.seq(i)}`);
    }
  });
  const one: TestSite = {
    log,
    reports,
    uploads: 0,
    server: createServer((req, res) => {
      one.uploads++;
      void ingest.handle(req, res);
    }),
  };
  await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve));
  return one;
}
const urlOf = (site: SiteId): string => `http://127.0.0.1:${(sites[site].server.address() as AddressInfo).port}`;

beforeEach(async () => {
  cluster = new MemoryCluster();
  sites = { noirmont: await open('noirmont'), delemont: await open('delemont') };
  http = { noirmont: new SiteHttp(urlOf('noirmont')), delemont: new SiteHttp(urlOf('delemont')) };
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.stop();
  for (const site of ['noirmont', 'delemont'] as const) {
    http[site].close();
    sites[site].server.closeAllConnections();
    sites[site].server.close();
    await sites[site].log.close();
  }
});

const planned = (seq: number): PlannedReport => ({
  atMs: Date.now(),
  sendAtMs: Date.now(),
  body: { boot: 1, seq, at: new Date().toISOString(), lat: 47.2247, lon: 6.9575, accuracyM: 5 },
});
const report = (seq: number): SentReport => ({
  planned: planned(seq),
  firstAttemptMs: undefined,
  firstVia: undefined,
  via: undefined,
  state: 'waiting',
  answered: undefined,
});
function client(home: SiteId, uploadMax = 10): DeviceClient {
  const one = new DeviceClient({
    deviceId: 'bracelet',
    token: 'token',
    home,
    sites: http,
    uploadMax,
    nowMs: () => performance.now(),
  });
  clients.push(one);
  return one;
}

test('everything sent is acknowledged, in uploads, and lies in the log', async () => {
  const reports = Array.from({ length: 45 }, (_, seq) => report(seq));
  const one = client('delemont');
  one.send(reports);
  await one.idle();
  expect(reports.every(({ state }) => state === 'both' || state === 'site')).toBe(true);
  expect(reports.every(({ firstAttemptMs, via }) => firstAttemptMs !== undefined && via === 'delemont')).toBe(true);
  expect(sites.delemont.reports.size).toBe(45);
});
test('[L14] what only one site took is sent to the other too, and then both have it', async () => {
  cluster.cut();
  const reports = [report(1), report(2)];
  const one = client('noirmont');
  one.send(reports);
  await one.idle();
  expect(reports.map(({ answered, state }) => [answered, state])).toEqual([
    ['site', 'both'],
    ['site', 'both'],
  ]);
  expect(one.kept).toBe(0);
  expect([sites.noirmont.reports.size, sites.delemont.reports.size]).toEqual([2, 2]);
});
test('a site that does not answer is passed over for the other, and nothing is lost', async () => {
  sites.noirmont.server.closeAllConnections();
  await new Promise((resolve) => sites.noirmont.server.close(resolve));
  const reports = Array.from({ length: 30 }, (_, seq) => report(seq));
  const one = client('noirmont');
  one.send(reports);
  await one.idle();
  expect(one.retries).toBeGreaterThan(0);
  expect(reports.every(({ via, firstVia }) => via === 'delemont' && firstVia !== undefined)).toBe(true);
  expect(sites.delemont.reports.size).toBe(30);
});
test('an answer that never comes is asked for again at the other site; the report exists once by name', async () => {
  for (const site of ['noirmont', 'delemont'] as const) {
    sites[site].server.prependOnceListener('request', (req) => req.socket.destroy());
  }
  const one = client('noirmont');
  one.send([report(7)]);
  await one.idle();
  expect(one.retries).toBe(2);
  const all = [...sites.noirmont.reports, ...sites.delemont.reports];
  expect(new Set(all)).toEqual(new Set(['7']));
});
