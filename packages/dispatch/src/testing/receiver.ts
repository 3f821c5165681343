// A receiver of webhooks that listens on this machine and keeps what it is sent. It takes everything unless it is told not to.
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class HttpReceiver {
  readonly got: Got[] = [];
  /** What the next ones are answered; 0: the connection ends without an answer. */
  status = 200;
  /** Called before the answer. */
  onGot: ((got: Got) => Promise<void> | void) | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (part: string) => (body += part));
      req.on('end', () => {
        const got = { path: req.url ?? '', headers: req.headers, body };
        this.got.push(got);
        void Promise.resolve(this.onGot?.(got)).then(() => {
          if (this.status === 0) res.destroy();
          else res.writeHead(this.status).end();
        });
      });
    });
  }
  static async open(): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  /** Ids of events in the order in which they came, refused ones too. */
  get ids(): readonly string[] {
    return this.got.map(({ headers }) => String(headers['webhook-id'] ?? headers['idempotency-key']));
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
