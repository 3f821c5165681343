// Which measure an incident belongs to, learned from what is published. What it does not know is looked for in every case.
import type { ApiPorts, ReplicaPort } from '../ports.ts';
import type { Principal } from '../tokens.ts';
import { type LiveIncident, findLive } from '../views/incident.ts';
import { maySee } from './reading.ts';

/** About 100 bytes each. Beyond it the oldest are forgotten. */
const INCIDENTS_REMEMBERED_MAX = 50_000;
const PAGE = 500;

export class IncidentIndex {
  readonly #replica: ReplicaPort;
  readonly #measures = new Map<string, string>();
  readonly #leave: () => void;

  constructor({ replica }: Pick<ApiPorts, 'replica'>) {
    this.#replica = replica;
    this.#leave = replica.onEvent((event) => this.#learn(event.data.incidentId, event.measure));
    for (let page = replica.events(undefined, PAGE); page.events.length > 0; page = replica.events(page.next, PAGE)) {
      for (const event of page.events) this.#learn(event.data.incidentId, event.measure);
      if (page.events.length < PAGE) break;
    }
  }

  /** In the live fold, so that it is found while the database is away; undefined also when it is not this one's to see. */
  find(who: Principal, incidentId: string): { readonly measure: string; readonly incident: LiveIncident } | undefined {
    const known = this.#measures.get(incidentId);
    return (known === undefined ? undefined : this.#in(known, who, incidentId)) ?? this.#search(who, incidentId);
  }

  close(): void {
    this.#leave();
  }

  #search(who: Principal, incidentId: string): ReturnType<IncidentIndex['find']> {
    for (const measure of this.#replica.measures()) {
      const found = this.#in(measure, who, incidentId);
      if (found === undefined) continue;
      this.#learn(incidentId, measure);
      return found;
    }
    return undefined;
  }

  #in(measure: string, who: Principal, incidentId: string): ReturnType<IncidentIndex['find']> {
    const view = this.#replica.caseView(measure);
    if (view === undefined || !maySee(who, view.recorded.authority)) return undefined;
    const incident = findLive(view, incidentId);
    return incident === undefined ? undefined : { measure, incident };
  }

  #learn(incidentId: string, measure: string): void {
    this.#measures.set(incidentId, measure);
    if (this.#measures.size <= INCIDENTS_REMEMBERED_MAX) return;
    for (const oldest of this.#measures.keys()) {
      this.#measures.delete(oldest);
      break;
    }
  }
}
