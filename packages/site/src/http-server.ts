// What answers at a site's ports: devices' uploads go straight to ingest, because they are many; everything else to the API. What is between
// the sites (/internal) and what monitoring reads (/metrics) have a port of their own in production, so that no proxy has to keep people out.
import { ERROR_KINDS } from '@vigie/model';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Api, Door } from '@vigie/api';
import { INTERNAL_ARCHIVES_PATH } from './archives.ts';
import { INTERNAL_LOG_PATH } from './log-door.ts';
import { INTERNAL_REPORTS_PATH, type Ingest } from '@vigie/ingest';

/** A connection without a request is closed after this; devices and proxies keep theirs open shorter or longer. */
const KEEP_ALIVE_MS = 65_000;
/** Headers must be there within this time, or the connection is not a device's. */
const HEADERS_MS_MAX = 15_000;
const REQUEST_MS_MAX = 120_000;

/**
 * Until `knowsAll` the fold has not read through the log: a device or an incident that it does not know may be one it will know in
 * a second. A device must not hear then that its token is wrong, nor an operator that there is no such incident.
 */
export function siteServer(
  {
    ingest,
    api,
    knowsAll,
    archives,
    log,
  }: {
    readonly ingest: Ingest;
    readonly api: Pick<Api, 'fetch'>;
    readonly knowsAll: () => boolean;
    readonly archives: (req: IncomingMessage, res: ServerResponse) => void;
    readonly log: (req: IncomingMessage, res: ServerResponse) => void;
  },
  door: Door,
): Server {
  const apiListener = getRequestListener((request) => api.fetch(request, door), { overrideGlobalObjects: false });
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const { method } = req;
    const url = req.url?.split('?', 1)[0] ?? '';
    if (door === 'internal' && !isInternal(url)) sendNotFound(req, res);
    else if (waitsForAll(method, url) && !knowsAll()) sendStarting(req, res);
    else if (url === '/v1/reports') void ingest.handle(req, res);
    else if (door === 'public') void apiListener(req, res);
    else if (url === INTERNAL_REPORTS_PATH) void ingest.handleInternal(req, res);
    else if (url.startsWith(INTERNAL_ARCHIVES_PATH)) archives(req, res);
    else if (url === INTERNAL_LOG_PATH || url.startsWith(`${INTERNAL_LOG_PATH}/`)) log(req, res);
    else void apiListener(req, res);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  return server;
}

/** What writes, and the feed: its events are in their order only once the log has been read through. */
const waitsForAll = (method: string | undefined, url: string): boolean =>
  (method === 'POST' && url.startsWith('/v1/')) || url === '/v1/events';

const isInternal = (url: string): boolean => /^\/(internal|metrics|healthz)(\/|$)/.test(url);

const STARTING = JSON.stringify({
  type: 'urn:vigie:problem:starting',
  title: ERROR_KINDS.starting.sentence,
  status: 503,
});

function sendStarting(req: IncomingMessage, res: ServerResponse): void {
  req.resume(); // the body is not wanted, and the connection stays usable
  res.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  res.end(STARTING);
}

const NOT_FOUND = JSON.stringify({
  type: 'urn:vigie:problem:not-found',
  title: ERROR_KINDS['not-found'].sentence,
  status: 404,
});

function sendNotFound(req: IncomingMessage, res: ServerResponse): void {
  req.resume();
  res.writeHead(404, { 'content-type': 'application/problem+json' });
  res.end(NOT_FOUND);
}

export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes no new connection, lets requests under way end within the time, then closes what is left. */
export function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
