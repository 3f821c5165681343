// Reads an archived epoch in order, as a stream is read: what waits is bounded by the reader that takes it.
import type { OriginMessage } from '../types.ts';

export interface ArchiveReaderOptions {
  readonly blocks: AsyncIterable<readonly OriginMessage[]>;
  readonly deliver: (message: OriginMessage) => void;
  /** True: enough is waiting; reading goes on when `ready()` is called. */
  readonly isFull: () => boolean;
  readonly onFault: (detail: string) => void;
}

export class ArchiveReader {
  readonly #o: ArchiveReaderOptions;
  #stopped = false;
  #resume: (() => void) | undefined;

  constructor(o: ArchiveReaderOptions) {
    this.#o = o;
    void this.#read();
  }
  ready(): void {
    this.#resume?.();
    this.#resume = undefined;
  }
  stop(): void {
    this.#stopped = true;
    this.ready();
  }

  async #read(): Promise<void> {
    try {
      for await (const block of this.#o.blocks) {
        for (const message of block) {
          if (this.#stopped) return;
          this.#o.deliver(message);
        }
        while (!this.#stopped && this.#o.isFull()) await new Promise<void>((resolve) => (this.#resume = resolve));
      }
    } catch (cause) {
      this.#o.onFault(`an archive cannot be read: ${String(cause)}`);
    }
  }
}
