// Makes published events of what live has applied: event entries as they are, accepted steps of people as what they led to.
// Publishing happens on receiving (D1); settled later confirms or withdraws with events of its own.
import type { CaseView } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import { EVENT_OF_STEP, type IncidentEvent, type IncidentStep, type VectorPosition } from '@vigie/model';
import type { TailItem } from './case-tail.ts';
import type { EventRing } from './event-ring.ts';
import type { PublishedData, PublishedEvent } from './types.ts';

interface Pending {
  readonly item: TailItem;
  readonly view: CaseView;
  readonly data: PublishedData;
}

export class Publisher {
  readonly #ring: EventRing;
  #pending: Pending[] = [];
  /** Entries that came in this turn: their events are new to exactly the cursors that do not cover them. */
  readonly #arrived = new Set<PlacedEntry>();

  constructor(ring: EventRing) {
    this.#ring = ring;
  }

  arrived(placed: PlacedEntry): void {
    if (placed.entry.kind === 'event' || placed.entry.kind === 'step') this.#arrived.add(placed);
  }
  /** `view`: the case right after the item. Undefined, if its own entry cannot be opened yet: then this is called again. */
  event(item: TailItem, view: CaseView | undefined, event: IncidentEvent): void {
    if (view === undefined || this.#ring.has(`${event.incidentId}/${event.step}`)) return;
    this.#pending.push({ item, view, data: event });
  }
  step(item: TailItem, view: CaseView | undefined, step: IncidentStep): void {
    const data = view === undefined ? undefined : stepData(view, item, step);
    if (view !== undefined && data !== undefined) this.#pending.push({ item, view, data });
  }

  /** The measure is erased. */
  forget(measure: string): void {
    this.#pending = this.#pending.filter(({ view }) => view.measure !== measure);
    this.#ring.forget(measure);
  }

  /** After a turn: publishes what came up in it. All events of a turn share the cursor that live has reached by it. */
  flush(vector: VectorPosition, isSettled: (placed: PlacedEntry) => boolean): void {
    for (const { item, view, data } of this.#pending) {
      const { placed, index } = item;
      const event: PublishedEvent = {
        position: { site: placed.site, epoch: placed.epoch, seq: placed.seq, index },
        vector,
        id: `${data.incidentId}/${data.step}`,
        type: `vigie.incident.${data.type}`,
        measure: view.measure,
        caseId: view.recorded.caseId,
        authority: view.recorded.authority,
        timeUs: placed.t,
        provisional: !isSettled(placed),
        data,
      };
      this.#ring.publish(event, !this.#arrived.has(placed));
    }
    this.#pending.length = 0;
    this.#arrived.clear();
  }
}

/** A repeated step carries its ordinal: `acknowledged.2`. */
function stepData(view: CaseView, item: TailItem, step: IncidentStep): PublishedData | undefined {
  const incident = view.incidents.find(
    (one) => one.incidentId === step.incidentId || one.aliases.includes(step.incidentId),
  );
  if (incident === undefined) return undefined;
  let ordinal = 0;
  let isThere = false;
  for (const mark of incident.history) {
    if (mark.step !== step.step) continue;
    ordinal++;
    isThere = mark.entryId === item.placed.entry.entryId;
    if (isThere) break;
  }
  if (!isThere) return undefined;
  const type = EVENT_OF_STEP[step.step];
  return {
    incidentId: incident.incidentId,
    step: ordinal === 1 ? type : `${type}.${ordinal}`,
    type,
    ruleId: incident.ruleId,
    kind: incident.kind,
    openedAtMs: incident.openedAtMs,
    ...(incident.closedAtMs === undefined ? {} : { closedAtMs: incident.closedAtMs }),
    lane: incident.lane,
    reason: incident.reason,
    by: step.by,
    ...(step.note === undefined ? {} : { note: step.note }),
    ...(step.code === undefined ? {} : { code: step.code }),
  };
}
