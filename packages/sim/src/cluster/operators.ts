// People in the monitoring centre: acknowledge, start, resolve, reopen and note what they see at one of the sites, sometimes at both at
// once, and sometimes ask twice under one key (L16).
import { SITES, type SiteId, type StepKind } from '@vigie/model';
import { type DecisionAnswer, encodePayload } from '@vigie/replica';
import type { Outcome } from '@vigie/engine';
import type { Random } from '../random.ts';
import type { Cluster } from './cluster.ts';

const STEPS_TAKEN: readonly StepKind[] = ['acknowledge', 'start', 'resolve', 'reopen', 'note'];

export interface DecisionNote {
  readonly site: string;
  readonly entryId: string;
  readonly outcome: Outcome;
  readonly settled: boolean;
  /** In force at that site when it answered. */
  readonly generation: string;
}

export class Operators {
  decided: DecisionNote[] = [];
  readonly #cluster: Cluster;
  readonly #dice: Random;
  #count = 0;

  constructor(cluster: Cluster, dice: Random) {
    this.#cluster = cluster;
    this.#dice = dice;
  }
  answered(site: SiteId, { entryId, outcome, settled }: Extract<DecisionAnswer, { kind: 'decided' }>): void {
    const generation = this.#cluster.sites[site].replica?.merge.generation ?? '';
    const isSaid = settled || this.#cluster.breaks === 'answers-early';
    this.decided.push({ site, entryId, outcome, settled: isSaid, generation });
  }
  /** Settled alone, in a generation that was given up. */
  forget(site: SiteId, generation: string): void {
    this.decided = this.decided.filter((note) => note.site !== site || note.generation !== generation);
  }
  start(): void {
    const { schedule, options } = this.#cluster;
    const next = (): void => {
      if (this.#cluster.nowMs < options.lengthMs) schedule.after(1_000_000 * (0.3 + this.#dice.unit()), next);
      this.#act();
    };
    schedule.after(1_000_000, next);
  }

  /** Few enough to come again, with the same body or with another. */
  #key(): { client: string; key: string; bodyHash: string } {
    return { client: 'console', key: `k${this.#dice.below(4)}`, bodyHash: `b${this.#dice.below(2)}` };
  }

  #act(): void {
    const person = this.#dice.pick(this.#cluster.people);
    const both = this.#dice.chance(0.3);
    const ordinary = this.#dice.chance(0.7);
    const keyed = this.#dice.chance(0.4) ? { idempotency: this.#key() } : {};
    for (const site of both ? SITES : [this.#dice.pick(SITES)]) {
      const process = this.#cluster.sites[site].process;
      const replica = process?.replica;
      if (process === undefined || replica === undefined) continue;
      const incidents = replica.caseView(person.measure)?.incidents ?? [];
      const raised = incidents.find((incident) => incident.status === 'raised');
      const step = raised === undefined || !ordinary ? this.#dice.pick(STEPS_TAKEN) : 'acknowledge';
      const chosen = step === 'acknowledge' ? raised : incidents[this.#dice.below(incidents.length)];
      if (chosen === undefined) continue;
      const entryId = `step-${this.#count++}`;
      process.life.run(() => {
        const payload = encodePayload('step', { incidentId: chosen.incidentId, step, by: site, ...keyed });
        void replica.decide({ kind: 'step', measure: person.measure, payload, entryId }, 2_000).then((answer) => {
          this.#cluster.note(`decision ${site} ${entryId} ${answer.kind}`);
          if (answer.kind !== 'decided') return;
          this.answered(site, answer);
        });
      });
    }
  }
}
