// The claim that makes the project worth having, on real processes: a site dies in the middle of the feed and comes back, and
// nothing acknowledged is missing, nothing is applied twice, both sites end alike. The log servers hold nothing in plain.
import { readFileSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, sitePaths, startCluster } from '@vigie/cli';
import { SITES } from '@vigie/model';
import { type DeviceHistory, runCheck } from '@vigie/sim';
import { afterEach, expect, test } from 'vitest';

let cluster: Cluster | undefined;
const folders: string[] = [];
const said: string[] = [];

async function start(options: { readonly sealing?: boolean; readonly partitions?: number } = {}): Promise<Cluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-system-'));
  folders.push(dataDir);
  cluster = await startCluster({ dataDir, port: 0, say: (line) => said.push(line), ...options });
  return cluster;
}
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function tracksAt(
  running: Cluster,
  site: (typeof SITES)[number],
  caseIds: readonly string[],
): Promise<Map<string, string[]>> {
  const tracks = new Map<string, string[]>();
  // Fix times run ahead of the clock, because sending is compressed.
  const [from, to] = [-86_400_000, 3 * 86_400_000].map((ms) => new Date(Date.now() + ms).toISOString());
  for (const caseId of caseIds) {
    const answer = await fetch(`${running.urls[site]}/v1/cases/${caseId}/track?from=${from}&to=${to}`, {
      headers: { authorization: `Bearer ${running.tokens.operator}` },
    });
    expect(answer.status, `${site} ${caseId}`).toBe(200);
    const body = (await answer.json()) as { features: { properties: { at: string } }[] };
    tracks.set(caseId, body.features.map(({ properties }) => properties.at).sort());
  }
  return tracks;
}

/** Fix times of what was acknowledged, per case; a report without a fix is on no track. */
function acknowledged(histories: readonly DeviceHistory[]): Map<string, string[]> {
  const tracks = new Map<string, string[]>();
  for (const { caseId, reports } of histories) {
    const times = reports
      .filter(({ state, planned }) => (state === 'both' || state === 'site') && planned.body['lat'] !== undefined)
      .map(({ planned }) => new Date(planned.body['at'] as string).toISOString());
    tracks.set(caseId, [...(tracks.get(caseId) ?? []), ...times].sort());
  }
  return tracks;
}

test.for([1, 4])(
  '[L1] [L14] [L15] [L11] a site killed in the middle of the feed costs nothing: all there, once, the same at both (%i partitions)',
  async (partitions) => {
    const running = await start({ partitions });
    const { pids } = { pids: running.pids('noirmont') };
    const result = await runCheck({
      access: { urls: running.urls, tokens: running.tokens },
      persons: 40,
      budgetS: 150,
      say: (line) => said.push(line),
      onHalfSent: async () => {
        for (const pid of Object.values(pids)) process.kill(pid, 'SIGKILL');
        // Long enough that devices have tried, failed and gone to the other site.
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        await running.stopSite('noirmont');
        await running.startSite('noirmont');
      },
      onJudged: async (histories) => {
        const expected = acknowledged(histories);
        for (const site of SITES) expect(await tracksAt(running, site, [...expected.keys()])).toEqual(expected);
      },
    });
    expect(result, said.join('\n')).toMatchObject({
      ok: true,
      incidents: { missing: 0, extra: 0, equal: true },
      digestsEqual: true,
    });
    expect(result.reports.acknowledged).toBe(result.reports.sent);
    expect(Object.values(running.pids('noirmont'))).not.toEqual(Object.values(pids));
  },
);

/** Every byte that the log server of a site has on disk. */
function logBytes(dataDir: string, site: (typeof SITES)[number]): Buffer {
  const dir = sitePaths(dataDir, site).nats;
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

const KNOWN = { name: 'Muster-Zweifel', deviceId: 'bracelet-of-the-test', lat: 47.2247001, lon: 6.9575002 };

async function reportOnce(running: Cluster): Promise<void> {
  const now = Date.now();
  const created = await fetch(`${running.urls.noirmont}/v1/cases`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${running.tokens.cantons['JU']}`,
      'content-type': 'application/json',
      'idempotency-key': 'one',
    },
    body: JSON.stringify({
      caseId: 'JU-SECRET-1',
      authority: 'JU',
      legalBasis: 'StPO 237',
      mode: 'active',
      timezone: 'Europe/Zurich',
      person: { name: KNOWN.name },
      devices: [{ deviceId: KNOWN.deviceId, role: 'wearer' }],
      rules: [
        { ruleId: 'away', kind: 'exclusion', zone: { type: 'circle', center: [KNOWN.lon, KNOWN.lat], radiusM: 200 } },
      ],
      validFrom: new Date(now - 86_400_000).toISOString(),
      validTo: new Date(now + 86_400_000).toISOString(),
    }),
  });
  expect(created.status, await created.clone().text()).toBe(201);
  const { deviceTokens } = (await created.json()) as { deviceTokens: Record<string, string> };
  const taken = await fetch(`${running.urls.noirmont}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${deviceTokens[KNOWN.deviceId]}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      deviceId: KNOWN.deviceId,
      reports: [{ at: new Date(now).toISOString(), lat: KNOWN.lat, lon: KNOWN.lon, boot: 1, seq: 1 }],
    }),
  });
  expect(await taken.json()).toMatchObject({ accepted: 1, durable: 'both' });
}

/** What of the known data stands in the log in plain: as text, or as the integers of a report batch. */
function found(bytes: Buffer): string[] {
  const lat = Buffer.alloc(4);
  lat.writeInt32BE(Math.round(KNOWN.lat * 1e7));
  const searched: readonly (readonly [string, Buffer])[] = [
    ['name', Buffer.from(KNOWN.name)],
    ['device', Buffer.from(KNOWN.deviceId)],
    ['case', Buffer.from('JU-SECRET-1')],
    ['zone', Buffer.from('472247001')],
    ['latitude', lat],
  ];
  return searched.filter(([, what]) => bytes.includes(what)).map(([name]) => name);
}

test.for([
  { sealing: true, expected: [] },
  { sealing: false, expected: ['name', 'device', 'case', 'zone', 'latitude'] },
])(
  'the logs of both sites hold known names, devices and coordinates only with sealing off (sealing $sealing)',
  async ({ sealing, expected }) => {
    const running = await start({ sealing });
    await reportOnce(running);
    await running.stop();
    for (const site of SITES) expect(found(logBytes(running.dataDir, site)), site).toEqual(expected);
  },
);
