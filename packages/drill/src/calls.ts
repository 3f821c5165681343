// The receiver of webhooks in the judge's process: an operator's desk, as far as the sites can tell. It takes everything, and notes what came
// when, and whether it was signed by somebody who knows the secret.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { nowMs } from '@vigie/sim';
import type { History } from './history.ts';

export type Webhook = { readonly port: number; readonly secret: string };

/** The part of a CloudEvent of a site that is judged. */
type Event = {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly incident: { readonly caseId: string; readonly openedAt: string } | null };
};

export class Calls {
  readonly #server: Server;

  private constructor(secret: string, history: History) {
    this.#server = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (part: string) => (body += part));
      req.on('end', () => {
        const { id, type, subject, data } = JSON.parse(body) as Event;
        history.calls.push({
          kind: 'call',
          atMs: nowMs(),
          id,
          type,
          incidentId: subject,
          caseId: data.incident?.caseId ?? null,
          openedAt: data.incident === null ? null : Date.parse(data.incident.openedAt),
          from: String(req.headers['ce-source'] ?? ''),
          signed: id === req.headers['webhook-id'] && isSigned(req, body, secret),
        });
        res.writeHead(204).end();
      });
    });
  }

  static async listen({ port, secret }: Webhook, history: History): Promise<Calls> {
    const calls = new Calls(secret, history);
    await new Promise<void>((resolve, reject) => {
      calls.#server.once('error', reject);
      calls.#server.listen(port, '127.0.0.1', resolve);
    });
    return calls;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Standard Webhooks, written down a second time: HMAC-SHA256 over `id.timestamp.body` with the Base64 behind `whsec_`. */
function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  const given = Buffer.from(String(headers['webhook-signature']));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
