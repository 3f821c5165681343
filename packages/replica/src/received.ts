// v, the vector of what live holds (L9, L18), and who waits for it to reach a position.
import type { EpochExtent, PlacedEntry, ReadFrom } from '@vigie/log';
import { SITES, type SiteId, type VectorPosition, compareEpochs, covers } from '@vigie/model';
import type { Timing } from './timing.ts';

interface Waiter {
  readonly position: VectorPosition;
  readonly end: (reached: boolean) => void;
}

export class Received {
  readonly #timing: Timing;
  #at: VectorPosition;
  readonly #waiters = new Set<Waiter>();

  constructor(timing: Timing, at: VectorPosition) {
    this.#timing = timing;
    this.#at = at;
  }
  get at(): VectorPosition {
    return this.#at;
  }

  note({ site, epoch, seq }: PlacedEntry): void {
    const known = this.#at[site];
    if (known !== undefined) {
      const order = compareEpochs(known.epoch, epoch);
      if (order > 0 || (order === 0 && known.seq >= seq)) return;
    }
    this.#at = { ...this.#at, [site]: { epoch, seq } };
  }

  /** Call after live has applied what was noted. */
  wake(): void {
    for (const waiter of this.#waiters) if (covers(this.#at, waiter.position)) waiter.end(true);
  }
  /** True once live holds everything of `position`; false after `timeoutMs`. */
  reaches(position: VectorPosition, applied: boolean, timeoutMs: number): Promise<boolean> {
    if (applied && covers(this.#at, position)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        end: (reached) => {
          cancel();
          this.#waiters.delete(waiter);
          resolve(reached);
        },
      };
      const cancel = this.#timing.after(timeoutMs, () => waiter.end(false));
      this.#waiters.add(waiter);
    });
  }
  close(): void {
    for (const waiter of this.#waiters) waiter.end(false);
  }
}

/** How far messages of each epoch were delivered: tells when everything that was there at the start has been read. */
export class Delivered {
  readonly #of = new Map<string, number>();

  constructor(from: ReadFrom) {
    for (const site of SITES)
      for (const [epoch, seq] of Object.entries(from[site] ?? {})) this.#of.set(`${site} ${epoch}`, seq);
  }

  note(site: SiteId, epoch: string, seq: number): void {
    this.#of.set(`${site} ${epoch}`, seq);
  }
  covers(extents: readonly EpochExtent[]): boolean {
    return extents.every(
      ({ site, epoch, lastSeq }) => lastSeq === 0 || (this.#of.get(`${site} ${epoch}`) ?? 0) >= lastSeq,
    );
  }
}
