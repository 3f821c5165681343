// Writes one epoch of one origin as it would lie on a site's disk: at the own site as the running epoch, at the other as a copy. Entries
// come with their times, so hours of log are written in seconds.
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Entry, type SiteId, encodeEntry } from '@vigie/model';
import { JetStreamApi } from '../src/jetstream/api.ts';
import { type ServerAddress, connectTo } from '../src/jetstream/session.ts';
import { copyConfig, copySpec, createStream, entrySubject, originConfig } from '../src/jetstream/streams.ts';

const PARTITION = 0;
const IN_FLIGHT_MAX = 256;
const ACK_TIMEOUT_MS = 30_000;

export class OriginWriter {
  readonly stream: string;
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #subject: string;
  readonly #underWay = new Set<Promise<unknown>>();
  #failed: Error | undefined;
  seq = 0;

  private constructor(nc: NatsConnection, stream: string, subject: string) {
    this.#nc = nc;
    this.#js = jetstream(nc);
    this.stream = stream;
    this.#subject = subject;
  }

  /** `server`: the site at which it is written; `owner`: whose origin it is. The server that runs goes on with the epoch. */
  static async open(server: ServerAddress, owner: SiteId, epoch: string): Promise<OriginWriter> {
    const nc = await connectTo(server);
    const copy = owner === server.site ? undefined : copySpec(owner, epoch, PARTITION, server.site);
    const origin = { site: owner, epoch, partition: PARTITION, partitions: 1, serverId: nc.info?.server_id ?? '' };
    const config = copy === undefined ? originConfig(origin) : copyConfig(copy);
    const made = await createStream(new JetStreamApi(nc), config);
    if (!made.ok) {
      await nc.close();
      throw new Error(made.detail);
    }
    return new OriginWriter(nc, config.name, copy?.subject ?? entrySubject(owner, epoch, PARTITION));
  }

  /** Resolves at once unless many are under way. */
  async write(entry: Entry): Promise<void> {
    await this.writeBytes(encodeEntry(entry));
  }
  async writeBytes(bytes: Uint8Array): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    const seq = ++this.seq;
    const sent = this.#js.publish(this.#subject, bytes, { timeout: ACK_TIMEOUT_MS }).then(
      (ack) => {
        if (ack.seq !== seq) this.#failed = new Error(`entry ${seq} of ${this.stream} was stored at ${ack.seq}`);
      },
      (cause: unknown) => {
        this.#failed = new Error(`entry ${seq} of ${this.stream} was not stored`, { cause });
      },
    );
    const done = sent.finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    if (this.#underWay.size >= IN_FLIGHT_MAX) await Promise.race(this.#underWay);
  }
  async flushed(): Promise<void> {
    await Promise.all(this.#underWay);
    if (this.#failed !== undefined) throw this.#failed;
  }
  async close(): Promise<void> {
    try {
      await this.flushed();
    } finally {
      await this.#nc.close();
    }
  }
}
