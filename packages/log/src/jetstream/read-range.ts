// Reads a part of one stream again, for readers that catch up by themselves.
import type { NatsConnection } from '@nats-io/transport-node';
import { StreamReader, type StreamMessage } from './stream-reader.ts';

/** Then the reader gets what has come so far. */
const TIMEOUT_MS = 10_000;

/** `domain`: of the other server, over the leaf line. */
export function readRange(
  nc: NatsConnection,
  stream: string,
  from: number,
  count: number,
  domain?: string,
): Promise<StreamMessage[]> {
  return new Promise((resolve) => {
    const messages: StreamMessage[] = [];
    const end = (): void => {
      clearTimeout(timeout);
      reader.stop();
      resolve(messages);
    };
    const timeout = setTimeout(end, TIMEOUT_MS);
    const reader = new StreamReader({
      nc,
      stream,
      ...(domain === undefined ? {} : { domain }),
      from,
      isFull: () => false,
      deliver: (message) => {
        if (messages.length >= count) return;
        messages.push(message);
        if (messages.length === count) end();
      },
    });
  });
}
