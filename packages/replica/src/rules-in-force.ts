// Which version of the rules is in force at a log time (docs/decisions/0020): an `engine_version` entry counts for everything
// later than its own log time, so a log is always folded by the rules that were in force when it was written.
import { RULES_VERSION, RULES_VERSION_FIRST } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';

export interface RuleSwitch extends MergedPlace {
  readonly version: number;
}

/** What an `engine_version` entry says; undefined: it is none, or says nothing that a fold could go by. */
function switchOf({ t, site, entry }: PlacedEntry): RuleSwitch | undefined {
  if (entry.kind !== 'engine_version') return undefined;
  const version = (entry.data as { version?: unknown } | null | undefined)?.version;
  return Number.isSafeInteger(version) && (version as number) > RULES_VERSION_FIRST
    ? { t, site, version: version as number }
    : undefined;
}

/** The newest version that the program of a site says it knows, in its heartbeats. */
function knownOf({ entry }: PlacedEntry): number | undefined {
  if (entry.kind !== 'heartbeat') return undefined;
  const rules = (entry.data as { rules?: unknown } | null | undefined)?.rules;
  return Number.isSafeInteger(rules) ? (rules as number) : undefined;
}

export class RulesInForce {
  /** By place; versions only rise, others are passed over. */
  #switches: RuleSwitch[];
  readonly #known: Record<SiteId, number> = { noirmont: RULES_VERSION_FIRST, delemont: RULES_VERSION_FIRST };

  constructor(switches: readonly RuleSwitch[]) {
    this.#switches = [...switches];
  }

  /** True if it is a switch: everything after its place is folded by other rules. */
  note(entry: PlacedEntry): boolean {
    const known = knownOf(entry);
    if (known !== undefined) this.#known[entry.site] = known;
    const found = switchOf(entry);
    if (found === undefined) return false;
    this.#switches.push(found);
    this.#switches.sort(comparePlaces);
    return true;
  }

  /** One that this program does not know yet is folded by the newest that it knows; `tooNew` says so. */
  at(t: number): number {
    let version = RULES_VERSION_FIRST;
    for (const one of this.#switches) {
      if (one.t >= t) break;
      if (one.version > version) version = one.version;
    }
    return Math.min(version, RULES_VERSION);
  }
  get newest(): number {
    return this.#switches.reduce((newest, { version }) => Math.max(newest, version), RULES_VERSION_FIRST);
  }
  /** Both sites run programs that know it. */
  get knownByBoth(): number {
    return Math.min(this.#known.noirmont, this.#known.delemont);
  }
  knownBy(site: SiteId): number {
    return this.#known[site];
  }

  stateAt(place: MergedPlace): readonly RuleSwitch[] {
    return this.#switches.filter((one) => comparePlaces(one, place) <= 0);
  }
  forgetAfter(place: MergedPlace): void {
    this.#switches = [...this.stateAt(place)];
  }
}
