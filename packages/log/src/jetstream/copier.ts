// Copies one stream of the other log server to the own one, message by message, each at its own sequence and acknowledged after
// fsync. Our own work and not the server's mirror: that one (2.15.1, durable consumer) skipped what was sent between its reset and
// its new subscription in about one of fifteen restarts, for good, and goes on only 5 s after any restart. Here a message that would
// not be next is refused by the stream itself, so a copy has no holes, whoever copies.
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { JetStreamApi } from './api.ts';
import { StreamReader, type StreamMessage } from './stream-reader.ts';
import type { CopySpec } from './streams.ts';

/** Under way to the own disk; then the other server is asked to hold back. */
const IN_FLIGHT_MAX = 512;
const ACK_TIMEOUT_MS = 5000;
const RETRY_MS = 250;

export interface CopierOptions {
  readonly nc: NatsConnection;
  readonly spec: CopySpec;
  readonly onFault: (detail: string) => void;
  /** True: the own disk has no room; nothing is copied until it has. */
  readonly isDiskFull: () => boolean;
}

export class Copier {
  readonly #o: CopierOptions;
  readonly #api: JetStreamApi;
  readonly #js: JetStreamClient;
  #reader: StreamReader | undefined;
  #inFlight = 0;
  /** Answers to messages of an earlier run count for nothing. */
  #run = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(o: CopierOptions) {
    this.#o = o;
    this.#api = new JetStreamApi(o.nc);
    this.#js = jetstream(o.nc);
    this.restart();
  }

  wake(): void {
    this.#reader?.wake();
  }
  stop(): void {
    this.#stopped = true;
    this.#halt();
  }
  /** From where the own disk ends. */
  restart(): void {
    this.#halt();
    void this.#begin(this.#run);
  }

  #halt(): void {
    this.#run++;
    this.#inFlight = 0;
    clearTimeout(this.#timer);
    this.#reader?.stop();
    this.#reader = undefined;
  }

  async #begin(run: number): Promise<void> {
    const { nc, spec, isDiskFull } = this.#o;
    if (isDiskFull()) {
      this.#retry();
      return;
    }
    const info = await this.#api.stream(spec.name);
    if (run !== this.#run || this.#stopped || nc.isClosed()) return;
    if (!info.ok) {
      this.#retry();
      return;
    }
    this.#reader = new StreamReader({
      nc,
      domain: spec.domain,
      stream: spec.from,
      from: info.value.state.last_seq + 1,
      isFull: () => this.#inFlight >= IN_FLIGHT_MAX,
      deliver: (message) => void this.#store(message, run),
    });
  }

  async #store({ seq, bytes }: StreamMessage, run: number): Promise<void> {
    const { nc, spec, isDiskFull } = this.#o;
    if (run !== this.#run) return;
    if (isDiskFull()) {
      this.#halt();
      this.#retry();
      return;
    }
    this.#inFlight++;
    let refused: string | undefined;
    try {
      const expect = { lastSequence: seq - 1 };
      const ack = await this.#js.publish(spec.subject, bytes, { timeout: ACK_TIMEOUT_MS, expect });
      if (ack.seq !== seq) refused = `stored at ${ack.seq}`;
    } catch (cause) {
      refused = String(cause);
    }
    if (run !== this.#run) return;
    this.#inFlight--;
    if (this.#inFlight <= IN_FLIGHT_MAX / 2) this.#reader?.ready();
    if (refused === undefined || nc.isClosed()) return;
    this.#o.onFault(`${spec.name} does not take sequence ${seq}: ${refused}`);
    this.#halt();
    this.#retry();
  }

  #retry(): void {
    if (this.#stopped || this.#o.nc.isClosed()) return;
    this.#timer = setTimeout(() => this.restart(), RETRY_MS);
  }
}
