// Both sites in one process, for tests: real log, replicas, keepers, keys and order compiler, in memory and in real time; the
// database is real where one is given, and really away (a closed port) where none is.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Keeper,
  MeasureKeys,
  MemoryCluster,
  type MemoryLog,
  type SiteLog,
  membershipState,
  systemTime,
} from '@vigie/log';
import {
  EN_50518_LIKE,
  type Report,
  ReportBatchReader,
  SITES,
  type SiteId,
  encodeReportBatch,
  fail,
  ok,
  otherSite,
  seqOf,
  utf8Decode,
  utf8Encode,
} from '@vigie/model';
import { compileNewCase, compileOrder, compileSharedZone, compileZones } from '@vigie/orders';
import { ProjectionReader, type ProjectionSource, Projector } from '@vigie/projections';
import { type KeyRing, Replica, SiteReplica, openItem } from '@vigie/replica';
import { type Api, createApi } from '../app.ts';
import type { ClusterView } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import { readTokens, sha256 } from '../tokens.ts';

/** Where zones are expected. */
const CH = [5.9, 45.7, 10.6, 47.9] as const;

export const URLS = { noirmont: 'http://noirmont.localhost:7100', delemont: 'http://delemont.localhost:7200' } as const;
export const TOKENS = {
  operator: 'operator-token',
  sre: 'sre-token',
  auditor: 'auditor-token',
  JU: 'canton-ju-token',
  BE: 'canton-be-token',
} as const;
export const INTERNAL_TOKEN = 'between-the-sites';

export interface Database {
  readonly ownerUrl: string;
  readonly appUrl: string;
}
/** Nothing listens there. */
const AWAY: Database = { ownerUrl: 'postgres://a:b@127.0.0.1:9/c', appUrl: 'postgres://a:b@127.0.0.1:9/c' };

export interface TestSite {
  readonly site: SiteId;
  readonly log: MemoryLog;
  readonly replica: Replica;
  readonly keys: MeasureKeys;
  readonly projector: Projector;
  readonly ports: ApiPorts;
  readonly api: Api;
  readonly notes: string[];
}

export class TwoSites {
  readonly cluster = new MemoryCluster();
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly #sites: { [site in SiteId]?: TestSite } = {};

  static async start(databases: { [site in SiteId]?: Database } = {}): Promise<TwoSites> {
    const two = new TwoSites();
    for (const site of SITES) await two.#open(site, databases[site] ?? AWAY);
    await two.until(() =>
      SITES.every((site) => {
        const epochs = two.at(site).replica.merge.epochs();
        return epochs.length === 2 && epochs.every((epoch) => epoch.admitted);
      }),
    );
    return two;
  }

  at(site: SiteId): TestSite {
    const found = this.#sites[site];
    if (found === undefined) throw new Error(`${site} is not open`);
    return found;
  }
  get noirmont(): TestSite {
    return this.at('noirmont');
  }
  get delemont(): TestSite {
    return this.at('delemont');
  }

