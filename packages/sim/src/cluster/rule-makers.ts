// Rules that change for everybody while a run goes on: programs that know newer ones, one site after the other, and rules that two people
// switch off and on (docs/decisions/0020, 0023). The rule that the oracle judges is never switched.
import { RULES_VERSION } from '@vigie/engine';
import type { SiteLog } from '@vigie/log';
import { type RuleSwitchedData, SITES, type SiteId, type SwitchableKind } from '@vigie/model';
import { type Replica, dueSwitch } from '@vigie/replica';
import type { Random } from '../random.ts';
import type { Cluster } from './cluster.ts';
import type { Life } from './life.ts';

/** As packages/site looks. */
const LOOK_EVERY_MS = 1_000;
const AGAIN_AFTER_MS = 10_000;
const ACT_EVERY_US = 1_500_000;
const APPROVED_WITHIN_US = 1_500_000;
const SWITCHED: readonly SwitchableKind[] = ['battery', 'silence'];

export class RuleMakers {
  readonly #cluster: Cluster;
  readonly #dice: Random;
  #count = 0;

  constructor(cluster: Cluster, dice: Random) {
    this.#cluster = cluster;
    this.#dice = dice;
  }
  start(): void {
    const { schedule, options, sites } = this.#cluster;
    for (const site of SITES)
      schedule.after(
        this.#dice.between(0, options.lengthMs * 600),
        () => void (sites[site].knowsRules = RULES_VERSION),
      );
    const next = (): void => {
      if (this.#cluster.nowMs < options.lengthMs) schedule.after(ACT_EVERY_US * (0.3 + this.#dice.unit()), next);
      this.#ask();
    };
    schedule.after(ACT_EVERY_US, next);
  }

  #ask(): void {
    const dice = this.#dice;
    const ask = `switch-${this.#count++}`;
    const by = dice.pick(['anne', 'beat']);
    const rule = dice.pick(SWITCHED);
    this.#say(dice.pick(SITES), ask, { step: 'ask', by, rule, off: dice.chance(0.6), note: 'a fault of a rule' });
    const approves = dice.chance(0.15) ? by : 'carole';
    const site = dice.pick(SITES);
    this.#cluster.schedule.after(APPROVED_WITHIN_US * dice.unit(), () =>
      this.#say(site, `${ask}-approved`, { step: 'approve', by: approves, ask }),
    );
  }
  #say(site: SiteId, entryId: string, data: RuleSwitchedData): void {
    const { process } = this.#cluster.sites[site];
    process?.life.run(() => void process.log.append({ kind: 'rule_switched', entryId, items: [], data }));
  }
}

/** At one process of a site: switches to newer rules once both programs know them. */
export function watchRules(site: SiteId, life: Life, log: SiteLog, replica: Replica, entryId: () => string): void {
  let notBeforeMs = 0;
  const look = (): void => {
    life.after(LOOK_EVERY_MS, look);
    const version = dueSwitch({ site, log, replica });
    const nowMs = life.nowUs() / 1000;
    if (version === undefined || nowMs < notBeforeMs) return;
    notBeforeMs = nowMs + AGAIN_AFTER_MS;
    void log.append({ kind: 'engine_version', entryId: entryId(), items: [], data: { version } });
  };
  life.after(LOOK_EVERY_MS, look);
}
