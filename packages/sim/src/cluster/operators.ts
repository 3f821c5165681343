// People in the monitoring centre: acknowledge what they see at one of the sites, sometimes both at once (L16).
import { SITES } from '@vigie/model';
import { encodePayload } from '@vigie/replica';
import type { Outcome } from '@vigie/engine';
import type { Random } from '../random.ts';
import type { Cluster } from './cluster.ts';

export interface DecisionNote {
  readonly site: string;
  readonly entryId: string;
  readonly outcome: Outcome;
  readonly settled: boolean;
}

export class Operators {
  readonly decided: DecisionNote[] = [];
  readonly #cluster: Cluster;
  readonly #dice: Random;
  #count = 0;

  constructor(cluster: Cluster, dice: Random) {
    this.#cluster = cluster;
    this.#dice = dice;
  }
  start(): void {
    const { schedule, options } = this.#cluster;
    const next = (): void => {
      if (this.#cluster.nowMs < options.lengthMs) schedule.after(1_000_000 * (0.3 + this.#dice.unit()), next);
      this.#act();
    };
    schedule.after(1_000_000, next);
  }

  #act(): void {
    const person = this.#dice.pick(this.#cluster.people);
    const both = this.#dice.chance(0.3);
    for (const site of both ? SITES : [this.#dice.pick(SITES)]) {
      const process = this.#cluster.sites[site].process;
      const replica = process?.replica;
      if (process === undefined || replica === undefined) continue;
      const raised = replica.caseView(person.measure)?.incidents.find((incident) => incident.status === 'raised');
      if (raised === undefined) continue;
      const entryId = `step-${this.#count++}`;
      process.life.run(() => {
        const payload = encodePayload('step', { incidentId: raised.incidentId, step: 'acknowledge', by: site });
        void replica.decide({ kind: 'step', measure: person.measure, payload, entryId }, 2_000).then((answer) => {
          this.#cluster.note(`decision ${site} ${entryId} ${answer.kind}`);
          if (answer.kind !== 'decided') return;
          this.decided.push({ site, entryId, outcome: answer.outcome, settled: answer.settled });
        });
      });
    }
  }
}