  async until(holds: () => boolean, limitMs = 15_000): Promise<void> {
    const end = performance.now() + limitMs;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`did not come true within ${limitMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Reports of one device by way of one site, as ingest appends them. */
  async report(site: SiteId, caseId: string, reports: readonly Report[]): Promise<void> {
    const { log, keys, replica } = this.at(site);
    const measure = replica.measureOfCase(caseId);
    const deviceId = reports[0]?.deviceId;
    if (measure === undefined || deviceId === undefined) throw new Error(`no case ${caseId}`);
    const sealed = keys.seal(measure, encodeReportBatch(deviceId, reports));
    if (!sealed.ok) throw new Error(sealed.error.detail);
    const entryId = randomBytes(16).toString('hex');
    const stored = await log.append({ entryId, kind: 'reports', items: [{ measure, bytes: sealed.value }] });
    if (stored.kind !== 'stored') throw new Error(stored.kind);
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  async #open(site: SiteId, database: Database): Promise<void> {
    const time = systemTime();
    const notes: string[] = [];
    const dir = await mkdtemp(join(tmpdir(), 'vigie-test-api-'));
    this.#ends.push(() => rm(dir, { recursive: true, force: true }));
    const keys = await MeasureKeys.open({
      file: join(dir, 'keys.jsonl'),
      wrappingKey: new Uint8Array(32),
      fetch: async (measure) => this.#sites[otherSite(site)]?.keys.wrapped(measure),
    });
    this.#ends.push(() => keys.close());
    const log = this.cluster.open(site);
    this.#ends.push(() => log.close());
    const replica = await Replica.open({ site, log, keys, onFault: (fault) => notes.push(JSON.stringify(fault)) });
    this.#ends.push(() => replica.close());
    const keeper = new Keeper({
      log,
      merge: replica.merge,
      time,
      entryId: () => randomBytes(16).toString('hex'),
      heartbeat: () => {
        const digest = replica.lastDigest();
        return digest === undefined ? {} : { digest };
      },
    });
    replica.onChange((change) => keeper.changed(change));
    this.#ends.push(() => keeper.stop());
    const projector = new Projector({ source: sourceOf(log, replica, keys), url: database.ownerUrl }).start();
    this.#ends.push(() => projector.close());
    const reader = new ProjectionReader({ url: database.appUrl, site });
    this.#ends.push(() => reader.close());
    const ports = portsOf({ site, log, replica, keeper, keys, projector, reader, notes });
    const api = createApi(ports);
    this.#ends.push(() => api.close());
    this.#sites[site] = { site, log, replica, keys, projector, ports, api, notes };
  }
}

function sourceOf(log: SiteLog, replica: Replica, keys: KeyRing): ProjectionSource {
  return {
    caughtUp: () => replica.caughtUp,
    received: () => replica.receivedOnDisk(),
    measures: () => replica.measures(),
    takeDirty: (max) => replica.takeDirty(max),
    caseView: (measure) => replica.caseView(measure),
    epochs: () =>
      replica.merge.epochs().map(({ site, epoch, lastSeq }) => ({
        site,
        epoch,
        ...(lastSeq === undefined ? {} : { lastSeq: seqOf(lastSeq) }),
      })),
    readLog: ({ site, epoch }, from, limit) => log.read(site, epoch, from, limit),
    open: (entry, item) => openItem(entry, item, keys),
  };
}

function portsOf(
  o: Pick<TestSite, 'site' | 'log' | 'replica' | 'keys' | 'projector' | 'notes'> & {
    readonly reader: ProjectionReader;
    readonly keeper: Keeper;
  },
): ApiPorts {
  const { site, log, replica, keeper, keys, projector, reader, notes } = o;
  const entry = (token: string, role: string, canton?: string) => ({
    sha256: sha256(token).toString('hex'),
    role,
    ...(canton === undefined ? {} : { canton }),
  });
  const tokens = readTokens(
    JSON.stringify({
      tokens: [
        entry(TOKENS.operator, 'operator'),
        entry(TOKENS.sre, 'sre'),
        entry(TOKENS.auditor, 'auditor'),
        entry(TOKENS.JU, 'canton', 'JU'),
        entry(TOKENS.BE, 'canton', 'BE'),
      ],
    }),
  );
  if (!tokens.ok) throw new Error(tokens.error.detail);
  const hasSharedZone = (zoneId: string) => replica.sharedZones.newest(zoneId) !== undefined;
  return {
    site,
    urls: URLS,
    replica: new SiteReplica([replica]),
    reader,
    projector,
    keys: {
      create: async () => ok(await keys.create()),
      open: (measure, bytes) => keys.open(measure, bytes),
      give: (measure) => {
        const wrapped = keys.wrapped(measure);
        return wrapped === undefined ? undefined : utf8Encode(wrapped);
      },
      take: async (measure, key) =>
        (await keys.accept(measure, utf8Decode(key))) ? ok(undefined) : fail('invalid-input', 'not a key'),
    },
    orders: {
      compileCase: (input, hashes) => {
        return compileNewCase(input, {
          tokenHash: (deviceId) => hashes.get(deviceId) ?? '',
          validity: CH,
          hasSharedZone,
        });
      },
      compileOrder: (input, of, baseRevision) => {
        return compileOrder(input, {
          timezone: of.timezone,
          devices: of.devices,
          baseRevision,
          validity: CH,
          hasSharedZone,
        });
      },
      compileZones,
      compileZone: (input, of) => compileSharedZone(input, { ...of, validity: CH }),
    },
    preview: previewStandIn,
    tokens: tokens.value,
    internalToken: INTERNAL_TOKEN,
    sentence: (reason, language) => `${language}: ${reason.code}`,
    kpi: EN_50518_LIKE,
    cluster: () => clusterOf(site, log, replica, keeper),
    unobserved: () => undefined,
    massSilence: () => undefined,
    erasures: () => [],
    membership: membershipOf(replica, keeper),
    rules: {
      state: () => ({
        off: replica.switched.off(),
        asked: replica.switched.asked(Date.now() * 1000),
        closed: undefined,
      }),
      append: (entryId, data) => log.append({ kind: 'rule_switched', entryId, items: [], data }),
    },
    ready: () => ({ ready: replica.caughtUp, reasons: replica.caughtUp ? [] : ['the log is still being read'] }),
    metrics: () => 'vigie_up 1\n',
    nowMs: Date.now,
    note: (level, detail) => notes.push(`${level} ${detail}`),
  };
}

/** Says how many reports it was given and would count every one as a breach: previews run in a thread of the site. */
const previewStandIn: ApiPorts['preview'] = ({ recorded, batches }) => {
  const reader = new ReportBatchReader();
  const reports = batches.reduce((sum, bytes) => sum + reader.reset(bytes).count, 0);
  const { ruleId = '', kind = 'tamper', zone } = recorded.order.rules[0] ?? {};
  const rules = [{ ruleId, kind, incidents: reports, perDay: reports, longestS: null }];
  const coverage = { share: 0, longestS: 0, reports: 0 };
  const concerns = zone === undefined ? ['no zone'] : [];
  const limits = { alarmsPerDay: 3, coverageShare: 0.05 };
  return Promise.resolve(
    ok({ limits, days: 1, reports, weeksMoved: 0, alarmsPerDay: reports, rules, coverage, leadTimes: [], concerns }),
  );
};

const membershipOf = (replica: Replica, keeper: Keeper): ApiPorts['membership'] => ({
  state: () => membershipState(replica.merge, keeper.membership),
  drain: (by) => keeper.drain(by),
  undrain: () => keeper.undrain(),
  retire: (by) => keeper.found(by),
  yield: (by) => keeper.yield(by),
});

function clusterOf(site: SiteId, log: SiteLog, replica: Replica, keeper: Keeper): ClusterView {
  const { joined, reachable } = log.peer();
  const status = replica.status();
  return {
    site,
    urls: URLS,
    at: new Date().toISOString(),
    peer: { site: otherSite(site), joined, reachable, lagMs: 0, left: replica.merge.hasLeft(otherSite(site)) },
    ...membershipState(replica.merge, keeper.membership),
    watermarkAgeMs: { noirmont: 0, delemont: 0 },
    settledBehindMs: status.settledBehindMs,
    newestReportAgeMs: { noirmont: null, delemont: null },
    digest: null,
    epochs: status.epochs,
    duties: status.duties,
    unobservedDevices: status.unobservedDevices,
    clockSkewMs: null,
    logFormat: '1.1',
    rulesOff: [],
    incidents: [],
  };
}

/** A replica's doors one by one, for a test that replaces one of them. */
export const doorsOf = (real: ApiPorts['replica']): ApiPorts['replica'] => ({
  get aloneSince() {
    return real.aloneSince;
  },
  caseView: (measure) => real.caseView(measure),
  decide: (draft, timeoutMs) => real.decide(draft, timeoutMs),
  decideZone: (entryId, data, timeoutMs) => real.decideZone(entryId, data, timeoutMs),
  decisionStatus: (entryId) => real.decisionStatus(entryId),
  deviceByTokenHash: (hash) => real.deviceByTokenHash(hash),
  events: (after, limit) => real.events(after, limit),
  measureOfCase: (caseId) => real.measureOfCase(caseId),
  measures: () => real.measures(),
  epochs: () => real.epochs(),
  onEvent: (listener) => real.onEvent(listener),
  received: () => real.received(),
  receivedOnDisk: () => real.receivedOnDisk(),
  get rulesInForce() {
    return real.rulesInForce;
  },
  sharedZones: real.sharedZones,
  status: () => real.status(),
  whenReceived: (position, timeoutMs) => real.whenReceived(position, timeoutMs),
});
