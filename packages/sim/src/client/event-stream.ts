// Follows a site's `/v1/events` as server-sent events (WHATWG HTML, section 9.2.6), and goes on from the last id when the
// connection ends.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: {
    readonly incident?: { readonly caseId: string; readonly ruleId: string; readonly openedAt: string } | null;
  };
}

export interface EventStreamOptions {
  readonly url: string;
  readonly token: string;
  /** Called for each event as it arrives, with the time in milliseconds since the Unix epoch. */
  readonly onEvent: (event: StreamedEvent, atMs: number) => void;
  readonly nowMs: () => number;
}

const AGAIN_AFTER_MS = 200;
/** A line of a stream; more is not our server. */
const LINE_CHARS_MAX = 1_000_000;

export class EventStream {
  readonly #o: EventStreamOptions;
  #lastId = '';
  #req: ClientRequest | undefined;
  #stopped = false;
  #again: NodeJS.Timeout | undefined;
  readonly #opened = Promise.withResolvers<void>();

  constructor(o: EventStreamOptions) {
    this.#o = o;
    this.#connect();
  }
  /** Resolves when the stream was accepted for the first time. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#again);
    this.#req?.destroy();
  }

  #connect(): void {
    const retry = () => {
      if (this.#stopped || this.#again !== undefined) return;
      this.#again = setTimeout(() => {
        this.#again = undefined;
        this.#connect();
      }, AGAIN_AFTER_MS);
    };
    const headers: Record<string, string> = {
      accept: 'text/event-stream',
      authorization: `Bearer ${this.#o.token}`,
    };
    if (this.#lastId !== '') headers['last-event-id'] = this.#lastId;
    this.#req = request(new URL('/v1/events', this.#o.url), { headers }, (res) => {
      if (res.statusCode === 200) this.#opened.resolve();
      // A cursor that was voided (410): what is missed is read again from the start, and told apart by id.
      if (res.statusCode === 410) this.#lastId = '';
      this.#read(res);
      res.on('close', retry);
    });
    this.#req.on('error', retry);
    this.#req.end();
  }

  #read(res: IncomingMessage): void {
    let rest = '';
    let data: string[] = [];
    let id: string | undefined;
    res.setEncoding('utf8');
    res.on('data', (text: string) => {
      const atMs = this.#o.nowMs();
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARS_MAX) res.destroy();
      for (const line of lines) {
        if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
        else if (line.startsWith('id:')) id = line.slice(line[3] === ' ' ? 4 : 3);
        else if (line === '') {
          if (id !== undefined) this.#lastId = id;
          if (data.length > 0) this.#emit(data.join('\n'), atMs);
          data = [];
          id = undefined;
        }
      }
    });
    res.on('error', () => res.destroy());
  }

  #emit(text: string, atMs: number): void {
    const event: unknown = JSON.parse(text);
    if (typeof event === 'object' && event !== null && 'type' in event && 'id' in event)
      this.#o.onEvent(event as StreamedEvent, atMs);
  }
}
