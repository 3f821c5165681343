// The plainest reading there is: a push consumer with flow control for each stream, the fastest way measured, all at once. Counts messages
// and bytes and looks at nothing. Not the client's own ordered one: it ended early on two streams of 100 MB.
import { type ServerAddress, connectTo } from '../src/jetstream/session.ts';
import { StreamReader } from '../src/jetstream/stream-reader.ts';

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
  const nc = await connectTo(server);
  try {
    const start = performance.now();
    let messages = 0;
    let bytes = 0;
    await Promise.all(
      streams.map(async ({ name, lastSeq }) => {
        if (lastSeq === 0) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        const reader = new StreamReader({
          nc,
          stream: name,
          from: 1,
          isFull: () => false,
          deliver: (message) => {
            messages++;
            bytes += message.bytes.length;
            if (message.seq === lastSeq) resolve();
          },
        });
        await promise;
        reader.stop();
      }),
    );
    return { messages, bytes, ms: performance.now() - start };
  } finally {
    await nc.close();
  }
}
