// Copies one stream of the other log server to the own one, message by message, each at its own sequence and acknowledged after
// fsync. Our own work and not the server's mirror: that one (2.15.1, durable consumer) skipped what was sent between its reset and
// its new subscription in about one of fifteen restarts, for good, and goes on only 5 s after any restart. Here a message that would
// not be next is refused by the stream itself, so a copy has no holes, whoever copies.
import type { NatsConnection } from '@nats-io/transport-node';
import { JetStreamApi } from './api.ts';
import { SequencedWriter } from './sequenced-writer.ts';
import { StreamReader } from './stream-reader.ts';
import type { CopySpec } from './streams.ts';

/** Under way to the own disk, all partitions of a site together; then the other server is asked to hold back. */
const IN_FLIGHT_MAX = 512;
const ACK_TIMEOUT_MS = 5000;
const RETRY_MS = 250;

export interface CopierOptions {
  readonly nc: NatsConnection;
  readonly spec: CopySpec;
  /** Of the site. Each may have its share under way: what they copy goes to one disk, which uploads wait for, too. */
  readonly partitions: number;
  readonly onFault: (detail: string) => void;
  /** True: the own disk has no room; nothing is copied until it has. */
  readonly isDiskFull: () => boolean;
}

export class Copier {
  readonly #o: CopierOptions;
  readonly #api: JetStreamApi;
  #reader: StreamReader | undefined;
  #writer: SequencedWriter | undefined;
  /** Answers to what an earlier run asked count for nothing. */
  #run = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(o: CopierOptions) {
    this.#o = o;
    this.#api = new JetStreamApi(o.nc);
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
    clearTimeout(this.#timer);
    this.#reader?.stop();
    this.#reader = undefined;
    this.#writer?.stop();
    this.#writer = undefined;
  }

  async #begin(run: number): Promise<void> {
    const { nc, spec, partitions, isDiskFull } = this.#o;
    const inFlightMax = Math.floor(IN_FLIGHT_MAX / partitions);
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
    const writer = new SequencedWriter({
      nc,
      subject: spec.subject,
      // A copy that an older version made takes none.
      batches: info.value.config['allow_atomic'] === true,
      ackTimeoutMs: ACK_TIMEOUT_MS,
      onStored: () => {
        if (writer.pending <= inFlightMax / 2) this.#reader?.ready();
      },
      onRefused: (seq, why) => this.#refused(seq, why),
    });
    this.#writer = writer;
    this.#reader = new StreamReader({
      nc,
      domain: spec.domain,
      stream: spec.from,
      from: info.value.state.last_seq + 1,
      isFull: () => writer.pending >= inFlightMax,
      deliver: ({ seq, bytes }) => {
        if (isDiskFull()) this.restart();
        else writer.write(seq, bytes);
      },
    });
  }

  #refused(seq: number, why: string): void {
    this.#halt();
    if (this.#stopped || this.#o.nc.isClosed()) return;
    this.#o.onFault(`${this.#o.spec.name} does not take sequence ${seq}: ${why}`);
    this.#retry();
  }

  #retry(): void {
    if (this.#stopped || this.#o.nc.isClosed()) return;
    this.#timer = setTimeout(() => this.restart(), RETRY_MS);
  }
}
