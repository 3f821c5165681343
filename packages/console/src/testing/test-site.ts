// One site as the console meets it: a real HTTP server that speaks the contract and serves the built page under its policy.
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type {
  ClusterView,
  ConsoleConfig,
  NewCaseText,
  Problem,
  SessionView,
  SiteId,
  StepAction,
  StepRequest,
} from '@vigie/api/contract';
import { cacheControlOf, consoleHeaders } from '../index.ts';
import type { World } from './world.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export class TestSite {
  readonly site: SiteId;
  readonly #world: World;
  readonly #page: string;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #port = 0;
  #config: ConsoleConfig | null = null;
  /** Paths asked of this site, newest last. */
  readonly asked: string[] = [];
  /** Requests are accepted and never answered, like a stopped process. */
  stalled = false;
  /** Event streams stay open and say nothing: what another operator does is not seen here. */
  muted = false;
  /** Its database is gone: what is stored cannot be read, what happens is still told. */
  unreadable = false;
  /** Orders are recorded, and the answer never arrives. */
  deaf = false;
  /** Cursors other than the newest lie in a branch that was voided (L18). */
  voids = false;

  /** `page` is the folder with the built page. */
  constructor(site: SiteId, world: World, page: string) {
    this.site = site;
    this.#world = world;
    this.#page = page;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Port 0 takes a free one; after a stop the same port is taken again. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  know(urls: ConsoleConfig['urls']): void {
    this.#config = { site: this.site, urls };
  }

  /** As if the process were killed: every connection breaks. */
  async kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.stalled || this.#config === null) return;
    const url = new URL(request.url ?? '/', this.url);
    this.asked.push(`${request.method} ${url.pathname}`);
    this.#allowOrigins(request, response, this.#config);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    if (url.pathname === '/config.json') return json(response, 200, this.#config);
    if (!url.pathname.startsWith('/v1/')) return this.#file(url.pathname, response, this.#config);
    const who = this.#world.tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (who === undefined)
      return problem(response, { type: '/problems/unauthenticated', title: 'No valid token', status: 401 });
    response.setHeader('Vigie-Position', this.#world.cursor());
    await this.#api(request, response, url, who);
  }

  #allowOrigins(request: IncomingMessage, response: ServerResponse, config: ConsoleConfig): void {
    const { origin } = request.headers;
    if (origin === undefined || !Object.values(config.urls).includes(origin)) return;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Vary', 'Origin');
    response.setHeader(
      'Access-Control-Allow-Headers',
      'Authorization, Content-Type, Last-Event-ID, Idempotency-Key, If-Match, Vigie-Min-Position',
    );
    response.setHeader('Access-Control-Expose-Headers', 'Vigie-Position, ETag, Location, Retry-After');
  }

  async #api(request: IncomingMessage, response: ServerResponse, url: URL, who: SessionView): Promise<void> {
    const world = this.#world;
    const [, , kind, id, part] = url.pathname.split('/').map(decodeURIComponent);
    if (kind === 'session') return json(response, 200, who);
    if (kind === 'cluster') return json(response, 200, this.#cluster());
    if (kind === 'events') return this.#stream(request, response);
    const wanted = request.headers['vigie-min-position'];
    if (this.voids && wanted !== undefined && wanted !== world.cursor()) {
      return problem(response, { type: '/problems/position-voided', title: 'Voided', status: 410 });
    }
    if (this.unreadable)
      return problem(response, { type: '/problems/store-unavailable', title: 'No database', status: 503 });
    if (kind === 'unobserved') return json(response, 200, world.unobserved);
    if (kind === 'mass-silence') return json(response, 200, world.massSilence);
    if (kind === 'kpi') return json(response, 200, world.kpi);
    if (kind === 'positions') return json(response, 200, { items: world.positions, next: null });
    if (kind === 'zones') return json(response, 200, { items: world.sharedZones, next: null });
    if (kind === 'cases' && (part === 'order' || request.method === 'POST'))
      return this.#order(request, response, id ?? '', part, who);
    if (kind === 'cases' && part === 'track') return orNone(response, world.tracks.get(id ?? ''));
    if (kind === 'cases') return orNone(response, world.cases.get(id ?? ''));
    if (kind !== 'incidents') return orNone(response, undefined);
    if (id === undefined) {
      const items = [...world.incidents.values()].filter((incident) => incident.status !== 'resolved');
      return json(response, 200, { items, next: null });
    }
    const incident = world.incidents.get(id);
    if (request.method === 'GET') {
      const told = world.told.get(id) ?? { escalation: null, deliveries: [] };
      return orNone(
        response,
        incident === undefined ? undefined : { ...incident, steps: world.steps.get(id) ?? [], ...told },
      );
    }
    const body = JSON.parse(await text(request)) as StepRequest;
    const key = String(request.headers['idempotency-key']);
    const told = world.act(key, id, part as StepAction, body, who, this.site);
    if (!told.ok) return problem(response, told.problem);
    const alone = world.alone ? { alone: true } : {};
    return world.joined || world.alone
      ? json(response, 200, { settled: true, ...alone, incident: told.value })
      : json(response, 202, { settled: false, statusUrl: '/v1/steps/1', incident: told.value });
  }

  async #order(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    part: string | undefined,
    who: SessionView,
  ): Promise<void> {
    const { book } = this.#world;
    const body = request.method === 'POST' ? (JSON.parse(await text(request)) as NewCaseText) : null;
    const { 'if-match': ifMatch, 'idempotency-key': key } = request.headers;
    const reply =
      body === null
        ? book.read(id)
        : part === 'preview'
          ? book.preview(body)
          : part === 'orders'
            ? book.sign(this.#world, id, body, ifMatch, who.subject)
            : book.create(body, String(key), who.subject);
    // The connection breaks after it was recorded: nobody is told.
    if (this.deaf && request.method === 'POST') return void response.destroy();
    const etag: Readonly<Record<string, string>> = reply.etag === undefined ? {} : { ETag: reply.etag };
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...etag });
    response.end(JSON.stringify(reply.body));
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    let cursor = (request.headers['last-event-id'] as string | undefined) ?? this.#world.cursor();
    if (this.voids && cursor !== this.#world.cursor()) {
      return problem(response, { type: '/problems/position-voided', title: 'Voided', status: 410 });
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(': open\n\n');
    const send = () => {
      if (this.muted) return;
      for (const { cursor: next, event } of this.#world.after(cursor)) {
        response.write(`id: ${next}\ndata: ${JSON.stringify(event)}\n\n`);
        cursor = next;
      }
    };
    const leave = this.#world.onEvent(send);
    response.on('close', leave);
    send();
  }

  #cluster(): ClusterView {
    const { joined, digestEqual, alone } = this.#world;
    const peer: SiteId = this.site === 'noirmont' ? 'delemont' : 'noirmont';
    return {
      site: this.site,
      urls: this.#config?.urls ?? { noirmont: '', delemont: '' },
      at: new Date().toISOString(),
      peer: { site: peer, joined, reachable: joined, lagMs: joined ? 4 : null, left: alone },
      membership: 'member',
      alone,
      generation: 'genesis',
      rival: null,
      watermarkAgeMs: { noirmont: 120, delemont: joined ? 90 : 31_000 },
      settledBehindMs: joined ? 9 : 31_000,
      newestReportAgeMs: { noirmont: 400, delemont: joined ? 900 : 31_000 },
      digest: { position: this.#world.cursor(), value: '5e1c', equal: joined ? digestEqual : null },
      epochs: [],
      duties: [],
      unobservedDevices: joined ? 0 : 87,
      clockSkewMs: 3,
      logFormat: '1.1',
      rulesOff: [],
      incidents: this.#world.incidentsOfSite.map((kind) => ({
        kind,
        since: new Date().toISOString(),
        detail: `${kind} of this site`,
      })),
    };
  }

  async #file(path: string, response: ServerResponse, config: ConsoleConfig): Promise<void> {
    const name = path === '/' ? '/index.html' : normalize(path);
    const bytes = await readFile(join(this.#page, name)).catch(() => null);
    if (bytes === null) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      ...consoleHeaders(config),
      'Cache-Control': cacheControlOf(path),
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
    });
    response.end(bytes);
  }
}

/** Two sites over one world, listening. */
export async function startSites(world: World, page: string): Promise<Readonly<Record<SiteId, TestSite>>> {
  const sites = { noirmont: new TestSite('noirmont', world, page), delemont: new TestSite('delemont', world, page) };
  await Promise.all([sites.noirmont.listen(), sites.delemont.listen()]);
  const urls = { noirmont: sites.noirmont.url, delemont: sites.delemont.url };
  sites.noirmont.know(urls);
  sites.delemont.know(urls);
  return sites;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, body: Problem): void {
  response.writeHead(body.status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}

function orNone(response: ServerResponse, body: unknown): void {
  if (body === undefined)
    problem(response, { type: '/problems/not-found', title: 'There is no such thing', status: 404 });
  else json(response, 200, body);
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) body += String(piece);
  return body;
}
