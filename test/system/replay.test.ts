// Promise 6 on real processes: the log that two stopped sites leave behind replays to what they recorded in it. And each way in which
// it could not is made on purpose and found.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Cluster,
  type Source,
  differences,
  knownAt as knownAtTime,
  openRecordedLog,
  replaySite,
  sitePaths,
  startCluster,
} from '@vigie/cli';
import { SITES, ok } from '@vigie/model';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

type OriginMessage = ReturnType<Source['messages']> extends AsyncIterable<infer Message> ? Message : never;

const DEVICE = 'bracelet-of-the-replay';
const CASE = 'JU-REPLAY-1';
const INSIDE = { lat: 47.2247, lon: 6.9575 };
const OUTSIDE = { lat: 47.2347, lon: 6.9575 };
/** Of log time, so that whole seconds with their digests lie in the log. */
const FED_FOR_MS = 6_000;

const dataDir = mkdtempSync(join(tmpdir(), 'vigie-system-replay-'));
let whileInUse: Ran;
let whole: Ran;
let throughSites: readonly Ran[];
let strangersCode: number;
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

beforeAll(async () => {
  const cluster = await startCluster({ dataDir, port: 0 });
  try {
    await feed(cluster);
    whileInUse = await vigieReplay(dataDir);
    const through = (site: (typeof SITES)[number]) => vigie('--site', cluster.urls[site], '--data', dataDir);
    throughSites = [await through('noirmont'), await through('delemont')];
    const stranger = await fetch(`${cluster.urls.noirmont}/internal/log`, {
      headers: { authorization: `Bearer ${cluster.tokens.operator}` },
    });
    strangersCode = stranger.status;
  } finally {
    await cluster.stop();
  }
  whole = await vigieReplay(dataDir);
});

/** Each in and out of the zone is eight reports; their incidents make up what a replay prints. */
const REPORTS = 400;
const CONFIRMED_WITHIN_MS = 30_000;

/** In and out of a zone, by way of both sites; then until incidents were confirmed and seconds have passed. */
async function feed(cluster: Cluster): Promise<void> {
  const token = await createCase(cluster);
  const begun = Date.now();
  for (let seq = 1; seq <= REPORTS; seq++) {
    const site = seq % 2 === 0 ? 'noirmont' : 'delemont';
    const where = seq % 8 < 4 ? INSIDE : OUTSIDE;
    const answer = await fetch(`${cluster.urls[site]}/v1/reports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        deviceId: DEVICE,
        reports: [{ at: new Date().toISOString(), ...where, accuracyM: 5, boot: 1, seq }],
      }),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }
  while (!(await someConfirmed(cluster)) || Date.now() < begun + FED_FOR_MS)
    expect(Date.now(), 'incidents are confirmed in the end').toBeLessThan(begun + CONFIRMED_WITHIN_MS);
}

async function createCase(cluster: Cluster): Promise<string> {
  const now = Date.now();
  const created = await fetch(`${cluster.urls.noirmont}/v1/cases`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${cluster.tokens.cantons['JU']}`,
      'content-type': 'application/json',
      'idempotency-key': 'one',
    },
    body: JSON.stringify({
      caseId: CASE,
      authority: 'JU',
      legalBasis: 'StPO 237',
      mode: 'active',
      timezone: 'Europe/Zurich',
      devices: [{ deviceId: DEVICE, role: 'wearer' }],
      rules: [
        {
          ruleId: 'away',
          kind: 'exclusion',
          zone: { type: 'circle', center: [INSIDE.lon, INSIDE.lat], radiusM: 200 },
        },
      ],
      validFrom: new Date(now - 86_400_000).toISOString(),
      validTo: new Date(now + 86_400_000).toISOString(),
    }),
  });
  expect(created.status, await created.clone().text()).toBe(201);
  const { deviceTokens } = (await created.json()) as { deviceTokens: Record<string, string> };
  for (const site of SITES) await knownAt(cluster, site);
  return deviceTokens[DEVICE] as string;
}

const KNOWN_WITHIN_MS = 20_000;

