// Who is silent in live state, kept up to date case by case as cases change: nothing is scanned, and no case that sleeps is woken.
import type { CaseView, Incident } from '@vigie/engine';
import { harmOf, mayHurt } from './harm.ts';
import type { Silence } from './mass-silence.ts';

/** What a silent case is ranked and shown by. */
export interface SilentCase {
  readonly caseId: string;
  readonly authority: string;
  readonly roles: ReadonlyMap<string, 'wearer' | 'protected'>;
  readonly rank: number;
  /** Somebody may be hurt. */
  readonly standsAlone: boolean;
}

interface Held {
  readonly silences: readonly Silence[];
  /** As it was when it last changed. Its order is read when somebody has to be ranked; absent: nobody of it is silent now. */
  readonly view: CaseView | undefined;
  known?: SilentCase;
}

export class Silences {
  readonly #cases = new Map<string, Held>();
  #changes = 0;

  /** How often something has changed so far. */
  get changes(): number {
    return this.#changes;
  }
  *all(): Iterable<Silence> {
    for (const { silences } of this.#cases.values()) yield* silences;
  }

  /** A case as live has it now, whenever its incidents or its order have changed. */
  note(view: CaseView): void {
    const silences = view.incidents.filter(counts).map((incident) => silenceOf(view.measure, incident));
    if (silences.length === 0) {
      this.forget(view.measure);
      return;
    }
    const isSilent = silences.some(({ closedAtMs }) => closedAtMs === undefined);
    this.#cases.set(view.measure, { silences, view: isSilent ? view : undefined });
    this.#changes++;
  }
  /** It is no more. */
  forget(measure: string): void {
    if (this.#cases.delete(measure)) this.#changes++;
  }

  /** Undefined: nobody of it is silent now. */
  case(measure: string): SilentCase | undefined {
    const held = this.#cases.get(measure);
    if (held?.view === undefined) return undefined;
    held.known ??= knownOf(held.view);
    return held.known;
  }
}

/** Whose rule was switched off is not silent for anybody (RS2); what was taken back never was. */
const counts = ({ kind, certainty, switched }: Incident): boolean =>
  kind === 'silence' && (certainty === 'raised' || certainty === 'explained') && switched?.off !== true;

const silenceOf = (measure: string, { incidentId, openedAtMs, closedAtMs, reason }: Incident): Silence => ({
  measure,
  deviceId: reason.fixes[0]?.deviceId ?? '',
  incidentId,
  openedAtMs,
  closedAtMs,
});

function knownOf(view: CaseView): SilentCase {
  const { caseId, authority, devices } = view.recorded;
  const roles = new Map(devices.map(({ deviceId, role }) => [deviceId, role]));
  return { caseId, authority, roles, rank: harmOf(view), standsAlone: mayHurt(view) };
}
