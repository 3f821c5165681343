// Finds streams in which a reader stands before a hole (L13): a log server whose disk has lost or damaged a message goes on telling the
// stream's last sequence, refuses that one message, and a reader gets nothing behind it, for ever (measured, 2.15.1, one flipped byte).
import type { JetStreamApi } from './api.ts';
import type { KnownStream } from './streams.ts';

/** A reader that has not moved for so many looks, a second each, is asked about. */
const LOOKS = 2;
const NO_ANSWER = 0;

export class HoleWatch {
  readonly #stands = new Map<string, { at: number; looks: number }>();

  /** Streams whose next message cannot be read although more lies behind it. `deliveredOf`: how far readers are; undefined: nobody reads. */
  async look(
    api: JetStreamApi,
    streams: readonly KnownStream[],
    deliveredOf: (stream: KnownStream) => number | undefined,
  ): Promise<KnownStream[]> {
    const holes: KnownStream[] = [];
    for (const stream of streams) {
      const at = deliveredOf(stream);
      const before = this.#stands.get(stream.name);
      if (at === undefined || at >= stream.lastSeq || before?.at !== at) {
        if (at === undefined) this.#stands.delete(stream.name);
        else this.#stands.set(stream.name, { at, looks: 0 });
        continue;
      }
      if (++before.looks < LOOKS) continue;
      before.looks = 0;
      if (await isHole(api, stream.name, at + 1)) holes.push(stream);
    }
    return holes;
  }
}

/** True when the server answers and does not give that message. */
export async function isHole(api: JetStreamApi, stream: string, seq: number): Promise<boolean> {
  const got = await api.message(stream, seq);
  return got.ok ? got.value === undefined : got.code !== NO_ANSWER;
}
