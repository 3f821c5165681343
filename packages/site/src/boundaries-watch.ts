// Both sites should name a border alike. The fold does not ask boundaries, so sites with different ones settle the same and nothing has to
// stop; but an alarm may go to the police of the wrong side, so it is said for as long as it is so. Heartbeats tell what each site has.
import type { HeartbeatData } from '@vigie/model';

export class BoundariesWatch {
  /** Null: this site was given none. */
  readonly own: string | null;
  /** Undefined: not heard yet, or a program that does not say. */
  #other: string | null | undefined;

  constructor(own: string | undefined) {
    this.own = own ?? null;
  }
  /** The data of a heartbeat of the other site. */
  heard(data: unknown): void {
    const { boundaries } = (data ?? {}) as Partial<HeartbeatData>;
    this.#other = typeof boundaries === 'string' || boundaries === null ? boundaries : undefined;
  }
  /** Undefined: they are the same, as far as is known. */
  difference(): string | undefined {
    if (this.#other === undefined || this.#other === this.own) return undefined;
    return `this site has ${named(this.own)}, the other site ${named(this.#other)}: give both the same BOUNDARIES_FILE`;
  }
}

const named = (boundaries: string | null): string =>
  boundaries === null ? 'no boundaries' : `boundaries ${boundaries}`;
