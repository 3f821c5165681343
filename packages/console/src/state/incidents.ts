// What the console knows of incidents. Events come once, twice, or again from the other site after a move; the book ends the
// same (D1): an event is applied once by its id, and a view never goes back to an older step.
import type { IncidentView, VigieEvent } from '@vigie/api/contract';

/** Ids kept to recognise repeats; beyond it the oldest are forgotten, and the step number still protects the view. */
const SEEN_EVENTS_MAX = 20_000;

export interface IncidentBook {
  readonly byId: ReadonlyMap<string, IncidentView>;
  readonly seen: ReadonlySet<string>;
}

export const emptyBook: IncidentBook = { byId: new Map(), seen: new Set() };

/** A batch at once: a burst of events after a move costs one copy, not one per event. */
export function applyEvents(book: IncidentBook, events: readonly VigieEvent[]): IncidentBook {
  const fresh = events.filter((event) => event.type.startsWith('vigie.incident.') && !book.seen.has(event.id));
  if (fresh.length === 0) return book;
  const byId = new Map(book.byId);
  const seen = new Set(book.seen);
  for (const event of fresh) {
    seen.add(event.id);
    const { incident } = event.data;
    if (incident === null) withdraw(byId, event);
    else put(byId, incident);
  }
  for (const id of seen) {
    if (seen.size <= SEEN_EVENTS_MAX) break;
    seen.delete(id);
  }
  return { byId, seen };
}

/**
 * A full list of what is open replaces the book. What was known and is not in the list is gone, except where an event newer
 * than the list arrived while it travelled: those carry a step that the list cannot have.
 */
export function replaceWith(
  book: IncidentBook,
  open: readonly IncidentView[],
  arrivedSince: ReadonlySet<string>,
): IncidentBook {
  const byId = new Map<string, IncidentView>();
  for (const incident of open) byId.set(incident.incidentId, newest(book.byId.get(incident.incidentId), incident));
  for (const id of arrivedSince) {
    const known = book.byId.get(id);
    if (known !== undefined && !byId.has(id)) byId.set(id, known);
  }
  return { byId, seen: book.seen };
}

/** At equal steps the list is right: settling changes `provisional` without a step. */
const newest = (known: IncidentView | undefined, listed: IncidentView): IncidentView =>
  known !== undefined && known.step > listed.step ? known : listed;

/** A view replaces an older one of its incident, and those of the ids it once had (D2). */
function put(byId: Map<string, IncidentView>, incident: IncidentView): void {
  byId.set(incident.incidentId, newest(byId.get(incident.incidentId), incident));
  for (const alias of incident.aliases) byId.delete(alias);
}

/** The site has no such incident any more: what is on the screen is marked, not made to vanish under the operator. */
function withdraw(byId: Map<string, IncidentView>, event: VigieEvent): void {
  const known = byId.get(event.subject);
  if (known === undefined || event.data.step.kind !== 'withdrawn') return;
  byId.set(event.subject, { ...known, certainty: 'withdrawn', provisional: false });
}

export function upsert(book: IncidentBook, incident: IncidentView): IncidentBook {
  const byId = new Map(book.byId);
  put(byId, incident);
  return { byId, seen: book.seen };
}
