// HTTP to one site, with connections kept open. An answer is a value; so is the lack of one.
import { Agent, request } from 'node:http';

export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    }
  | { readonly kind: 'unreachable'; readonly why: string };

export interface HttpAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Bytes of one answer; more is no answer of ours. */
const ANSWER_BYTES_MAX = 50_000_000;

export class SiteHttp {
  readonly url: string;
  readonly #base: URL;
  readonly #agent: Agent;

  constructor(url: string, connectionsMax = 64) {
    this.url = url;
    this.#base = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  }

  ask(o: HttpAsk): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const gone = (why: string) => resolve({ kind: 'unreachable', why });
      const req = request(
        {
          agent: this.#agent,
          host: this.#base.hostname,
          port: this.#base.port,
          method: o.method,
          path: o.path,
          timeout: o.timeoutMs,
          headers: {
            authorization: `Bearer ${o.token}`,
            ...(o.body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(o.body)) }),
            ...o.headers,
          },
        },
        (res) => {
          const chunks: Buffer[] = [];
          let size = 0;
          res.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > ANSWER_BYTES_MAX) req.destroy(new Error('the answer is too large'));
            else chunks.push(chunk);
          });
          res.on('end', () =>
            resolve({
              kind: 'answered',
              status: res.statusCode ?? 0,
              text: Buffer.concat(chunks).toString('utf8'),
              headers: res.headers,
            }),
          );
          res.on('error', (cause) => gone(cause.message));
          res.on('close', () => gone('the connection ended'));
        },
      );
      req.on('timeout', () => req.destroy(new Error(`no answer within ${o.timeoutMs} ms`)));
      req.on('error', (cause) => gone(cause.message));
      req.end(o.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
