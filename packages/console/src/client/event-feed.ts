// Follows the events of the site in use, and goes on at the other site from the same cursor after a move (D1, L18).
import type { SiteId, VigieEvent } from '@vigie/api/contract';
import { problemOf } from './http.ts';
import { pause } from './pause.ts';
import { EventStreamParser, type StreamMessage } from './sse.ts';

/** The site sends at least a comment every 5 s; three of them missing is a dead stream, whatever TCP thinks. */
const SILENCE_MS_MAX = 15_000;
const RETRY_MS = 300;
/** A site that answers and gives no stream has a reason; asking at once again would not change it. */
const RETRY_REFUSED_MS = 2_000;

export interface EventFeedPorts {
  readonly site: () => SiteId;
  readonly target: (site: SiteId) => { readonly url: string; readonly token: string };
  readonly onEvents: (events: readonly VigieEvent[]) => void;
  /** The stream ended without being asked to. */
  readonly onBroken: () => void;
  /** The cursor points into a voided branch (410): what is known must be read anew. Returns the cursor to go on from. */
  readonly onVoided: () => Promise<string | null>;
}

export class EventFeed {
  readonly #ports: EventFeedPorts;
  readonly #stop = new AbortController();
  #current = new AbortController();
  #cursor: string | null = null;

  constructor(ports: EventFeedPorts) {
    this.#ports = ports;
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  start(cursor: string | null): void {
    this.#cursor = cursor;
    void this.#follow();
  }

  stop(): void {
    this.#stop.abort();
    this.#current.abort();
  }

  /** The site in use changed. */
  reconnect(): void {
    this.#current.abort();
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#current = new AbortController();
      const { signal } = this.#current;
      const ended = await this.#read(signal);
      if (this.#stop.signal.aborted) return;
      if (ended === 'voided') {
        // Forgotten first: what is read anew must not ask for a position that no longer is one.
        this.#cursor = null;
        this.#cursor = await this.#ports.onVoided();
        await pause(RETRY_MS, this.#stop.signal, signal);
        continue;
      }
      if (signal.aborted && ended === 'moved') continue;
      this.#ports.onBroken();
      await pause(ended === 'refused' ? RETRY_REFUSED_MS : RETRY_MS, this.#stop.signal, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<'broken' | 'moved' | 'refused' | 'voided'> {
    const watchdog = new AbortController();
    let timer = setTimeout(() => watchdog.abort(), SILENCE_MS_MAX);
    const target = this.#ports.target(this.#ports.site());
    try {
      const response = await fetch(`${target.url}/v1/events`, {
        headers: {
          Authorization: `Bearer ${target.token}`,
          Accept: 'text/event-stream',
          ...(this.#cursor === null ? {} : { 'Last-Event-ID': this.#cursor }),
        },
        signal: AbortSignal.any([signal, watchdog.signal]),
        cache: 'no-store',
        credentials: 'omit',
      });
      if (response.status === 410) {
        await problemOf(response);
        return 'voided';
      }
      if (!response.ok || response.body === null) return 'refused';
      let arrived: VigieEvent[] = [];
      const parser = new EventStreamParser((message) => this.#take(message, arrived));
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = setTimeout(() => watchdog.abort(), SILENCE_MS_MAX);
        parser.push(text);
        if (arrived.length > 0) this.#ports.onEvents(arrived);
        arrived = [];
      }
      return 'broken';
    } catch {
      // Every way for a stream to end badly is answered alike: ask the site how it is, and connect again.
      return signal.aborted ? 'moved' : 'broken';
    } finally {
      clearTimeout(timer);
    }
  }

  #take(message: StreamMessage, arrived: VigieEvent[]): void {
    if (message.id !== null) this.#cursor = message.id;
    arrived.push(JSON.parse(message.data) as VigieEvent);
  }
}
