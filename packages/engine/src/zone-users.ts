// Which cases go by which shared zone, so that a change of one asks nobody else. Not state: a case is noted when it is looked at, and one
// that has let go of a zone is forgotten when the zone is next varied.
import type { CaseState } from './case-state.ts';

export class ZoneUsers {
  readonly #of = new Map<string, Set<string>>();

  note({ measure, sharedUses }: CaseState): void {
    for (const { zoneId } of sharedUses) {
      const users = this.#of.get(zoneId);
      if (users === undefined) this.#of.set(zoneId, new Set([measure]));
      else users.add(measure);
    }
  }
  of(zoneId: string): Iterable<string> {
    return this.#of.get(zoneId) ?? [];
  }
  forget(zoneId: string, measure: string): void {
    this.#of.get(zoneId)?.delete(measure);
  }
}
