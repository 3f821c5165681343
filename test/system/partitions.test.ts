// A log of four partitions on real processes, through what breaks a site: a cut, a lost disk and a restart. Each case is whole at both sites, the
// feed and positions go over all partitions, what is decided for everybody stands in each, and the logs replay to what they recorded.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, sitePaths, startCluster } from '@vigie/cli';
import { SITES, type SiteId, partitionOfCase } from '@vigie/model';
import { afterEach, beforeEach, expect, test } from 'vitest';

const PARTITIONS = 4;
const CASES = ['JU-P-1', 'JU-P-2', 'JU-P-3', 'JU-P-4', 'JU-P-5', 'JU-P-6', 'JU-P-7', 'JU-P-8'] as const;
const INSIDE = { lat: 47.2247, lon: 6.9575 };
const OUTSIDE = { lat: 47.2347, lon: 6.9575 };
const ZONE = { type: 'circle', center: [INSIDE.lon, INSIDE.lat], radiusM: 200 };
const WITHIN_MS = 60_000;
const TEST_MS = 240_000;

let cluster: Cluster;
let dataDir: string;
const said: string[] = [];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigie-partitions-'));
  cluster = await startCluster({
    dataDir,
    port: 0,
    partitions: PARTITIONS,
    lines: true,
    say: (line) => said.push(line),
  });
}, WITHIN_MS);
afterEach(async () => {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, WITHIN_MS);

interface Asked {
  readonly token?: string;
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
type Answer = { readonly status: number; readonly position: string; readonly body: any };
async function ask(site: SiteId, path: string, { token, method, body, headers }: Asked = {}): Promise<Answer> {
  const response = await fetch(`${cluster.urls[site]}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${token ?? cluster.tokens.operator}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    position: response.headers.get('vigie-position') ?? '',
    body: await response.json(),
  };
}
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}\n${said.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const clusterOf = async (site: SiteId) => (await ask(site, '/v1/cluster')).body;
const equal = async (): Promise<boolean> =>
  (await Promise.all(SITES.map(clusterOf))).every(({ peer, digest }) => peer.joined && digest?.equal === true);

const tokens = new Map<string, string>();
async function createCase(caseId: string): Promise<void> {
  const created = await ask('noirmont', '/v1/cases', {
    body: {
      caseId,
      authority: 'JU',
      legalBasis: 'StGB 67b',
      mode: 'active',
      timezone: 'Europe/Zurich',
      devices: [{ deviceId: `dev-${caseId}`, role: 'wearer' }],
      rules: [{ ruleId: 'away', kind: 'exclusion', zone: ZONE }],
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2036-01-01T00:00:00Z',
    },
  });
  expect(created.status).toBe(201);
  tokens.set(caseId, created.body.deviceTokens[`dev-${caseId}`]);
}
/** In and out again, by that site. */
async function visit(site: SiteId, caseId: string, seq: number): Promise<string> {
  let position = '';
  for (const [i, where] of [INSIDE, OUTSIDE].entries()) {
    const at = new Date().toISOString();
    const answer = await ask(site, '/v1/reports', {
      token: tokens.get(caseId) ?? '',
      body: { deviceId: `dev-${caseId}`, reports: [{ at, ...where, accuracyM: 5, boot: 1, seq: seq + i }] },
    });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200, body: { accepted: 1 } });
    position = answer.body.position;
  }
  return position;
}
const trackOf = async (site: SiteId, caseId: string, headers: Readonly<Record<string, string>> = {}) => {
  const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const { status, body } = await ask(site, `/v1/cases/${caseId}/track?from=${from}&to=${to}`, { headers });
  return status === 200 ? (body.features.length as number) : -1;
};
const allTracksAre = async (length: number): Promise<boolean> => {
  for (const site of SITES) for (const caseId of CASES) if ((await trackOf(site, caseId)) !== length) return false;
  return true;
};

/** Pages of the feed from a cursor on, by turns at both sites. */
async function feed(sites: readonly SiteId[], limit: number): Promise<string[]> {
  const ids = new Set<string>();
  let after = '';
  for (let page = 0, empty = 0; empty < 2; page++) {
    const site = sites[page % sites.length] as SiteId;
    const { body } = await ask(site, `/v1/events?limit=${limit}${after === '' ? '' : `&after=${after}`}`);
    for (const { id } of body.events) ids.add(id);
    empty = body.events.length === 0 ? empty + 1 : 0;
    after = encodeURIComponent(body.next);
  }
  return [...ids].sort();
}

/** A stopped cluster's logs, as the command reads them. */
function replay(): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const args = [join(import.meta.dirname, '../../packages/cli/src/main.ts'), 'replay', '--json', '--log', dataDir];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
  });
}

test(
  '[L1] [L8] [L12] [L18] [D1] four partitions are cut, healed, lose a disk and replay, and no case shows a difference',
  async () => {
    expect(new Set(CASES.map((caseId) => partitionOfCase(caseId, PARTITIONS))).size).toBe(PARTITIONS);
    for (const caseId of CASES) await createCase(caseId);
    await until('every device is known at both', async () => allTracksAre(0));

    // What is decided for everybody stands in every partition: a case of each names the zone.
    const zone = { name: 'Primary school', authority: 'JU', zone: ZONE };
    await until('the rules know shared zones', async () => {
      const { status } = await ask('delemont', '/v1/zones/school', { method: 'PUT', body: zone });
      return status === 201;
    });
    const off = { rule: 'battery', off: true, note: 'a batch of devices reports 0 %' };
    const asked = await ask('noirmont', '/v1/rules/switches', { token: cluster.tokens.sre, body: off });
    expect(asked.status, JSON.stringify(asked.body)).toBe(200);
    const { id } = asked.body.asked[0];
    await until(
      'approved',
      async () => (await ask('delemont', `/v1/rules/switches/${id}/approve`, { body: {} })).status === 200,
    );

    // Written at one site, read at the other: the position waits for the partition of the case.
    for (const caseId of CASES) {
      const position = await visit('noirmont', caseId, 1);
      const partition = partitionOfCase(caseId, PARTITIONS);
      expect(position).toMatch(
        partition === 0 ? /^noirmont\.[0-9]+-[a-z0-9]+:\d+$/ : new RegExp(`^noirmont\\.[^.]+\\.0${partition}:\\d+$`),
      );
      const { status } = await ask('delemont', `/v1/incidents?caseId=${caseId}`, {
        headers: { 'Vigie-Min-Position': position },
      });
      expect(status).toBe(200);
    }

    cluster.lines?.cut('both');
    for (const site of SITES) await until(`${site} is apart`, async () => !(await clusterOf(site)).peer.joined);
    for (const [i, caseId] of CASES.entries()) await visit(i % 2 === 0 ? 'noirmont' : 'delemont', caseId, 11);
    for (const [i, caseId] of CASES.entries()) {
      const site = i % 2 === 0 ? 'noirmont' : 'delemont';
      const { body } = await ask(site, `/v1/incidents?caseId=${caseId}&limit=10`);
      expect(body.items.filter(({ provisional }: { provisional: boolean }) => provisional).length).toBeGreaterThan(0);
    }
    cluster.lines?.mend();
    await until('equal after the heal', equal);
    await until('all of it is at both', async () => allTracksAre(4));
    expect(await feed(SITES, 5)).toEqual(await feed(['delemont'], 100));

    for (const pid of [cluster.pids('noirmont').site, cluster.pids('noirmont').nats]) process.kill(pid, 'SIGKILL');
    await cluster.stopSite('noirmont');
    const { nats } = sitePaths(dataDir, 'noirmont');
    for (const name of readdirSync(nats)) rmSync(join(nats, name), { recursive: true, force: true });
    await cluster.startSite('noirmont');
    await until('equal after the disk was lost', equal);
    for (const [i, caseId] of CASES.entries()) await visit(i % 2 === 0 ? 'noirmont' : 'delemont', caseId, 21);
    await until('all of it is at both, again', async () => allTracksAre(6));
    await until('equal at the end', equal);

    for (const site of SITES) {
      for (const caseId of CASES) {
        const { body } = await ask(site, `/v1/incidents?caseId=${caseId}&limit=10`);
        expect(body.items.length, `${site} ${caseId}`).toBe(3);
      }
      expect((await ask(site, '/v1/zones/school')).body).toMatchObject({ revision: 1 });
      expect((await ask(site, '/v1/rules/switches')).body.off).toMatchObject([{ rule: 'battery' }]);
      const { epochs } = await clusterOf(site);
      expect(new Set(epochs.map(({ partition }: { partition: number }) => partition)).size).toBe(PARTITIONS);
    }
    const [n, d] = [await feed(['noirmont'], 7), await feed(['delemont'], 100)];
    expect(n.length).toBeGreaterThanOrEqual(CASES.length * 3 * 2);
    expect(d).toEqual(n);

    await cluster.stop();
    const { code, stdout, stderr } = await replay();
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}');
    expect(code, `${summary.firstDifference}\n${stderr}`).toBe(0);
    expect(summary.sites.length).toBe(SITES.length * PARTITIONS);
  },
  TEST_MS,
);
