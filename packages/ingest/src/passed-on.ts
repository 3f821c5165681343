// Cases whose reports were passed on to the other site (L2) and have not come back over the log yet. What they report next goes the same
// way: kept here, it would lie before what it follows, and a breach that has begun there would begin here a second time (D2).
import { type SiteId, type VectorPosition, covers, seqOf } from '@vigie/model';
import { PASSED_ON_MAX } from './limits.ts';
import type { StoredAt } from './ports.ts';

export class PassedOn {
  readonly #received: () => VectorPosition;
  /** Where the newest entry of the case lies, by measure; the longest unchanged first. */
  readonly #at = new Map<string, VectorPosition>();

  constructor(received: () => VectorPosition) {
    this.#received = received;
  }
  get size(): number {
    return this.#at.size;
  }

  note(measures: Iterable<string>, { site, epoch, seq }: StoredAt): void {
    const at: { [site in SiteId]?: VectorPosition[site] } = { [site]: { epoch, seq: seqOf(seq) } };
    for (const measure of measures) {
      this.#at.delete(measure);
      this.#at.set(measure, at);
    }
    for (const oldest of this.#at.keys()) {
      if (this.#at.size <= PASSED_ON_MAX) break;
      this.#at.delete(oldest);
    }
  }
  /** The other site did not take it: nobody waits for it. */
  forget(measures: Iterable<string>): void {
    for (const measure of measures) this.#at.delete(measure);
  }
  /** True while this site has not received what was passed on of the case. */
  isOnItsWay(measure: string): boolean {
    const at = this.#at.get(measure);
    if (at === undefined) return false;
    if (!covers(this.#received(), at)) return true;
    this.#at.delete(measure);
    return false;
  }
}
