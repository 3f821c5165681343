// A TCP line on this machine that can be cut silently, as a failing network does it: nothing is closed, nothing arrives.
import { connect, createServer, type Socket } from 'node:net';

export type Link = {
  readonly port: number;
  /** From now on nothing passes, in the given direction or in both. Connections stay open. */
  cut(direction?: 'both' | 'toTarget' | 'fromTarget'): void;
  /** What was held arrives, then everything passes again. */
  heal(): void;
  /** Closes what is open, as a firewall that forgets its connections does. */
  reset(): void;
  stop(): Promise<void>;
};

function hold(socket: Socket, isHeld: boolean): void {
  if (isHeld) socket.pause();
  else socket.resume();
}

export async function startLink(targetPort: number): Promise<Link> {
  const near = new Set<Socket>();
  const far = new Set<Socket>();
  let held = { toTarget: false, fromTarget: false };

  const carry = (from: Socket, to: Socket, isHeld: () => boolean): void => {
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (!isHeld()) from.resume();
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
    if (isHeld()) from.pause();
  };

  const server = createServer((incoming) => {
    const outgoing = connect(targetPort, '127.0.0.1');
    near.add(incoming);
    far.add(outgoing);
    incoming.once('close', () => near.delete(incoming));
    outgoing.once('close', () => far.delete(outgoing));
    carry(incoming, outgoing, () => held.toTarget);
    carry(outgoing, incoming, () => held.fromTarget);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');

  const apply = (): void => {
    for (const socket of near) hold(socket, held.toTarget);
    for (const socket of far) hold(socket, held.fromTarget);
  };
  const reset = (): void => {
    for (const socket of [...near, ...far]) socket.destroy();
  };
  return {
    port: address.port,
    cut: (direction = 'both') => {
      held = { toTarget: direction !== 'fromTarget', fromTarget: direction !== 'toTarget' };
      apply();
    },
    heal: () => {
      held = { toTarget: false, fromTarget: false };
      apply();
    },
    reset,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        reset();
      }),
  };
}
