// The newest published events, in the order in which this site published them. A cursor is a vector of received positions
// (L18): an event is new to it if its entry is not covered, so a client may go on at the other site with the same cursor.
import { SITES, type VectorPosition, compareEpochs, covers, inPartition, laterOf, ofPartition } from '@vigie/model';
import type { EventPageOfRing, EventPosition, PublishedEvent } from './types.ts';

/** Hours of a whole country's alarms; a client further behind reads the projection. About 1 kB each. */
const EVENTS_IN_MEMORY_MAX = 20_000;

interface Held {
  readonly event: PublishedEvent;
  /** Published after its entry's turn (a key came, a refold accepted a step): cursors may cover the entry and not the event. */
  readonly late: boolean;
}

export class EventRing {
  #events: Held[] = [];
  #head = 0;
  readonly #ids = new Set<string>();
  readonly #listeners = new Set<(event: PublishedEvent) => void>();
  readonly #max: number;
  /** A cursor that does not cover this has missed events that are no longer here. */
  #lostThrough: VectorPosition | undefined;
  readonly #partition: number;

  /** @param o.partition of the log that the events come from; the cursors given and taken here may know of others too */
  constructor(o: { lostThrough: VectorPosition | undefined; max?: number; partition?: number }) {
    this.#lostThrough = o.lostThrough;
    this.#partition = o.partition ?? 0;
    this.#max = o.max ?? EVENTS_IN_MEMORY_MAX;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Twice the same id is one event (D1). */
  publish(event: PublishedEvent, late = false): void {
    if (this.#ids.has(event.id)) return;
    this.#ids.add(event.id);
    this.#events.push({ event, late });
    if (this.#events.length - this.#head > this.#max) this.#forgetOldest();
    for (const listener of this.#listeners) listener(event);
  }

  listen(listener: (event: PublishedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Once the log has been read through: epochs came in whatever order the disk gave them, and the cursors of that time cover what was
   * not yet published. From now on events stand in merged order, each with the cursor of exactly those up to it.
   */
  order(): void {
    const held = this.#events.slice(this.#head).map(({ event }) => event);
    held.sort(
      (a, b) =>
        a.timeUs - b.timeUs ||
        SITES.indexOf(a.position.site) - SITES.indexOf(b.position.site) ||
        a.position.index - b.position.index,
    );
    let vector: VectorPosition = this.#lostThrough ?? {};
    this.#events = held.map((event, i) => {
      const { site, epoch, seq } = event.position;
      const before = held[i - 1]?.position;
      if (before?.site !== site || before.epoch !== epoch || before.seq !== seq)
        vector = laterOf(vector, inPartition({ [site]: { epoch, seq } }, this.#partition));
      return { event: { ...event, vector }, late: false };
    });
    this.#head = 0;
  }

  /** At most `limit` events, but never a part of those that share a cursor. */
  page(after: VectorPosition | undefined, limit: number, received: VectorPosition): EventPageOfRing {
    const from = after ?? {};
    const truncated = this.#lostThrough !== undefined && !covers(from, this.#lostThrough);
    const events: PublishedEvent[] = [];
    for (let i = this.#head; i < this.#events.length; i++) {
      const { event, late } = this.#events[i] as Held;
      if (late ? covers(from, event.vector) : isCovered(ofPartition(from, this.#partition), event.position)) continue;
      const last = events[events.length - 1];
      if (events.length >= limit && last?.vector !== event.vector)
        return { events, next: laterOf(from, last?.vector ?? from), truncated };
      events.push(event);
    }
    return { events, next: laterOf(from, received), truncated };
  }

  /** The measure is erased: what was published of it is told to nobody any more. */
  forget(measure: string): void {
    const kept = this.#events.slice(this.#head).filter(({ event }) => event.measure !== measure);
    if (kept.length === this.#events.length - this.#head) return;
    this.#events = kept;
    this.#head = 0;
  }

  #forgetOldest(): void {
    const oldest = (this.#events[this.#head] as Held).event;
    this.#ids.delete(oldest.id);
    this.#lostThrough = oldest.vector;
    this.#head++;
    if (this.#head < this.#max) return;
    this.#events = this.#events.slice(this.#head);
    this.#head = 0;
  }
}

function isCovered(cursor: VectorPosition, position: EventPosition): boolean {
  const at = cursor[position.site];
  if (at === undefined) return false;
  const order = compareEpochs(at.epoch, position.epoch);
  return order > 0 || (order === 0 && at.seq >= position.seq);
}
