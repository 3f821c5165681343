// The bare log to hold ingest against: the same uploads straight into a stream of the same server, one message each, pipelined,
// acknowledged after fsync. The stream is the bench's own and is deleted after.
import { randomBytes } from 'node:crypto';
import { StorageType, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';

export interface NatsAccess {
  /** `127.0.0.1:4222` */
  readonly server: string;
  readonly user: string;
  readonly password: string;
}

const ACK_TIMEOUT_MS = 10_000;
const STREAM_BYTES_MAX = 2_000_000_000;

export class BareLog {
  readonly #nc: NatsConnection;
  readonly #name: string;

  private constructor(nc: NatsConnection, name: string) {
    this.#nc = nc;
    this.#name = name;
  }

  static async open(access: NatsAccess): Promise<BareLog> {
    const nc = await connect({ servers: access.server, user: access.user, pass: access.password });
    const name = `BENCH_${randomBytes(6).toString('hex')}`;
    const manager = await jetstreamManager(nc);
    await manager.streams.add({
      name,
      subjects: [name],
      storage: StorageType.File,
      num_replicas: 1,
      max_bytes: STREAM_BYTES_MAX,
    });
    return new BareLog(nc, name);
  }

  /** Appends what `next` gives until it has no more or the time is over; returns how many were acknowledged. */
  async append(o: { next: () => string | undefined; inFlight: number; untilMs: number }): Promise<number> {
    let acknowledged = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const body = performance.now() < o.untilMs ? o.next() : undefined;
        if (body === undefined) return;
        const answer = await this.#nc.request(this.#name, body, { timeout: ACK_TIMEOUT_MS });
        const ack = answer.json<{ seq?: number; error?: { description: string } }>();
        if (ack.seq === undefined) throw new Error(`the bare log refused: ${ack.error?.description ?? 'no sequence'}`);
        acknowledged++;
      }
    };
    await Promise.all(Array.from({ length: o.inFlight }, worker));
    return acknowledged;
  }

  async close(): Promise<void> {
    const manager = await jetstreamManager(this.#nc);
    await manager.streams.delete(this.#name);
    await this.#nc.close();
  }
}

/** One message into an existing stream, past every process of ours: what a drill does to see that bad bytes stop nothing. */
export async function publishRaw(
  access: NatsAccess,
  subject: string,
  body: Uint8Array,
): Promise<{ readonly seq: number }> {
  const nc = await connect({ servers: access.server, user: access.user, pass: access.password });
  try {
    const ack = (await nc.request(subject, body, { timeout: ACK_TIMEOUT_MS })).json<{ seq?: number }>();
    if (ack.seq === undefined) throw new Error(`no stream takes ${subject}`);
    return { seq: ack.seq };
  } finally {
    await nc.close();
  }
}
