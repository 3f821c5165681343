// Who is told of alarms: receivers of webhooks outside both sites, behind a network that loses, delays and repeats. Each keeps a record of
// what it took, which nobody else can write to.
import type { Alarm, Receiver, Sent } from '@vigie/dispatch';
import type { SiteId } from '@vigie/model';
import type { Random } from '../random.ts';
import type { LinkFaults } from './faults.ts';
import type { Schedule } from './schedule.ts';

/** As packages/dispatch waits for a webhook. */
const ANSWER_WITHIN_US = 4_000_000;

export interface Taken {
  readonly receiver: string;
  /** `<incidentId>/<step>` */
  readonly id: string;
  readonly site: SiteId;
  readonly life: number;
  readonly sentMs: number;
  readonly atMs: number;
  /** The answer came to the process that sent it; absent: it never did. */
  heardMs?: number;
}

const webhook = (id: string, levels: readonly number[]): Receiver => ({
  id,
  channel: 'webhook',
  authorities: '*',
  levels: [...levels],
  follow: ['withdrawn', 'refuted', 'explained'],
  language: 'fr',
  url: `https://${id}.example`,
  secretFile: '',
  secret: '',
});
/** Told of the raising. */
export const DESK = 'desk';
/** Called when nobody answers. */
export const SECOND = 'second';
export const RECEIVERS: readonly Receiver[] = [webhook(DESK, [0]), webhook(SECOND, [1, 2])];

export class Receivers {
  readonly taken: Taken[] = [];
  /** Faults in force: they answer that they cannot. */
  down = 0;
  readonly unreached = { noirmont: 0, delemont: 0 };
  /** Nothing is lost or repeated any more. */
  quiet = false;
  readonly #schedule: Schedule;
  readonly #dice: Random;
  readonly #network: LinkFaults;
  readonly #startUs: number;

  constructor(schedule: Schedule, dice: Random, network: LinkFaults) {
    this.#schedule = schedule;
    this.#dice = dice;
    this.#network = network;
    this.#startUs = schedule.nowUs;
  }

  /** One request; `answer` is called once, from within the life of the process that asks. */
  post(site: SiteId, life: number, receiver: string, alarms: readonly Alarm[], answer: (sent: Sent) => void): void {
    let open = true;
    const give = (sent: Sent): void => {
      if (!open) return;
      open = false;
      cancel();
      answer(sent);
    };
    const cancel = this.#schedule.after(ANSWER_WITHIN_US, () => give({ taken: false, detail: 'no answer' }));
    const sentMs = this.#nowMs;
    this.#carry(site, () => {
      const isDown = this.down > 0;
      const taken = alarms.map(({ id }): Taken => ({ receiver, id, site, life, sentMs, atMs: this.#nowMs }));
      if (!isDown) this.taken.push(...taken);
      this.#carry(site, () => {
        if (open) for (const one of taken) one.heardMs = this.#nowMs;
        give(isDown ? { taken: false, detail: '503' } : { taken: true });
      });
    });
  }

  get #nowMs(): number {
    return (this.#schedule.nowUs - this.#startUs) / 1000;
  }
  #carry(site: SiteId, arrive: () => void): void {
    const { delayUs, lossPpm, replayPpm } = this.#network;
    const happens = (ppm: number): boolean => !this.quiet && this.#dice.below(1_000_000) < ppm;
    if (this.unreached[site] > 0 || happens(lossPpm)) return;
    const times = happens(replayPpm) ? 2 : 1;
    for (let i = 0; i < times; i++) this.#schedule.after(delayUs * (1 + this.#dice.unit()), arrive);
  }
}
