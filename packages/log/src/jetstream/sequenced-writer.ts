// Stores messages at the sequences they must get, many under way at once. One subscription takes all acknowledgements: a request of the
// client for each message, with its timer and its error made in advance, cost more than everything else in copying.
import {
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
  createInbox,
  headers,
} from '@nats-io/transport-node';

export interface SequencedWriterOptions {
  readonly nc: NatsConnection;
  readonly subject: string;
  readonly ackTimeoutMs: number;
  readonly onStored: () => void;
  /** Said once; after that the writer does nothing more. */
  readonly onRefused: (seq: number, why: string) => void;
}

const EXPECTED = 'Nats-Expected-Last-Sequence';
const NO_RESPONDERS = 503;

export class SequencedWriter {
  readonly #o: SequencedWriterOptions;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #headers: MsgHdrs = headers();
  #inFlight = 0;
  #ackedAt = 0;
  /** The first that is not acknowledged: in one stream acknowledgements come in order. */
  #waitsFor = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(o: SequencedWriterOptions) {
    this.#o = o;
    this.#subscription = o.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#take(message);
      },
    });
  }
  get inFlight(): number {
    return this.#inFlight;
  }

  write(seq: number, bytes: Uint8Array): void {
    if (this.#ended || this.#o.nc.isClosed()) return;
    if (this.#inFlight++ === 0) {
      this.#ackedAt = performance.now();
      this.#waitsFor = seq;
      this.#watch();
    }
    this.#headers.set(EXPECTED, String(seq - 1));
    this.#o.nc.publish(this.#o.subject, bytes, { reply: `${this.#inbox}.${seq}`, headers: this.#headers });
  }
  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#subscription.unsubscribe();
  }

  #take(message: Msg): void {
    if (this.#ended) return;
    const seq = Number(message.subject.slice(this.#inbox.length + 1));
    const why = refusalOf(message, seq);
    if (why !== undefined) return this.#refuse(seq, why);
    this.#inFlight--;
    this.#waitsFor = seq + 1;
    this.#ackedAt = performance.now();
    this.#o.onStored();
  }
  #refuse(seq: number, why: string): void {
    this.stop();
    this.#o.onRefused(seq, why);
  }
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.#inFlight === 0) return;
        if (performance.now() - this.#ackedAt >= this.#o.ackTimeoutMs)
          this.#refuse(this.#waitsFor, 'no acknowledgement in time');
        else this.#watch();
      },
      Math.max(1, this.#ackedAt + this.#o.ackTimeoutMs - performance.now()),
    );
  }
}

/** Undefined: stored, and at its sequence. */
function refusalOf(message: Msg, seq: number): string | undefined {
  if (message.headers?.code === NO_RESPONDERS) return 'no stream takes it';
  let ack: { readonly seq?: unknown; readonly error?: { readonly description?: unknown } };
  try {
    ack = message.json();
  } catch (cause) {
    return `an acknowledgement that is not JSON: ${String(cause)}`;
  }
  if (ack.error !== undefined) return String(ack.error.description);
  return ack.seq === seq ? undefined : `stored at ${String(ack.seq)}`;
}
