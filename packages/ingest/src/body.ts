// Reads a request's body within its bounds. A body over the bound is read on and thrown away, up to DRAIN_BYTES_MAX, because a
// client that is cut off while sending never reads the answer.
import type { IncomingMessage } from 'node:http';
import { DRAIN_BYTES_MAX, READING_BYTES_MAX } from './limits.ts';

export type Body =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'too_large' }
  /** Too much is being read over all connections. */
  | { readonly kind: 'busy' }
  /** The client went away; nobody is left to answer. */
  | { readonly kind: 'gone' };

const EMPTY = new Uint8Array(0);

export class BodyReader {
  readonly #bytesMax: number;
  #reading = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }
  get readingBytes(): number {
    return this.#reading;
  }

  read(req: IncomingMessage): Promise<Body> {
    return new Promise((resolve) => {
      let first: Buffer | undefined;
      let chunks: Buffer[] | undefined;
      let size = 0;
      let held = 0;
      let over: 'too_large' | 'busy' | undefined;
      const finish = (body: Body) => {
        this.#reading -= held;
        held = 0;
        resolve(body);
      };
      const drop = (why: 'too_large' | 'busy') => {
        over = why;
        first = chunks = undefined;
        this.#reading -= held;
        held = 0;
      };
      req.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (over !== undefined) {
          if (size > DRAIN_BYTES_MAX) req.destroy();
          return;
        }
        if (size > this.#bytesMax) return drop('too_large');
        if (this.#reading + chunk.length > READING_BYTES_MAX) return drop('busy');
        held += chunk.length;
        this.#reading += chunk.length;
        if (first === undefined) first = chunk;
        else if (chunks === undefined) chunks = [first, chunk];
        else chunks.push(chunk);
      });
      req.on('end', () => {
        if (over !== undefined) finish({ kind: over });
        else finish({ kind: 'read', bytes: chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, size) });
      });
      // Also after an orderly end; a promise settles once.
      req.on('close', () => finish({ kind: 'gone' }));
      req.on('error', () => finish({ kind: 'gone' }));
    });
  }
}
