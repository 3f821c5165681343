// Which shared zones the rules of a case go by, so that a look at its timers costs nothing where there are none.
import type { RuleInForce } from './rule-instance.ts';
import type { SharedZonesInForce } from './types.ts';

export interface SharedUse {
  readonly zoneId: string;
  readonly revision: number;
  /** Milliseconds; from then on the rule is never active, and what becomes of the zone is nothing to it. */
  readonly untilMs: number;
}

export function sharedUsesOf(rules: readonly RuleInForce[]): readonly SharedUse[] {
  const uses: SharedUse[] = [];
  for (const { rule, shared, active } of rules)
    if (shared !== undefined)
      uses.push({
        zoneId: rule.sharedZoneId as string,
        revision: shared.revision,
        untilMs: active.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY,
      });
  return uses;
}

/** Log time at which the next revision of a zone in use comes into force; Infinity: none is known. */
export function zonesDueUs(uses: readonly SharedUse[], zones: SharedZonesInForce | undefined): number {
  let dueUs = Number.POSITIVE_INFINITY;
  if (zones === undefined) return dueUs;
  for (const { zoneId, revision, untilMs } of uses) {
    const at = zones.after(zoneId, revision);
    if (at < dueUs && at < untilMs * 1000) dueUs = at;
  }
  return dueUs;
}
