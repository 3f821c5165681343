// Promise 2 (docs/ARCHITECTURE.md): a breach reported to a site that lives is an incident on its consoles within a second, whatever happens to the other site and
// to the line; and somebody tells of it, at the latest when who ought to has been waited for (D3). Virtual time, from the answer on.
import { type Report, type SiteId } from '@vigie/model';
import type { Cluster } from './cluster.ts';
import { STAY_AWAY, type SimPerson } from './court.ts';
import type { Answer } from './door.ts';

export const SHOWN_WITHIN_MS = 1_000;
/** The other site is waited for 2 s, and an alarm that may have an earlier opening 400 ms (decision 0018). */
export const TOLD_WITHIN_MS = 3_500;

export interface LateAlarm {
  readonly site: SiteId;
  readonly caseId: string;
  readonly report: string;
  readonly answeredMs: number;
  readonly missing: 'shown' | 'told';
}

export class AlarmWatch {
  readonly late: LateAlarm[] = [];
  looked = 0;
  readonly #cluster: Cluster;
  /** Faults in force at a site itself, and how many have begun or ended there. */
  readonly #inForce = { noirmont: 0, delemont: 0 };
  readonly #changes = { noirmont: 0, delemont: 0 };

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }
  struck(sites: readonly SiteId[], by: 1 | -1): void {
    for (const site of sites) {
      this.#inForce[site] += by;
      this.#changes[site]++;
    }
  }

  answered(site: SiteId, person: SimPerson, reports: readonly Report[], answer: Answer): void {
    if (answer.kind !== 'stored' || answer.at.site !== site || this.#inForce[site] > 0) return;
    const at = this.#cluster.sites[site];
    const { process, speaks } = at;
    if (process?.replica?.caughtUp !== true) return;
    const changes = this.#changes[site];
    // What a site that was given up had beyond the vector has no place until it is heard again (decision 0015).
    const lives = (): boolean =>
      at.process === process &&
      this.#changes[site] === changes &&
      !process.life.isPaused &&
      this.#cluster.ground.givenUp !== site;
    const answeredMs = this.#cluster.nowMs;
    for (const report of reports) {
      const fix = person.plan[(report.seq ?? 0) - 1];
      if (fix === undefined || fix.verdicts.length !== 1 || fix.verdicts[0] !== 'inside') continue;
      const look = (afterMs: number, missing: LateAlarm['missing'], isThere: () => boolean): void =>
        void this.#cluster.schedule.after(afterMs * 1000, () => {
          if (!lives()) return;
          this.looked++;
          const view = process.replica?.caseView(person.measure);
          if (view?.ended === true || this.#cluster.isErased(site, person.measure) || isThere()) return;
          this.late.push({ site, caseId: person.caseId, report: `${report.boot}.${report.seq}`, answeredMs, missing });
        });
      look(SHOWN_WITHIN_MS, 'shown', () => this.#idsOf(site, person, report).length > 0);
      if (speaks) look(TOLD_WITHIN_MS, 'told', () => this.#isTold(person, this.#idsOf(site, person, report)));
    }
  }

  /** Names of the incident that a fix inside belongs to, as that site has it. */
  #idsOf(site: SiteId, { measure }: SimPerson, { at }: Report): readonly string[] {
    const incidents = this.#cluster.sites[site].replica?.caseView(measure)?.incidents ?? [];
    const found = incidents.find(
      ({ ruleId, kind, openedAtMs, closedAtMs }) =>
        ruleId === STAY_AWAY && kind === 'exclusion' && openedAtMs <= at && (closedAtMs ?? Infinity) > at,
    );
    return found === undefined ? [] : [found.incidentId, ...found.aliases];
  }
  #isTold({ measure }: SimPerson, ids: readonly string[]): boolean {
    return this.#cluster.history.events.some(
      ({ event }) =>
        event.measure === measure && event.type === 'vigie.incident.early' && ids.includes(event.data.incidentId),
    );
  }
}
