// A bracelet: sends what it has over a mobile network that loses, delays and repeats, to whichever site answers, until it is told
// that a report is at both. Answered `site`, it keeps its copy and sends it to the other site, too (L14); some keep nothing.
import { type Report, type SiteId, otherSite } from '@vigie/model';
import type { Random } from '../random.ts';
import type { SimPerson } from './court.ts';
import type { Answer } from './door.ts';
import type { LinkFaults } from './faults.ts';
import type { Schedule } from './schedule.ts';

const ANSWER_WITHIN_US = 1_500_000;
const AGAIN_AFTER_US = 200_000;
const REPORTS_AT_ONCE_MAX = 8;

export interface DeviceOptions {
  readonly person: SimPerson;
  readonly schedule: Schedule;
  readonly dice: Random;
  readonly network: LinkFaults;
  /** It keeps no copy of what a site has taken. */
  readonly forgets: boolean;
  /** Whether the mobile network reaches that site now. */
  readonly reaches: (site: SiteId) => boolean;
  /** The request has come to that site; nobody may be there. */
  readonly upload: (
    site: SiteId,
    tokenHash: string,
    reports: readonly Report[],
    answer: (answer: Answer) => void,
  ) => void;
  readonly acknowledged: (reports: readonly Report[], answer: Extract<Answer, { kind: 'stored' }>) => void;
}

interface Kept {
  readonly report: Report;
  /** Sites that have said to hold it. */
  readonly at: Set<SiteId>;
}

export class Device {
  readonly #o: DeviceOptions;
  readonly #kept = new Map<number, Kept>();
  #prefers: SiteId;
  #sending = false;
  /** Nothing is lost or repeated any more. */
  quiet = false;

  constructor(o: DeviceOptions) {
    this.#o = o;
    this.#prefers = o.dice.pick(['noirmont', 'delemont'] as const);
    for (const { atMs, report } of o.person.plan)
      o.schedule.after(atMs * 1000, () => {
        this.#kept.set(report.seq ?? 0, { report, at: new Set() });
        this.#send();
      });
  }
  get keeps(): number {
    return this.#kept.size;
  }

  keepsOf(deviceId: string, seq: number): boolean {
    return deviceId === this.#o.person.deviceId && this.#kept.has(seq);
  }

  #send(): void {
    if (this.#sending || this.#kept.size === 0) return;
    this.#sending = true;
    const { schedule, dice } = this.#o;
    if (dice.chance(0.1)) this.#prefers = otherSite(this.#prefers);
    const site = this.#prefers;
    const wanted = [...this.#kept.values()].filter(({ at }) => !at.has(site)).slice(0, REPORTS_AT_ONCE_MAX);
    // Everything here is at that site already; the other one is still to have it.
    if (wanted.length === 0) {
      this.#prefers = otherSite(site);
      return this.#later(AGAIN_AFTER_US);
    }
    const reports = wanted.map(({ report }) => report);
    let open = true;
    const timeout = schedule.after(ANSWER_WITHIN_US, () => {
      open = false;
      this.#prefers = otherSite(site);
      this.#later(AGAIN_AFTER_US * dice.unit());
    });
    this.#carry(site, () =>
      this.#o.upload(site, this.#o.person.tokenHash, reports, (answer) =>
        this.#carry(site, () => {
          // An answer that comes twice, or too late, says what it says all the same.
          this.#take(answer, wanted);
          if (!open) return;
          open = false;
          timeout();
          if (answer.kind !== 'stored') this.#prefers = otherSite(site);
          this.#later(answer.kind === 'stored' ? 0 : AGAIN_AFTER_US);
        }),
      ),
    );
  }
  #later(us: number): void {
    this.#o.schedule.after(us, () => {
      this.#sending = false;
      this.#send();
    });
  }
  #take(answer: Answer, sent: readonly Kept[]): void {
    if (answer.kind !== 'stored') return;
    this.#o.acknowledged(
      sent.map(({ report }) => report),
      answer,
    );
    for (const kept of sent) {
      kept.at.add(answer.at.site);
      if (answer.durable === 'both' || kept.at.size === 2 || this.#o.forgets) this.#kept.delete(kept.report.seq ?? 0);
    }
  }

  #carry(site: SiteId, arrive: () => void): void {
    const { network, dice, schedule, reaches } = this.#o;
    const happens = (ppm: number): boolean => !this.quiet && dice.below(1_000_000) < ppm;
    if (!reaches(site) || happens(network.lossPpm)) return;
    const times = happens(network.replayPpm) ? 2 : 1;
    for (let i = 0; i < times; i++)
      schedule.after(network.delayUs * (1 + dice.unit()), () => {
        if (reaches(site)) arrive();
      });
  }
}
