// The plainest reading there is: the client's push consumer with flow control, the fastest way measured, on all streams at once. Counts
// messages and bytes and looks at nothing.
import { jetstream } from '@nats-io/jetstream';
import { type ServerAddress, connectTo } from '../src/jetstream/session.ts';

export interface BareReading {
  readonly messages: number;
  readonly bytes: number;
  readonly ms: number;
}

/** `streams`: name and last sequence of each. */
export async function readBare(
  server: ServerAddress,
  streams: readonly { readonly name: string; readonly lastSeq: number }[],
): Promise<BareReading> {
  // Its consumers are ephemeral: they end with the connection.
  const nc = await connectTo(server);
  try {
    const start = performance.now();
    const counted = await Promise.all(
      streams.map(async ({ name, lastSeq }) => {
        let messages = 0;
        let bytes = 0;
        if (lastSeq === 0) return { messages, bytes };
        const consumer = await jetstream(nc).consumers.getPushConsumer(name);
        const reading = await consumer.consume();
        for await (const message of reading) {
          // A consumer that the client has made anew may repeat itself.
          if (message.seq !== messages + 1) continue;
          messages++;
          bytes += message.data.length;
          if (message.seq >= lastSeq) break;
        }
        return { messages, bytes };
      }),
    );
    return {
      messages: counted.reduce((sum, one) => sum + one.messages, 0),
      bytes: counted.reduce((sum, one) => sum + one.bytes, 0),
      ms: performance.now() - start,
    };
  } finally {
    await nc.close();
  }
}
