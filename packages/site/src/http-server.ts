// One port per site: devices' uploads go straight to ingest, because they are many; everything else to the API.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { INTERNAL_REPORTS_PATH, type Ingest } from '@vigie/ingest';

/** A connection without a request is closed after this; devices and proxies keep theirs open shorter or longer. */
const KEEP_ALIVE_MS = 65_000;
/** Headers must be there within this time, or the connection is not a device's. */
const HEADERS_MS_MAX = 15_000;
const REQUEST_MS_MAX = 120_000;

export function siteServer(
  ingest: Ingest,
  api: { fetch(request: Request, env?: unknown): Response | Promise<Response> },
): Server {
  const apiListener = getRequestListener((request, env) => api.fetch(request, env), { overrideGlobalObjects: false });
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const { url } = req;
    if (url === '/v1/reports') void ingest.handle(req, res);
    else if (url === INTERNAL_REPORTS_PATH) void ingest.handleInternal(req, res);
    else void apiListener(req, res);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  return server;
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
