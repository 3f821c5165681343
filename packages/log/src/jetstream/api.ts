// The JetStream client behind values: what the server refuses, and that it does not answer, is not an exception here. One door to
// the own server's streams, or to the other's over the leaf line.
import {
  type ConsumerConfig,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig as ClientStreamConfig,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** As much of a stream's configuration as is asked for and compared; the server knows more fields. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly sealed?: boolean;
  readonly metadata?: { readonly [key: string]: string };
  readonly [field: string]: unknown;
}
export interface StreamInfo {
  readonly config: StreamConfig;
  readonly state: { readonly first_seq: number; readonly last_seq: number; readonly bytes: number };
}
export type ApiAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: number; readonly detail: string };

/** No answer at all: a timeout, nobody listens, or the connection is gone. */
const NO_ANSWER = 0;
const TIMEOUT_MS = 3000;

export class JetStreamApi {
  readonly #nc: NatsConnection;
  readonly #domain: string | undefined;
  /** By timeout: the client has one a manager. */
  readonly #managers = new Map<number, Promise<JetStreamManager>>();

  /** `domain`: of another server, reached over the leaf node. */
  constructor(nc: NatsConnection, domain?: string) {
    this.#nc = nc;
    this.#domain = domain;
  }

  streams(timeoutMs = TIMEOUT_MS): Promise<ApiAnswer<StreamInfo[]>> {
    return this.#ask('streams', timeoutMs, async ({ streams }) => {
      const all: StreamInfo[] = [];
      for await (const info of streams.list()) all.push(info as unknown as StreamInfo);
      return all;
    });
  }
  stream(name: string): Promise<ApiAnswer<StreamInfo>> {
    return this.#ask(name, TIMEOUT_MS, async ({ streams }) => (await streams.info(name)) as unknown as StreamInfo);
  }
  create(config: StreamConfig): Promise<ApiAnswer<StreamInfo>> {
    return this.#ask(
      `create ${config.name}`,
      TIMEOUT_MS,
      async ({ streams }) => (await streams.add(clientConfig(config))) as unknown as StreamInfo,
    );
  }
  /** From now on nothing can be appended to it. */
  seal(name: string): Promise<ApiAnswer<StreamInfo>> {
    return this.#ask(
      `seal ${name}`,
      TIMEOUT_MS,
      // `sealed` lacks in the client's type of an update; the server takes it.
      async ({ streams }) => (await streams.update(name, { sealed: true } as object)) as unknown as StreamInfo,
    );
  }
  /** The stream and all its messages are gone. */
  remove(name: string): Promise<ApiAnswer<boolean>> {
    return this.#ask(`remove ${name}`, TIMEOUT_MS, ({ streams }) => streams.delete(name));
  }
  /** The bytes stored at a sequence; undefined = there is none. */
  message(name: string, seq: number): Promise<ApiAnswer<Uint8Array | undefined>> {
    return this.#ask(
      `message ${seq} of ${name}`,
      TIMEOUT_MS,
      async ({ streams }) => (await streams.getMessage(name, { seq }))?.data,
    );
  }
  /** Makes a consumer and gives its name. */
  addConsumer(stream: string, config: Partial<ConsumerConfig>, timeoutMs: number): Promise<ApiAnswer<string>> {
    return this.#ask(
      `reader of ${stream}`,
      timeoutMs,
      async ({ consumers }) => (await consumers.add(stream, config)).name,
    );
  }
  dropConsumer(stream: string, name: string): Promise<ApiAnswer<boolean>> {
    return this.#ask(`reader ${name} of ${stream}`, TIMEOUT_MS, ({ consumers }) => consumers.delete(stream, name));
  }

  async #ask<T>(what: string, timeoutMs: number, ask: (jsm: JetStreamManager) => Promise<T>): Promise<ApiAnswer<T>> {
    try {
      return { ok: true, value: await ask(await this.#manager(timeoutMs)) };
    } catch (cause) {
      if (!(cause instanceof JetStreamApiError))
        return { ok: false, code: NO_ANSWER, detail: `${what}: ${String(cause)}` };
      return { ok: false, code: cause.code, detail: `${what}: ${cause.message} (${cause.code})` };
    }
  }

  #manager(timeoutMs: number): Promise<JetStreamManager> {
    let manager = this.#managers.get(timeoutMs);
    if (manager === undefined) {
      const domain = this.#domain === undefined ? {} : { domain: this.#domain };
      manager = jetstreamManager(this.#nc, { ...domain, timeout: timeoutMs, checkAPI: false });
      this.#managers.set(timeoutMs, manager);
    }
    return manager;
  }
}

const clientConfig = (config: StreamConfig): Partial<ClientStreamConfig> & { name: string } =>
  ({ ...config }) as unknown as Partial<ClientStreamConfig> & { name: string };