/** A device that reports before its case has crossed the line would be turned away. */
async function knownAt(cluster: Cluster, site: (typeof SITES)[number]): Promise<void> {
  const end = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${cluster.urls[site]}/v1/cases/${CASE}`, {
      headers: { authorization: `Bearer ${cluster.tokens.operator}` },
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    expect(Date.now(), `${site} knows the case`).toBeLessThan(end);
  }
}

async function someConfirmed(cluster: Cluster): Promise<boolean> {
  const answer = await fetch(`${cluster.urls.delemont}/v1/incidents?caseId=${CASE}&limit=10`, {
    headers: { authorization: `Bearer ${cluster.tokens.operator}` },
  });
  const { items } = (await answer.json()) as { items: { certainty: string }[] };
  return items.some(({ certainty }) => certainty === 'confirmed');
}

type Ran = { readonly code: number; readonly summary: Summary; readonly said: string };
type Summary = {
  readonly ok: boolean;
  readonly compared: number;
  readonly confirmed: number;
  readonly firstDifference?: string;
  readonly sites: readonly {
    readonly digest: string;
    readonly entries: number;
    readonly incidents: readonly { readonly incidentId: string; readonly openedAt: string }[];
    readonly hypothetical?: { readonly gone: readonly object[]; readonly added: readonly object[] };
  }[];
};

/** Bytes of stdout and stderr together; the summary of this log is far smaller. */
const PRINTED_MAX = 64 * 1024 * 1024;

const vigieReplay = (dir: string, ...args: readonly string[]): Promise<Ran> => vigie('--log', dir, ...args);

async function vigie(...args: readonly string[]): Promise<Ran> {
  const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');
  const ran = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    const all = [main, 'replay', '--json', ...args];
    execFile(process.execPath, all, { maxBuffer: PRINTED_MAX }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else reject(error);
    });
  });
  const last = ran.stdout.trimEnd().split('\n').at(-1) ?? '';
  return { code: ran.code, summary: (last === '' ? {} : JSON.parse(last)) as Summary, said: ran.stderr };
}

test('the folder of running sites is not read', () => {
  expect(whileInUse.code).toBe(2);
  expect(whileInUse.said).toMatch(/is in use by \.\/vigie up/);
});

test('the logs of two stopped sites replay to the digests and incidents that they recorded', async () => {
  const { code, summary, said } = whole;
  expect(code, `${summary.firstDifference ?? ''}\n${said}`).toBe(0);
  expect(summary.sites.length).toBe(2);
  expect(summary.compared).toBeGreaterThanOrEqual(6);
  expect(summary.confirmed).toBeGreaterThanOrEqual(2);
  const [first, second] = summary.sites.map(({ incidents }) => incidents.map(({ incidentId }) => incidentId));
  expect(first?.length).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

test('the logs of running sites, read through them, replay to what they recorded, and nobody else is given them', () => {
  for (const { code, summary, said } of throughSites) {
    expect(code, `${summary.firstDifference ?? ''}\n${said}`).toBe(0);
    expect(summary.sites.length).toBe(1);
    expect(summary.compared).toBeGreaterThanOrEqual(3);
    const ids = summary.sites[0]?.incidents.map(({ incidentId }) => incidentId) ?? [];
    expect(ids.length).toBeGreaterThan(0);
    const all = whole.summary.sites[0]?.incidents.map(({ incidentId }) => incidentId);
    expect(all).toEqual(expect.arrayContaining(ids));
  }
  expect(strangersCode).toBe(401);
});

test('what was true at a time are the incidents that stood then', async () => {
  const incidents = whole.summary.sites[0]?.incidents ?? [];
  const [first] = incidents;
  const openedAt = Date.parse(first?.openedAt ?? '');
  const at = async (ms: number): Promise<readonly string[]> => {
    const { code, summary, said } = await vigieReplay(dataDir, '--true-at', new Date(ms).toISOString());
    expect(code, said).toBe(0);
    return (summary.sites[0]?.incidents ?? []).map(({ incidentId }) => incidentId);
  };
  expect(await at(openedAt)).toContain(first?.incidentId);
  expect(await at(openedAt - 1)).not.toContain(first?.incidentId);
});

test('an entry of the other site is known from when it was stored here, however seldom this site wrote', async () => {
  const log = await openRecordedLog(dataDir, 'noirmont');
  onTestFinished(() => log.close());
  const stored: { readonly message: OriginMessage; readonly at: number }[] = [];
  for await (const message of log.messages())
    if (message.site === 'delemont' && message.storedAtUs !== undefined)
      stored.push({ message, at: message.storedAtUs });
  expect(stored.length).toBeGreaterThan(20);
  const { at } = stored[Math.floor(stored.length / 2)] ?? { at: 0 };
  const reads = await knownAtTime(log.messages(), 'noirmont', at);
  const known = stored.filter(({ message }) => reads(message));
  const byThen = stored.filter((one) => one.at <= at);
  expect(known.length).toBeGreaterThanOrEqual(byThen.length);
  // What the own entries say to have been held was on the disk a moment before they were written.
  expect(known.length - byThen.length).toBeLessThanOrEqual(2);
  const silent = await knownAtTime(onlyOf('delemont', log.messages()), 'noirmont', at);
  expect(stored.filter(({ message }) => silent(message)).length).toBe(byThen.length);
});

async function* onlyOf(site: string, messages: AsyncIterable<OriginMessage>): AsyncGenerator<OriginMessage> {
  for await (const message of messages) if (message.site === site) yield message;
}

test('what a site knew at the beginning is less, and still what was recorded by then', async () => {
  const log = await openRecordedLog(dataDir, 'noirmont');
  let middle = 0;
  try {
    const times: number[] = [];
    for await (const { entry } of log.messages()) if (entry.ok) times.push(entry.value.t);
    middle = times[Math.floor(times.length / 2)] ?? 0;
  } finally {
    await log.close();
  }
  const half = await vigieReplay(dataDir, '--known-at', new Date(middle / 1000).toISOString());
  expect(half.code, half.summary.firstDifference).toBe(0);
  const [some, all] = [half.summary.sites[0]?.entries ?? 0, whole.summary.sites[0]?.entries ?? 0];
  expect(all).toBeGreaterThan(some);
  expect(some).toBeGreaterThan(all / 4);
});

test('other zones are folded as a hypothesis: a zone elsewhere would not have been entered', async () => {
  const zones = join(dataDir, 'zones.json');
  const feature = (lon: number) => ({
    type: 'Feature',
    properties: { ruleId: 'away', radiusM: 200 },
    geometry: { type: 'Point', coordinates: [lon, INSIDE.lat] },
  });
  const of = async (lon: number) => {
    writeFileSync(zones, JSON.stringify(feature(lon)));
    const { code, summary, said } = await vigieReplay(dataDir, '--case', CASE, '--zones', zones);
    expect(code, said).toBe(0);
    return summary.sites[0]?.hypothetical;
  };
  expect((await of(INSIDE.lon + 1))?.gone.length).toBeGreaterThan(0);
  expect(await of(INSIDE.lon)).toMatchObject({ gone: [], added: [] });
});

/** Noirmont's log as it is read, with one change to what is read. */
async function altered(change: (message: OriginMessage, nth: number) => OriginMessage | undefined) {
  const log = await openRecordedLog(dataDir, 'noirmont');
  async function* messages(): AsyncGenerator<OriginMessage> {
    let nth = 0;
    for await (const message of log.messages()) {
      const isReports = message.entry.ok && message.entry.value.kind === 'reports';
      const read = isReports ? change(message, ++nth) : message;
      if (read !== undefined) yield read;
    }
  }
  try {
    const source: Source = { site: log.site, extents: log.extents, keys: log.keys, messages };
    return await replaySite(source);
  } finally {
    await log.close();
  }
}

test('one entry left out is named', async () => {
  expect((await altered((message) => message)).differences).toEqual([]);
  const { differences: found } = await altered((message, nth) => (nth === 3 ? undefined : message));
  expect(found[0]).toMatch(/^(?:noirmont|delemont)\.1-\w+ has no entry \d+; the next one read is \d+$/);
});

test('one flipped bit of one report is another digest than was recorded', async () => {
  const { differences: found } = await altered((message, nth) => {
    if (nth !== 3 || !message.entry.ok) return message;
    const items = message.entry.value.items.map(({ measure, bytes }) => {
      const flipped = Uint8Array.from(bytes);
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
      return { measure, bytes: flipped };
    });
    return { ...message, entry: ok({ ...message.entry.value, items }) };
  });
  expect(found[0]).toMatch(/has another digest than was recorded$/);
});

test('a confirmed incident that does not come out, or comes out withdrawn, is named', async () => {
  const { replay } = await altered((message) => message);
  expect(differences(replay)).toEqual([]);
  expect(differences({ ...replay, incidents: [] })[0]).toMatch(/was confirmed at .* and does not come out again$/);
  const withdrawn = replay.incidents.map((incident) => ({ ...incident, certainty: 'withdrawn' as const }));
  expect(differences({ ...replay, incidents: withdrawn })[0]).toMatch(/comes out as withdrawn/);
});

test('a byte flipped on the disk makes the command end with 1', async () => {
  const copy = join(dataDir, 'copy');
  for (const name of ['noirmont/nats', 'noirmont/site', 'wrapping.key'])
    cpSync(join(dataDir, name), join(copy, name), { recursive: true });
  const { nats } = sitePaths(copy, 'noirmont');
  const [block] = readdirSync(nats, { recursive: true, withFileTypes: true })
    .filter((file) => file.name.endsWith('.blk') && file.parentPath.includes('LOG_noirmont'))
    .map((file) => join(file.parentPath, file.name));
  const bytes = readFileSync(block as string);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(block as string, bytes);
  const { code, summary, said } = await vigieReplay(copy);
  expect(code, said).toBe(1);
  expect(summary.firstDifference).toMatch(/^noirmont: /);
});
