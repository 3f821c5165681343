// JetStream's JSON API over a plain connection: the two fields of durable mirror consumers have no types in the client, and a
// refused call is a value here.
import type { NatsConnection } from '@nats-io/transport-node';

export interface StreamConfig {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly sealed?: boolean;
  readonly mirror?: unknown;
  readonly metadata?: { readonly [key: string]: string };
  readonly [field: string]: unknown;
}
export interface StreamInfo {
  readonly config: StreamConfig;
  readonly state: { readonly first_seq: number; readonly last_seq: number };
}
export type ApiAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: number; readonly detail: string };

/** The stream is not there. */
export const STREAM_NOT_FOUND = 10059;
export const CONSUMER_NOT_FOUND = 10014;
/** No answer at all: a timeout, nobody listens, or the connection is gone. */
export const NO_ANSWER = 0;

const TIMEOUT_MS = 3000;
/** Names and states of streams come in pages of this many. */
const PAGE = 256;

export class JetStreamApi {
  readonly #nc: NatsConnection;
  readonly #prefix: string;

  /** `domain`: of another server, reached over the leaf node. */
  constructor(nc: NatsConnection, domain?: string) {
    this.#nc = nc;
    this.#prefix = domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
  }

  async call<T>(subject: string, body: unknown = {}, timeoutMs = TIMEOUT_MS): Promise<ApiAnswer<T>> {
    let answer: { error?: { err_code?: number; description?: string } };
    try {
      const message = await this.#nc.request(`${this.#prefix}.${subject}`, JSON.stringify(body), {
        timeout: timeoutMs,
      });
      answer = message.json();
    } catch (cause) {
      return { ok: false, code: NO_ANSWER, detail: `${subject}: ${String(cause)}` };
    }
    if (answer.error === undefined) return { ok: true, value: answer as T };
    const { err_code: code = -1, description = '' } = answer.error;
    return { ok: false, code, detail: `${subject}: ${description} (${code})` };
  }

  async streams(timeoutMs = TIMEOUT_MS): Promise<ApiAnswer<StreamInfo[]>> {
    const all: StreamInfo[] = [];
    for (;;) {
      const page = await this.call<{ total: number; streams?: StreamInfo[] | null }>(
        'STREAM.LIST',
        { offset: all.length },
        timeoutMs,
      );
      if (!page.ok) return page;
      const streams = page.value.streams ?? [];
      all.push(...streams);
      if (streams.length < PAGE || all.length >= page.value.total) return { ok: true, value: all };
    }
  }
  stream(name: string): Promise<ApiAnswer<StreamInfo>> {
    return this.call(`STREAM.INFO.${name}`);
  }
}
