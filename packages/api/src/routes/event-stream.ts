// Server-sent events: what was published since the client's cursor, then everything as it comes. A client that does not read fast
// enough is let go with the cursor from which it may go on, here or at the other site; nothing is held for it.
import { type Result, type VectorPosition, formatPosition, laterOf } from '@vigie/model';
import type { PublishedEvent } from '@vigie/replica';
import type { Language, VigieEvent } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import { publishedEvent } from '../views/event.ts';
import type { OlderEvents } from './older-events.ts';

/** Events waiting for one client. About 2 kB each. */
export const STREAM_QUEUE_MAX = 1_000;
export const STREAMS_MAX = 500;
/** The console calls a stream dead after three of these. */
const HEARTBEAT_MS = 5_000;
const PAGE = 200;

export interface StreamOptions {
  readonly ports: ApiPorts;
  /** The API's own check: only what this client may see. */
  readonly visible: (event: PublishedEvent) => boolean;
  /** From then on its token is none; absent: it does not expire by itself. */
  readonly expiresMs?: number | undefined;
  readonly language: Language;
  readonly after: VectorPosition;
  /** Events that memory no longer holds. */
  readonly older: (after: VectorPosition, limit: number) => Promise<Result<OlderEvents>>;
  readonly heartbeatMs?: number;
}

export class EventStream {
  readonly #o: StreamOptions;
  readonly #encoder = new TextEncoder();
  readonly #onClose: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #cursor: VectorPosition;
  #live: PublishedEvent[] = [];
  #flushDue = false;
  #leave: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  readonly body: ReadableStream<Uint8Array>;

  constructor(options: StreamOptions, onClose: () => void) {
    this.#o = options;
    this.#cursor = options.after;
    this.#onClose = onClose;
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
          this.#write(`retry: 1000\n: vigie ${options.ports.site}\n\n`);
          this.#timer = setInterval(() => this.#heartbeat(), options.heartbeatMs ?? HEARTBEAT_MS);
          void this.#begin();
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: STREAM_QUEUE_MAX },
    );
  }

  async #begin(): Promise<void> {
    while (this.#controller !== undefined && this.#o.ports.replica.events(this.#cursor, 1).truncated) {
      const before = formatPosition(this.#cursor);
      const older = await this.#o.older(this.#cursor, PAGE);
      if (this.#controller === undefined) return;
      if (!older.ok) return this.#letGo('older events cannot be read now');
      for (const [i, event] of older.value.events.entries()) {
        const last = i === older.value.events.length - 1;
        if (!this.#event(event, last ? older.value.next : undefined)) return;
      }
      this.#cursor = older.value.next;
      if (formatPosition(this.#cursor) === before) return this.#letGo('the rows do not reach what is in memory yet');
    }
    if (this.#controller === undefined) return;
    this.#catchUp();
    this.#leave = this.#o.ports.replica.onEvent((event) => this.#published(event));
  }

  /** Everything of the ring that the cursor does not cover, at once: nothing can be published meanwhile. */
  #catchUp(): void {
    for (;;) {
      const page = this.#o.ports.replica.events(this.#cursor, PAGE);
      this.#send(page.events);
      if (this.#controller === undefined) return;
      this.#cursor = page.next;
      if (page.events.length < PAGE) return;
    }
  }

  #published(event: PublishedEvent): void {
    this.#live.push(event);
    if (this.#flushDue) return;
    this.#flushDue = true;
    // Events of one turn share their cursor: they go out together, and only the last of them carries it.
    queueMicrotask(() => {
      this.#flushDue = false;
      const live = this.#live;
      this.#live = [];
      if (this.#controller !== undefined) this.#send(live);
    });
  }

  #heartbeat(): void {
    if (this.#expired) this.#letGo('the token has expired');
    else this.#write(': still here\n\n');
  }

  get #expired(): boolean {
    return this.#o.ports.nowMs() >= (this.#o.expiresMs ?? Number.POSITIVE_INFINITY);
  }

  #send(events: readonly PublishedEvent[]): void {
    if (this.#expired) return this.#letGo('the token has expired');
    const seen = events.filter(this.#o.visible);
    for (const [i, event] of seen.entries()) {
      const last = seen[i + 1]?.vector !== event.vector;
      const { ports, language } = this.#o;
      // A late event has an older vector than what the client has seen already: its cursor must not go back.
      const cursor = last ? laterOf(this.#cursor, event.vector) : undefined;
      if (!this.#event(publishedEvent(ports, event, language), cursor)) return;
    }
  }

  /** False when the client was let go instead. */
  #event(event: VigieEvent, cursor: VectorPosition | undefined): boolean {
    if ((this.#controller?.desiredSize ?? 0) <= 0) {
      this.#letGo('too slow');
      return false;
    }
    if (cursor !== undefined) this.#cursor = cursor;
    const id = cursor === undefined ? '' : `id: ${formatPosition(cursor)}\n`;
    this.#write(`${id}data: ${JSON.stringify(event)}\n\n`);
    return true;
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #letGo(why: string): void {
    const controller = this.#controller;
    this.#write(`: closed, ${why}; resume with Last-Event-ID ${formatPosition(this.#cursor)}\n\n`);
    this.#end();
    controller?.close();
  }

  #end(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#timer);
    this.#leave();
    this.#onClose();
  }

  close(): void {
    if (this.#controller !== undefined) this.#letGo('this site is stopping');
  }
}
