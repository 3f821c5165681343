// A shared zone has been varied: every rule that goes by it goes on with the new one, from the log time at which the change counts. It is
// as if the order had been revised with another zone: what the old one covered before stays judged by the old one.
import { type LogTimeUs, logTimeMs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import { changeRules, closeAllOfEndedRules } from './fold-decisions.ts';
import { CLOSING_LAG_MS, LATE_WINDOW_MS } from './limits.ts';
import { clipped } from './intervals.ts';
import type { RuleInForce } from './rule-instance.ts';
import { zonesDueUs } from './shared-uses.ts';
import type { Clock, SharedZonesInForce } from './types.ts';

/** Takes in what has come into force by now. */
export function followSharedZones(c: CaseState, clock: Clock, now: LogTimeUs): void {
  const zones = clock.sharedZones;
  if (c.ended || zones === undefined || zonesDueUs(c.sharedUses, zones) > now) return;
  const nowMs = logTimeMs(now);
  changeRules(c, rezoned(c.rules, zones, now, nowMs, nowMs - LATE_WINDOW_MS - CLOSING_LAG_MS), now);
  closeAllOfEndedRules(c, nowMs);
}

function rezoned(
  before: readonly RuleInForce[],
  zones: SharedZonesInForce,
  now: LogTimeUs,
  nowMs: number,
  keepFromMs: number,
): RuleInForce[] {
  const keys = new Set(before.map(({ key }) => key));
  return before.flatMap((old) => {
    const shared = old.shared === undefined ? undefined : zones.at(old.rule.sharedZoneId as string, now);
    if (shared === undefined || shared.revision === old.shared?.revision) return [old];
    const left = clipped(old.active, nowMs, Number.POSITIVE_INFINITY);
    if (left.length === 0) return [old];
    const past = clipped(old.active, Number.NEGATIVE_INFINITY, nowMs);
    const key = freeKey(`${old.rule.ruleId}~zone.${shared.revision}`, keys);
    const next: RuleInForce = { key, rule: old.rule, active: left, shared };
    return past.some(([, to]) => to > keepFromMs) ? [{ ...old, active: past }, next] : [next];
  });
}

/** Two rules of one id stand side by side where revisions of an order were written side by side. */
function freeKey(wanted: string, keys: Set<string>): string {
  let key = wanted;
  for (let n = 2; keys.has(key); n++) key = `${wanted}.${n}`;
  keys.add(key);
  return key;
}
