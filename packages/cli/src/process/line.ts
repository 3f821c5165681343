// A TCP line on this machine that can be broken as networks break: what passes is dropped silently, or comes late. Nothing is
// closed: each end finds out by itself. TLS passes through.
import { type Socket, connect, createServer } from 'node:net';

export type Direction = 'toTarget' | 'fromTarget';
export type Slowness = { readonly delayMs: number; readonly lossShare: number; readonly random: () => number };

export type Line = {
  readonly port: number;
  /** From now on nothing passes in this direction. What an end sends meanwhile lies in its buffers, as with a network that is away. */
  cut(direction: Direction): void;
  /** What passes comes later; what is lost comes after the sender's repetition, and holds up what follows it, as TCP does. */
  slow(slowness: Slowness): void;
  /** Ends both. Connections that an end gave up meanwhile are closed now, the others go on. */
  mend(): void;
  stop(): Promise<void>;
};

/** A sender repeats a lost segment after about a round trip and this. */
const REPEAT_AFTER_MS = 200;
/** Bytes on their way in one direction of one connection; more is held back in the sender. */
const UNDER_WAY_MAX = 4 << 20;

export async function startLine(targetPort: number): Promise<Line> {
  const pipes = new Set<Pipe>();
  const cuts = new Set<Direction>();
  let slowness: Slowness | undefined;
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) socket.setNoDelay(true);
    for (const [from, to, direction] of [
      [near, far, 'toTarget'],
      [far, near, 'fromTarget'],
    ] as const) {
      const pipe = new Pipe(
        from,
        to,
        () => cuts.has(direction),
        () => slowness,
      );
      pipes.add(pipe);
      from.once('close', () => pipe.ended(() => pipes.delete(pipe)));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const apply = (): void => {
    for (const pipe of pipes) pipe.apply();
  };
  return {
    port: address.port,
    cut: (direction) => {
      cuts.add(direction);
      apply();
    },
    slow: (how) => {
      slowness = how;
    },
    mend: () => {
      slowness = undefined;
      cuts.clear();
      apply();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const pipe of pipes) pipe.destroy();
      }),
  };
}

/** One direction of one connection. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #isCut: () => boolean;
  readonly #slowness: () => Slowness | undefined;
  #arrivesMs = 0;
  #underWay = 0;
  /** Called once what `from` sent before it ended has arrived, and its end may be told. */
  #end: (() => void) | undefined;

  constructor(from: Socket, to: Socket, isCut: () => boolean, slowness: () => Slowness | undefined) {
    this.#from = from;
    this.#to = to;
    this.#isCut = isCut;
    this.#slowness = slowness;
    from.on('data', (bytes: Buffer) => this.#carry(bytes));
    from.on('error', () => from.destroy()); // 'close' follows, which is passed on
    to.on('drain', () => this.apply());
    if (isCut()) from.pause();
  }

  apply(): void {
    if (this.#isCut() || this.#underWay > UNDER_WAY_MAX || this.#to.writableNeedDrain) this.#from.pause();
    else this.#from.resume();
    this.#tellEnd();
  }
  /** The end of `from` reaches the other side when the line carries it, not before. */
  ended(then: () => void): void {
    this.#end = () => {
      then();
      this.#to.destroy();
    };
    this.#tellEnd();
  }
  destroy(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  #carry(bytes: Buffer): void {
    const how = this.#slowness();
    if (how === undefined && this.#underWay === 0) {
      this.#write(bytes);
      return;
    }
    const lost = how !== undefined && how.random() < how.lossShare;
    const delayMs = how === undefined ? 0 : how.delayMs + (lost ? 2 * how.delayMs + REPEAT_AFTER_MS : 0);
    // Never before what was sent earlier.
    this.#arrivesMs = Math.max(this.#arrivesMs, performance.now() + delayMs);
    this.#underWay += bytes.length;
    setTimeout(() => {
      this.#underWay -= bytes.length;
      this.#write(bytes);
      this.apply();
    }, this.#arrivesMs - performance.now());
    if (this.#underWay > UNDER_WAY_MAX) this.#from.pause();
  }
  #write(bytes: Buffer): void {
    if (!this.#to.destroyed && !this.#to.write(bytes)) this.#from.pause();
  }
  #tellEnd(): void {
    if (this.#end === undefined || this.#isCut() || this.#underWay > 0) return;
    const end = this.#end;
    this.#end = undefined;
    end();
  }
}
