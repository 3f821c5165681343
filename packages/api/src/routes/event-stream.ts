// Server-sent events: what was published since the client's cursor, then everything as it comes. A client that does not read fast
// enough is let go with the cursor from which it may go on, here or at the other site; nothing is held for it.
import { SITES, type SiteId, type VectorPosition, compareEpochs, formatPosition } from '@vigie/model';
import type { PublishedEvent } from '@vigie/replica';
import type { Language } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import { publishedEvent } from '../views/event.ts';

/** Events waiting for one client. About 2 kB each. */
export const STREAM_QUEUE_MAX = 1_000;
export const STREAMS_MAX = 500;
/** The console calls a stream dead after three of these. */
export const HEARTBEAT_MS = 5_000;
const PAGE = 200;

export interface StreamOptions {
  readonly ports: ApiPorts;
  /** The API's own check: only what this client may see. */
  readonly visible: (event: PublishedEvent) => boolean;
  readonly language: Language;
  readonly after: VectorPosition;
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
          this.#leave = options.ports.replica.onEvent((event) => this.#published(event));
          this.#timer = setInterval(() => this.#write(': still here\n\n'), options.heartbeatMs ?? HEARTBEAT_MS);
          this.#catchUp();
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: STREAM_QUEUE_MAX },
    );
  }

  /** Everything of the ring that the cursor does not cover, at once: nothing can be published meanwhile. */
  #catchUp(): void {
    for (;;) {
      const page = this.#o.ports.replica.events(this.#cursor, PAGE);
      if (page.truncated)
        return this.#letGo('the cursor is older than what is held in memory: read pages of /v1/events first');
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

  #send(events: readonly PublishedEvent[]): void {
    const seen = events.filter(this.#o.visible);
    for (const [i, event] of seen.entries()) {
      if ((this.#controller?.desiredSize ?? 0) <= 0) return this.#letGo('too slow');
      const last = seen[i + 1]?.vector !== event.vector;
      if (last) this.#cursor = laterOf(this.#cursor, event.vector);
      const id = last ? `id: ${formatPosition(this.#cursor)}\n` : '';
      const { ports, language } = this.#o;
      this.#write(`${id}data: ${JSON.stringify(publishedEvent(ports, event, language))}\n\n`);
    }
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

/** A late event has an older vector than what the client has seen already: its cursor must not go back. */
function laterOf(a: VectorPosition, b: VectorPosition): VectorPosition {
  const position: { [site in SiteId]?: NonNullable<VectorPosition[SiteId]> } = {};
  for (const site of SITES) {
    const x = a[site];
    const y = b[site];
    const later =
      x === undefined || (y !== undefined && (compareEpochs(y.epoch, x.epoch) || y.seq - x.seq) > 0) ? y : x;
    if (later !== undefined) position[site] = later;
  }
  return position;
}
