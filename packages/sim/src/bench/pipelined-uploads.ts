// Uploads over connections kept open, several on their way on each (HTTP/1.1 pipelining, RFC 9112 section 9.3.2), with as little
// work here as can be: the machine is shared with what is measured.
import { type Socket, connect } from 'node:net';

export interface Upload {
  readonly token: string;
  readonly body: string;
  readonly reports: number;
}
export interface UploadTotals {
  uploads: number;
  reports: number;
  both: number;
  site: number;
  failed: number;
  /** Connections that ended before they were done. */
  broken: number;
  readonly latencyMs: number[];
}

export interface PipelineOptions {
  readonly url: string;
  readonly connections: number;
  /** Uploads on their way on one connection. */
  readonly depth: number;
  /** What to send next; undefined = no more. */
  readonly next: () => Upload | undefined;
  readonly untilMs: number;
}

/** Milliseconds without any answer on a connection before it counts as broken. */
const STALLED_MS = 15_000;

/** Sends until `next` has no more or the time is over, then waits for what is on its way. */
export async function sendPipelined(o: PipelineOptions): Promise<UploadTotals> {
  const totals: UploadTotals = { uploads: 0, reports: 0, both: 0, site: 0, failed: 0, broken: 0, latencyMs: [] };
  await Promise.all(Array.from({ length: o.connections }, () => new Pipe(o, totals).done));
  return totals;
}

class Pipe {
  readonly #o: PipelineOptions;
  readonly #totals: UploadTotals;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #underWay: { readonly reports: number; readonly sentMs: number }[] = [];
  readonly #end = Promise.withResolvers<void>();
  #text = '';
  #over = false;

  constructor(o: PipelineOptions, totals: UploadTotals) {
    this.#o = o;
    this.#totals = totals;
    const { hostname, port, host } = new URL(o.url);
    this.#host = host;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding('latin1').setTimeout(STALLED_MS);
    this.#socket.on('connect', () => this.#fill());
    this.#socket.on('data', (text) => this.#read(text as unknown as string));
    this.#socket.on('timeout', () => this.#socket.destroy());
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#finish());
  }
  get done(): Promise<void> {
    return this.#end.promise;
  }

  #fill(): void {
    let out = '';
    const nowMs = performance.now();
    while (!this.#over && this.#underWay.length < this.#o.depth) {
      const upload = nowMs < this.#o.untilMs ? this.#o.next() : undefined;
      if (upload === undefined) {
        this.#over = true;
        break;
      }
      // Bodies are ASCII: their length is their bytes.
      out += `POST /v1/reports HTTP/1.1\r\nHost: ${this.#host}\r\nAuthorization: Bearer ${upload.token}\r\nContent-Type: application/json\r\nContent-Length: ${upload.body.length}\r\n\r\n${upload.body}`;
      this.#underWay.push({ reports: upload.reports, sentMs: nowMs });
    }
    if (out !== '') this.#socket.write(out, 'latin1');
    if (this.#over && this.#underWay.length === 0) this.#socket.end();
  }

  #read(text: string): void {
    this.#text += text;
    let from = 0;
    for (;;) {
      const head = this.#text.indexOf('\r\n\r\n', from);
      if (head < 0) break;
      const length = /content-length: (\d+)/i.exec(this.#text.slice(from, head))?.[1];
      if (length === undefined) {
        this.#socket.destroy(); // not an answer of ours
        return;
      }
      const end = head + 4 + Number(length);
      if (this.#text.length < end) break;
      this.#answered(this.#text.startsWith('HTTP/1.1 200', from), this.#text.slice(head + 4, end));
      from = end;
    }
    this.#text = this.#text.slice(from);
    this.#fill();
  }

  #answered(isTaken: boolean, body: string): void {
    const one = this.#underWay.shift();
    if (one === undefined) return;
    const totals = this.#totals;
    if (!isTaken) {
      totals.failed++;
      return;
    }
    totals.uploads++;
    totals.reports += one.reports;
    if (body.includes('"durable":"both"')) totals.both += one.reports;
    else totals.site += one.reports;
    totals.latencyMs.push(performance.now() - one.sentMs);
  }

  #finish(): void {
    if (!this.#over || this.#underWay.length > 0) this.#totals.broken++;
    this.#totals.failed += this.#underWay.length;
    this.#underWay.length = 0;
    this.#end.resolve();
  }
}
