// Two sites in one process for tests of the check: the real ingest, log door, keeper, replica and engine on a log in memory, behind
// as much of the HTTP interface as the check uses. Not the API: no projections, no tenancy, no calendar.
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileZone } from '@vigie/geo';
import { createIngest } from '@vigie/ingest';
import { Keeper, MemoryCluster, type MemoryLog, systemTime } from '@vigie/log';
import {
  type Json,
  type NewCase,
  type RecordedCase,
  type RecordedRule,
  type RuleInput,
  SITES,
  type SiteId,
  formatPosition,
  newCaseSchema,
  ok,
} from '@vigie/model';
import { type KeyRing, Replica, type ReplicaFault, encodePayload } from '@vigie/replica';
import type { SiteAccess } from '../client/sites.ts';

const KEYS: KeyRing = {
  has: () => true,
  open: (_measure, bytes) => ok(bytes),
  seal: (_measure, plain) => ok(plain),
  fetch: () => Promise.resolve(true),
};

class TwinSite {
  readonly faults: ReplicaFault[] = [];
  readonly #o: TwinOptions;
  readonly #site: SiteId;
  readonly #log: MemoryLog;
  readonly #replica: Replica;
  readonly #keeper: Keeper;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor(site: SiteId, log: MemoryLog, replica: Replica, o: TwinOptions) {
    this.#o = o;
    this.#site = site;
    this.#log = log;
    this.#replica = replica;
    this.#keeper = new Keeper({
      log,
      merge: replica.merge,
      time: systemTime(),
      entryId: () => randomUUID().replaceAll('-', ''),
      heartbeat: () => {
        const digest = replica.lastDigest();
        return digest === undefined ? {} : { digest };
      },
    });
    replica.onChange((change) => this.#keeper.changed(change));
    const ingest = createIngest({
      logs: [log],
      deviceByTokenHash: (sha) => replica.deviceByTokenHash(sha),
      hasCase: (measure) => replica.hasCase(measure),
      knowsReport: (measure, deviceId, boot, seq) => replica.knowsReport(measure, deviceId, boot, seq),
      seal: (_measure, plain) => plain,
      plain: true,
      nowMs: () => Date.now(),
      quarantine: { keep: () => undefined },
      internalToken: 'internal',
      note: () => undefined,
    });
    replica.onEvent((event) => {
      const { incidentId, ruleId, openedAtMs } = event.data;
      const incident = { incidentId, caseId: event.caseId, ruleId, openedAt: new Date(openedAtMs).toISOString() };
      const data = JSON.stringify({ id: event.id, type: event.type, subject: incidentId, data: { incident } });
      for (const stream of this.#streams) stream.write(`id: ${formatPosition(event.vector)}\ndata: ${data}\n\n`);
    });
    this.#server = createServer((req, res) => {
      const path = new URL(req.url ?? '/', 'http://localhost').pathname;
      if (path === '/v1/reports') void ingest.handle(req, res);
      else if (path === '/v1/cases') void this.#create(req, res);
      else if (path === '/v1/incidents') this.#incidents(res);
      else if (path === '/v1/cluster') this.#cluster(res);
      else if (path === '/v1/events') this.#follow(res);
      else res.writeHead(404).end();
    });
  }

  static async open(cluster: MemoryCluster, site: SiteId, o: TwinOptions): Promise<TwinSite> {
    const log = cluster.open(site);
    const faults: ReplicaFault[] = [];
    const replica = await Replica.open({ site, log, keys: KEYS, sealing: false, onFault: (f) => void faults.push(f) });
    const one = new TwinSite(site, log, replica, o);
    await new Promise<void>((resolve) => one.#server.listen(0, '127.0.0.1', resolve));
    return one;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async close(): Promise<void> {
    this.#keeper.stop();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#replica.close();
    await this.#log.close();
  }

  async #create(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of req.setEncoding('utf8')) text += chunk as string;
    const input = newCaseSchema.parse(JSON.parse(text));
    const tokens = Object.fromEntries(input.devices.map(({ deviceId }) => [deviceId, randomBytes(16).toString('hex')]));
    const recorded = recordedOf(input, tokens, this.#o.zonesTooLarge ?? 1);
    const payload = encodePayload('case', recorded);
    const measure = randomBytes(16).toString('hex');
    const answer = await this.#replica.decide({ kind: 'case', measure, payload }, 2_000);
    const isMade = answer.kind === 'decided' && answer.outcome.kind === 'applied';
    send(res, isMade ? 201 : 503, { deviceTokens: tokens, answer });
  }

  #incidents(res: ServerResponse): void {
    const items = [...this.#replica.measures()].flatMap((measure) => {
      const view = this.#replica.caseView(measure);
      return (view?.incidents ?? []).map((one) => ({
        ...one,
        caseId: view?.recorded.caseId,
        certainty: one.certainty === 'raised' ? 'confirmed' : one.certainty,
        openedAt: new Date(one.openedAtMs).toISOString(),
        closedAt: one.closedAtMs === undefined ? null : new Date(one.closedAtMs).toISOString(),
        provisional: view?.provisional.has(one.incidentId) ?? false,
      }));
    });
    send(res, 200, { items, next: null });
  }

  #cluster(res: ServerResponse): void {
    const { settledBehindMs, digest } = this.#replica.status();
    send(res, 200, {
      settledBehindMs,
      peer: { joined: this.#log.peer().joined },
      digest:
        digest === undefined
          ? null
          : { position: String(digest.second), value: digest.value, equal: digest.equal ?? null },
    });
  }

  #follow(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`: ${this.#site}\n\n`);
    this.#streams.add(res);
    res.on('close', () => this.#streams.delete(res));
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function recordedOf(input: NewCase, tokens: Readonly<Record<string, string>>, grow: number): RecordedCase {
  const { validFrom, validTo, rules } = input;
  return {
    caseId: input.caseId,
    authority: input.authority,
    legalBasis: input.legalBasis,
    mode: input.mode,
    timezone: input.timezone,
    collection: 'full',
    ...(input.aheadS === undefined ? {} : { aheadMs: input.aheadS * 1000 }),
    devices: input.devices.map((device) => ({ ...device, tokenHash: hash('sha256', tokens[device.deviceId] ?? '') })),
    order: {
      baseRevision: 0,
      validFromMs: Date.parse(validFrom),
      validToMs: Date.parse(validTo),
      rules: rules.map((rule) => recordedRule(rule, grow)),
      input: { validFrom, validTo, rules },
    },
  };
}

function recordedRule(rule: RuleInput, grow: number): RecordedRule {
  if (rule.kind === 'silence') return { ruleId: rule.ruleId, kind: rule.kind, maxGapMs: rule.maxGapS * 1000 };
  if (rule.kind === 'battery') return { ruleId: rule.ruleId, kind: rule.kind, minPct: rule.minPct };
  if (!('zone' in rule)) return { ruleId: rule.ruleId, kind: rule.kind };
  const { zone } = rule;
  const compiled = compileZone(zone.type === 'circle' ? { ...zone, radiusM: zone.radiusM * grow } : zone);
  if (!compiled.ok) throw new Error(`rule ${rule.ruleId}: ${JSON.stringify(compiled.errors)}`);
  return { ruleId: rule.ruleId, kind: rule.kind, zone: compiled.zone as unknown as Json };
}

export interface TwinOptions {
  /** An error on purpose: circles are recorded this much too large. */
  readonly zonesTooLarge?: number;
}
export interface TwinSites {
  readonly access: SiteAccess;
  readonly cluster: MemoryCluster;
  close(): Promise<void>;
}

export async function openTwinSites(o: TwinOptions = {}): Promise<TwinSites> {
  const cluster = new MemoryCluster();
  const sites = await Promise.all(SITES.map((site) => TwinSite.open(cluster, site, o)));
  const cantons = 'ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU'.split(' ');
  return {
    cluster,
    access: {
      urls: { noirmont: (sites[0] as TwinSite).url, delemont: (sites[1] as TwinSite).url },
      tokens: { operator: 'operator', cantons: Object.fromEntries(cantons.map((canton) => [canton, canton])) },
    },
    close: async () => {
      for (const site of sites) await site.close();
    },
  };
}
