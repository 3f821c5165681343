// Appends to the running epoch: pipelined, each answered after fsync. What may or may not be stored is `unknown`.
import { JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { type NatsConnection, RequestError, TimeoutError } from '@nats-io/transport-node';
import { type LogTimeUs, seqOf } from '@vigie/model';
import type { AppendResult } from '../types.ts';

/** More than 256 in flight made nothing faster (measured: only later). */
const IN_FLIGHT_MAX = 256;
/** Appends that wait for a place; beyond it the writer is told `overloaded`. */
const WAITING_MAX = 4096;

const SEALED = 10109;
const TOO_LARGE = 10054;
/** JetStream's own words for no room: account or server limits, and the store's error. */
const NO_ROOM: ReadonlySet<number> = new Set([10002, 10023, 10028, 10047]);
const STORE_FAILED = 10077;

export interface PublishTarget {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly subject: string;
  readonly epoch: string;
}

export class Publisher {
  readonly #ackTimeoutMs: number;
  #target: PublishTarget | undefined;
  #inFlight = 0;
  /** Of an epoch that is being closed, too. */
  readonly #inFlightOf = new Map<string, number>();
  #idle: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(ackTimeoutMs: number) {
    this.#ackTimeoutMs = ackTimeoutMs;
  }
  /** Undefined: the log server is not reached. What waits is answered at once. */
  aim(target: PublishTarget | undefined): void {
    this.#target = target;
    if (target === undefined) for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when every append to that epoch has its answer; each has one within the acknowledgement's time. */
  async answered(epoch: string): Promise<void> {
    while (this.#inFlightOf.has(epoch)) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
  #answered(epoch: string): void {
    const left = (this.#inFlightOf.get(epoch) ?? 1) - 1;
    if (left > 0) this.#inFlightOf.set(epoch, left);
    else this.#inFlightOf.delete(epoch);
    if (left === 0) for (const go of this.#idle.splice(0)) go();
  }

  /** `write` gives the bytes at the moment of sending, so that times rise in the order of sequences. */
  async publish(write: () => { bytes: Uint8Array; t: LogTimeUs } | AppendResult): Promise<AppendResult> {
    if (this.#inFlight >= IN_FLIGHT_MAX) {
      if (this.#waiting.length >= WAITING_MAX)
        return { kind: 'refused', reason: 'overloaded', detail: `${WAITING_MAX} appends wait for the log server` };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const target = this.#target;
    if (target === undefined || target.nc.isClosed())
      return { kind: 'unknown', detail: 'the log server is not reached' };
    const written = write();
    if ('kind' in written) return written;
    this.#inFlight++;
    this.#inFlightOf.set(target.epoch, (this.#inFlightOf.get(target.epoch) ?? 0) + 1);
    try {
      const { seq } = await target.js.publish(target.subject, written.bytes, { timeout: this.#ackTimeoutMs });
      return { kind: 'stored', epoch: target.epoch, seq: seqOf(seq), t: written.t };
    } catch (cause) {
      return failure(cause);
    } finally {
      this.#inFlight--;
      this.#answered(target.epoch);
      this.#waiting.shift()?.();
    }
  }
}

function failure(cause: unknown): AppendResult {
  if (cause instanceof TimeoutError) return { kind: 'unknown', detail: 'no acknowledgement in time', cause };
  if (cause instanceof Error && cause.cause instanceof RequestError && cause.cause.isNoResponders())
    return { kind: 'unknown', detail: 'no stream takes the entry', cause };
  if (!(cause instanceof JetStreamApiError)) return { kind: 'unknown', detail: String(cause), cause };
  const { code, message } = cause;
  const detail = `${message} (${code})`;
  if (code === SEALED) return { kind: 'refused', reason: 'sealed', detail };
  if (code === TOO_LARGE) return { kind: 'refused', reason: 'too_large', detail };
  if (NO_ROOM.has(code) || (code === STORE_FAILED && /space|storage|resource|bytes|limit/i.test(message)))
    return { kind: 'refused', reason: 'disk_full', detail };
  return { kind: 'unknown', detail, cause };
}
