// The line between the sites: delays, loses, repeats and reorders what it is given, each direction for itself; a cut one drops all.
import { SITES, type SiteId } from '@vigie/model';
import type { Random } from '../random.ts';
import type { LinkFaults } from './faults.ts';
import type { Schedule } from './schedule.ts';

export class Line {
  readonly #schedule: Schedule;
  readonly #dice: Random;
  readonly #faults: LinkFaults;
  /** Cuts in force from that site to the other; several may overlap. */
  readonly #cuts: Record<SiteId, number> = { noirmont: 0, delemont: 0 };
  readonly #onHeal = new Set<() => void>();
  quiet = false;

  constructor(schedule: Schedule, dice: Random, faults: LinkFaults) {
    this.#schedule = schedule;
    this.#dice = dice;
    this.#faults = faults;
  }
  passes(from: SiteId): boolean {
    return this.#cuts[from] === 0;
  }
  onHeal(run: () => void): void {
    this.#onHeal.add(run);
  }
  cut(from: readonly SiteId[]): () => void {
    for (const site of from) this.#cuts[site]++;
    return () => {
      for (const site of from) this.#cuts[site]--;
      if (SITES.some((site) => this.passes(site))) for (const run of this.#onHeal) run();
    };
  }
  delayUs(): number {
    return this.#faults.delayUs * (1 + this.#dice.unit());
  }
  /** Of plain messages, which nobody sends again. */
  send(from: SiteId, arrive: () => void): void {
    if (!this.passes(from) || this.#happens(this.#faults.lossPpm)) return;
    const times = this.#happens(this.#faults.replayPpm) ? 2 : 1;
    for (let i = 0; i < times; i++)
      this.#schedule.after(this.delayUs(), () => {
        if (this.passes(from)) arrive();
      });
  }
  /** Of a connection that repeats what was lost, a while later. False at the end: the line was cut meanwhile. */
  carry(from: SiteId, arrive: (whole: boolean) => void): void {
    const again = this.#happens(this.#faults.lossPpm) ? 200_000 * this.#dice.unit() : 0;
    this.#schedule.after(this.delayUs() + again, () => arrive(this.passes(from)));
  }
  /** There and back; undefined: no answer came in time. */
  ask<T>(
    from: SiteId,
    to: SiteId,
    timeoutUs: number,
    answer: (reply: (value: T) => void) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      const give = this.#schedule.after(timeoutUs, () => this.#end(resolve, undefined));
      this.send(from, () =>
        answer((value) =>
          this.send(to, () => {
            give();
            this.#end(resolve, value);
          }),
        ),
      );
    });
  }
  #end<T>(resolve: (value: T | undefined) => void, value: T | undefined): void {
    this.#schedule.touched = true;
    resolve(value);
  }
  #happens(ppm: number): boolean {
    return !this.quiet && ppm > 0 && this.#dice.below(1_000_000) < ppm;
  }
}
