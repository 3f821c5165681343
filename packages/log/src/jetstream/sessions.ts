// Connections to the own log server, one after the other until the log is closed. The client never reconnects by itself, because what it
// would send again could reach a restarted server whose epoch is another.
import { setTimeout as after } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Time } from '../time.ts';
import { type ServerAddress, UnusableServer, connectTo } from './session.ts';

const RETRY_MS = 100;
const RETRY_MS_MAX = 500;
/** Of one trouble that stays, people are told this often. */
const TELL_EVERY_MS = 10_000;

export interface SessionsOptions {
  readonly address: ServerAddress;
  readonly time: Time;
  /** False: the server is there and does not answer as it must yet. */
  readonly begin: (nc: NatsConnection) => Promise<boolean>;
  readonly end: () => void;
  readonly note: (detail: string, cause: unknown) => void;
}

export class Sessions {
  /** Resolves once the first has begun; rejects when that server cannot be used at all, or the log is closed before. */
  readonly opened: Promise<void>;
  /** Resolves once the last has ended. */
  readonly ended: Promise<void>;
  readonly #o: SessionsOptions;
  #closed = false;
  #toldUs = Number.NEGATIVE_INFINITY;

  constructor(o: SessionsOptions) {
    this.#o = o;
    let ended: Promise<void> = Promise.resolve();
    this.opened = new Promise((resolve, reject) => {
      ended = this.#run(resolve, reject);
    });
    this.ended = ended;
  }

  get closed(): boolean {
    return this.#closed;
  }
  /** No other one begins; whoever holds the connection closes it. */
  close(): void {
    this.#closed = true;
  }

  async #run(opened: () => void, failed: (cause: unknown) => void): Promise<void> {
    let hasBegun = false;
    for (let retryMs = RETRY_MS; !this.#closed; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      try {
        const nc = await connectTo(this.#o.address);
        try {
          if (!this.#closed && (await this.#o.begin(nc))) {
            hasBegun = true;
            opened();
            retryMs = RETRY_MS;
            await nc.closed();
          }
        } finally {
          this.#o.end();
          await nc.close();
        }
      } catch (cause) {
        if (!hasBegun && cause instanceof UnusableServer) {
          this.#closed = true;
          failed(cause);
          return;
        }
        this.#tell('the log server is not reached, or does not answer as it must', cause);
      }
      if (!this.#closed) await after(retryMs);
    }
    failed(new Error('closed before the log server was reached'));
  }

  #tell(detail: string, cause: unknown): void {
    const now = this.#o.time.nowUs();
    if ((now - this.#toldUs) / 1000 < TELL_EVERY_MS) return;
    this.#toldUs = now;
    this.#o.note(detail, cause);
  }
}
