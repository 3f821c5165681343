// What this site appends to its own origin: each entry gets its log time at the moment of sending (L4), and after a `leave` there is none.
import { type SiteId, streamName } from '@vigie/model';
import type { HybridClock } from '../hybrid-clock.ts';
import { entryBytes } from '../origin-message.ts';
import type { PeerLine } from '../peer/peer-line.ts';
import type { Time } from '../time.ts';
import type { AppendResult, EntryDraft } from '../types.ts';
import type { JetStreamApi } from './api.ts';
import type { Publisher } from './publisher.ts';

/** A server that acknowledges nothing is asked about this often, for people. */
const ASK_EVERY_MS = 5000;

export interface OwnWriterOptions {
  readonly site: SiteId;
  readonly partition: number;
  readonly publisher: Publisher;
  readonly clock: HybridClock;
  readonly time: Time;
  readonly line: () => PeerLine | undefined;
  /** Of the own log server; undefined: it is not reached. */
  readonly api: () => JetStreamApi | undefined;
  readonly epoch: () => string;
  readonly isDiskFull: () => boolean;
  readonly note: (detail: string) => void;
}

export class OwnWriter {
  readonly #o: OwnWriterOptions;
  #askedUs = Number.NEGATIVE_INFINITY;
  /** Nothing but a `leave` is appended any more. */
  #gated = false;
  #left = false;

  constructor(o: OwnWriterOptions) {
    this.#o = o;
  }

  get gated(): boolean {
    return this.#gated;
  }
  get left(): boolean {
    return this.#left;
  }
  /** An epoch runs; `left`: its last entry is a `leave`. */
  begin(left: boolean): void {
    this.#left = left;
    this.#gated = left;
  }

  append(draft: EntryDraft): Promise<AppendResult> {
    return this.#append(draft, () => this.#gated);
  }

  /** What is under way goes before it on the same connection; what waits for its turn is refused when that comes. */
  async leave(draft: EntryDraft): Promise<AppendResult> {
    const { site, partition, api, note } = this.#o;
    this.#gated = true;
    const result = await this.#append(draft, () => this.#left);
    if (result.kind === 'refused') this.#gated = this.#left;
    if (result.kind !== 'stored') return result;
    this.#left = true;
    const sealed = await api()?.seal(streamName(site, result.epoch, partition));
    if (sealed?.ok === false) note(`the stream of ${result.epoch} is not sealed yet: ${sealed.detail}`);
    return result;
  }

  async #append(draft: EntryDraft, isGated: () => boolean): Promise<AppendResult> {
    const { publisher, clock, line, isDiskFull } = this.#o;
    if (isDiskFull()) return { kind: 'refused', reason: 'disk_full', detail: 'the disk of the log has no room left' };
    const result = await publisher.publish(() => {
      if (!clock.isTrusted) clock.compare((line()?.state().clockSkewMs ?? Number.NaN) * 1000, false);
      if (isGated()) return { kind: 'refused', reason: 'left', detail: 'the site has left' };
      const t = clock.next();
      const bytes = entryBytes(draft, t, line()?.held ?? null);
      return bytes instanceof Uint8Array ? { bytes, t } : bytes;
    });
    if (result.kind === 'stored') line()?.stored(result.epoch, result.seq);
    else if (result.kind === 'unknown') void this.#askWhy();
    return result;
  }

  /**
   * A server whose store failed (no space left, a bad disk) acknowledges nothing more and refuses nothing either, until it is started
   * again (measured, 2.15.1); its API goes on answering. That must be said.
   */
  async #askWhy(): Promise<void> {
    const { site, partition, time, epoch, note } = this.#o;
    const api = this.#o.api();
    const now = time.nowUs();
    if (api === undefined || now - this.#askedUs < ASK_EVERY_MS * 1000) return;
    this.#askedUs = now;
    const info = await api.stream(streamName(site, epoch(), partition));
    if (info.ok)
      note(
        'the log server answers and does not acknowledge entries: its disk was full or is failing, see its /healthz; ' +
          'make room and start it again',
      );
  }
}
