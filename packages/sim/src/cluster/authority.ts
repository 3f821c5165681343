// The authority: revises orders and stops measures at one of the sites, sometimes at both at once, and asks again elsewhere when no answer
// comes (L16). What a revision changes is never the zone that the oracle judges.
import { type RecordedRule, SITES, type SiteId } from '@vigie/model';
import { encodePayload } from '@vigie/replica';
import type { Random } from '../random.ts';
import type { Cluster } from './cluster.ts';
import type { SimPerson } from './court.ts';

const EVERY_US = 1_200_000;
/** Of what it does, stops. */
const STOP_SHARE = 0.12;
const STOP_SHARE_ERASING = 0.3;
export const STOP_REASON = 'ended early';
const ANSWERED_WITHIN_MS = 2_000;

export class Authority {
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
      if (this.#cluster.nowMs < options.lengthMs) schedule.after(EVERY_US * (0.3 + this.#dice.unit()), next);
      this.#act();
    };
    schedule.after(EVERY_US, next);
  }

  #act(): void {
    const dice = this.#dice;
    const person = dice.pick(this.#cluster.people);
    const isErasing = this.#cluster.options.eraseAfterMs !== undefined;
    const stops = dice.chance(isErasing ? STOP_SHARE_ERASING : STOP_SHARE);
    const atBoth = dice.chance(0.4);
    // One request that is made again elsewhere, or two people who know nothing of one another.
    const isOne = dice.chance(0.5);
    const first = dice.pick(SITES);
    let entryId = this.#entryId();
    let payload: Uint8Array | undefined;
    for (const site of atBoth ? SITES : [first]) {
      const made = stops
        ? encodePayload('stop', { by: site, reason: STOP_REASON })
        : this.#revision(person, site, dice.chance(0.15));
      if (!isOne) entryId = this.#entryId();
      payload = isOne ? (payload ?? made) : made;
      if (payload !== undefined) this.#ask(site, person, stops ? 'stop' : 'order', payload, entryId);
    }
  }
  #entryId(): string {
    return `order-${this.#count++}`;
  }

  /** On top of what that site knows, or of what it no longer is. Undefined: the case is not known there. */
  #revision({ measure, recorded }: SimPerson, site: SiteId, isStale: boolean): Uint8Array | undefined {
    const revision = this.#cluster.sites[site].replica?.caseView(measure)?.revision;
    if (revision === undefined) return undefined;
    const rules = recorded.order.rules.filter(({ kind }) => kind === 'exclusion' || this.#dice.chance(0.8));
    const charge: RecordedRule = { ruleId: 'charge-more', kind: 'battery', minPct: 10 + this.#dice.below(80) };
    const order = {
      ...recorded.order,
      baseRevision: isStale ? Math.max(0, revision - 1) : revision,
      rules: this.#dice.chance(0.5) ? [...rules, charge] : rules,
    };
    return encodePayload('order', { order, by: site });
  }

  #ask(site: SiteId, { measure }: SimPerson, kind: 'order' | 'stop', payload: Uint8Array, entryId: string): void {
    const { process } = this.#cluster.sites[site];
    const replica = process?.replica;
    if (replica?.hasCase(measure) !== true) return;
    process?.life.run(() => {
      void replica.decide({ kind, measure, payload, entryId }, ANSWERED_WITHIN_MS).then((answer) => {
        this.#cluster.note(`${kind} ${site} ${entryId} ${answer.kind}`);
        if (answer.kind !== 'decided') return;
        this.#cluster.operators.answered(site, answer);
      });
    });
  }
}
