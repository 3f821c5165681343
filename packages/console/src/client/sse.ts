// Reads server-sent events from a fetch body. EventSource cannot send the Authorization header, and a token in an address
// would end in logs, so the stream is parsed here (WHATWG HTML, section 9.2.6; `retry` is ignored).

export interface StreamMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A message of 1 MB is far beyond any incident; more than that is not our server. */
const BUFFER_CHARS_MAX = 1_000_000;

/** Feed it text in any pieces; it calls `emit` once per complete message. */
export class EventStreamParser {
  readonly #emit: (message: StreamMessage) => void;
  #buffer = '';
  #data: string[] = [];
  #event = '';
  #id: string | null = null;

  constructor(emit: (message: StreamMessage) => void) {
    this.#emit = emit;
  }

  push(text: string): void {
    this.#buffer += text;
    let from = 0;
    for (;;) {
      const end = this.#buffer.indexOf('\n', from);
      if (end < 0) break;
      const line = this.#buffer.slice(from, this.#buffer[end - 1] === '\r' && end > from ? end - 1 : end);
      from = end + 1;
      this.#line(line);
    }
    this.#buffer = this.#buffer.slice(from);
    if (this.#buffer.length > BUFFER_CHARS_MAX)
      throw new Error(`event stream: a line is longer than ${BUFFER_CHARS_MAX}`);
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch(): void {
    if (this.#data.length > 0) {
      this.#emit({ id: this.#id, event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n') });
    }
    this.#data = [];
    this.#event = '';
  }
}
