// L13: what is done about a stream that a reader cannot read to its end. A copy is begun anew: what readers got of it was right, as far as it
// went. An own stream is read past the hole, with what the other site has copied of it.
import type { SiteId } from '@vigie/model';
import { HoleWatch, isHole } from './hole-watch.ts';
import { type OwnHoles, sayHole } from './own-holes.ts';
import type { Readers } from './readers.ts';
import type { Session } from './session.ts';
import type { KnownStream } from './streams.ts';

export interface HoleCloserOptions {
  readonly site: SiteId;
  readonly readers: Readers;
  readonly ownHoles: OwnHoles;
  readonly session: () => Session | undefined;
  readonly note: (detail: string) => void;
  /** Told once for each hole in an own stream. */
  readonly onHole: (detail: string) => void;
}

export class HoleCloser {
  readonly #o: HoleCloserOptions;
  readonly #watch = new HoleWatch();
  #looking = false;

  constructor(o: HoleCloserOptions) {
    this.#o = o;
  }

  /** One look after the other; the other site must answer, as what is missing comes from there. */
  async look(streams: readonly KnownStream[]): Promise<void> {
    const { site, readers } = this.#o;
    const session = this.#o.session();
    if (session === undefined || this.#looking) return;
    this.#looking = true;
    const read = streams.filter((stream) => !stream.archived && stream.copy === (stream.site !== site));
    const deliveredOf = (stream: KnownStream): number | undefined => readers.deliveredOf(stream);
    try {
      for (const stream of await this.#watch.look(session.api, read, deliveredOf)) {
        if (stream.site === site) await this.#readPast(session, stream, deliveredOf(stream));
        else await this.#copyAnew(session, stream);
      }
    } finally {
      this.#looking = false;
    }
  }
  /** Less came than there is at that place: what was read once, and is read again, may not be there any more. The other site must answer. */
  async lookAt(stream: KnownStream, seq: number): Promise<void> {
    const session = this.#o.session();
    if (session === undefined || this.#looking) return;
    this.#looking = true;
    try {
      if (!(await isHole(session.api, stream.name, seq))) return;
      if (stream.site === this.#o.site) await this.#readPast(session, stream, seq - 1);
      else await this.#copyAnew(session, stream);
    } finally {
      this.#looking = false;
    }
  }

  async #copyAnew({ mirrors }: Session, { name, lastSeq }: KnownStream): Promise<void> {
    this.#o.note(`the copy ${name} cannot be read to its end at ${lastSeq}: its disk is failing; it is begun anew`);
    await mirrors.giveUp(name);
  }

  async #readPast(session: Session, stream: KnownStream, at: number | undefined): Promise<void> {
    const { ownHoles, readers, onHole } = this.#o;
    if (at === undefined) return;
    const hole = await ownHoles.find(session, stream, at);
    onHole(sayHole(hole, stream.name));
    if (this.#o.session() === session) readers.fill(stream, hole.messages);
  }
}
