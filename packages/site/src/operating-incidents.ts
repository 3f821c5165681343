// What is wrong with the system itself, for the people who run it: each kind once, from when it began until it ends. Not about any
// person, and not in the log: the other site may see it otherwise.
import type { OperatingIncident, OperatingIncidentKind } from '@vigie/api/contract';
import type { Note } from './operating-log.ts';

/** What stands between this site and taking reports. */
const KEEPS_FROM_SERVING: ReadonlySet<OperatingIncidentKind> = new Set(['disk-full', 'newer-format']);

export class OperatingIncidents {
  readonly #open = new Map<OperatingIncidentKind, OperatingIncident>();
  readonly #saidBy = new Map<number, Map<OperatingIncidentKind, string>>();
  readonly #nowMs: () => number;
  readonly #note: Note;

  constructor(nowMs: () => number, note: Note) {
    this.#nowMs = nowMs;
    this.#note = note;
  }

  /** For a partition: what several say is over once it is for all of them, also across a new beginning of the site. */
  setterOf(partition: number): OperatingIncidents['set'] {
    const own = this.#saidBy.get(partition) ?? new Map<OperatingIncidentKind, string>();
    this.#saidBy.set(partition, own);
    return (kind, detail) => {
      if (detail === undefined) own.delete(kind);
      else own.set(kind, detail);
      this.set(kind, detail ?? [...this.#saidBy.values()].find((of) => of.has(kind))?.get(kind));
    };
  }

  /** Undefined: there is nothing of this kind, or no longer. */
  set(kind: OperatingIncidentKind, detail: string | undefined): void {
    const known = this.#open.get(kind);
    if (detail === undefined) {
      if (this.#open.delete(kind)) this.#note('info', `incident over: ${kind}`);
      return;
    }
    const since = known?.since ?? new Date(this.#nowMs()).toISOString();
    this.#open.set(kind, { kind, since, detail });
    if (known === undefined) this.#note('error', `incident: ${kind}: ${detail}`);
  }
  has(kind: OperatingIncidentKind): boolean {
    return this.#open.has(kind);
  }
  open(): readonly OperatingIncident[] {
    return [...this.#open.values()];
  }
  /** Why a load balancer should prefer the other site. */
  reasons(): readonly string[] {
    return this.open().flatMap(({ kind, detail }) => (KEEPS_FROM_SERVING.has(kind) ? [`${kind}: ${detail}`] : []));
  }
}
