// Timers of one case, fired in the order of their due times. What a timer causes carries its due time, so that looking at every entry
// or only at the end comes to the same.
import { type LogTimeUs, logTimeUs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DueByState } from './compact-case.ts';
import {
  absenceDueMs,
  jammingDueMs,
  openSilence,
  silenceDueObs,
  silenceDueUs,
  watchAbsence,
  watchJamming,
} from './fold-knowledge.ts';
import { RULES_VERSION } from './limits.ts';
import { pairsDueMs, settlePairs } from './fold-proximity.ts';
import { placeDueMs, settleOpen } from './fold-place.ts';
import { followSharedZones } from './fold-shared-zones.ts';
import { scopeOf } from './reconcile.ts';
import { zonesDueUs } from './shared-uses.ts';
import type { Clock } from './types.ts';

/** When the case wants to be looked at next, by log time; Infinity = not by time. */
export function nextDueUs(c: CaseState, clock: Clock): number {
  if (c.ended) return Number.POSITIVE_INFINITY;
  c.incidents.under(clock.switched);
  let dueMs = Number.POSITIVE_INFINITY;
  let dueUs = Number.POSITIVE_INFINITY;
  for (const d of c.devices) {
    dueMs = Math.min(dueMs, placeDueMs(c, d), absenceDueMs(c, d), jammingDueMs(c, d));
    for (const instance of c.ofKind('silence')) {
      const due = silenceDueUs(c, d, instance, clock);
      if (due >= dueUs) continue;
      if (c.incidents.hasOpen('silence') && c.incidents.openOf(scopeOf(instance, 'silence', d.deviceId)) !== undefined)
        continue;
      dueUs = due;
    }
  }
  dueMs = Math.min(dueMs, pairsDueMs(c));
  dueUs = Math.min(dueUs, dueMs * 1000, c.incidents.climbDueUs);
  return c.sharedUses.length === 0 ? dueUs : Math.min(dueUs, zonesDueUs(c.sharedUses, clock.sharedZones));
}

/** Observed time at which a silence may open, per site. */
export function nextObs(c: CaseState, clock: Clock, out: [number, number]): void {
  out[0] = Number.POSITIVE_INFINITY;
  out[1] = Number.POSITIVE_INFINITY;
  if (c.ended) return;
  for (const d of c.devices)
    for (const instance of c.ofKind('silence')) {
      const due = silenceDueObs(d, instance, clock);
      if (due <= clock.obs(d.boundTo)) continue;
      const k = d.boundTo === 'noirmont' ? 0 : 1;
      if (due < out[k]) out[k] = due;
    }
}

/**
 * When the case wants to be looked at, by what it holds alone and so not too late: of silence the least time that it may take. For cases
 * that nobody looks at until then.
 */
export function dueByState(c: CaseState): DueByState {
  const obs: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (c.ended) return { dueUs: Number.POSITIVE_INFINITY, obs };
  // What becomes of a shared zone is not in the case.
  if (c.sharedUses.length > 0) return { dueUs: Number.NEGATIVE_INFINITY, obs };
  let dueMs = pairsDueMs(c);
  for (const d of c.devices) {
    dueMs = Math.min(dueMs, placeDueMs(c, d), absenceDueMs(c, d), jammingDueMs(c, d));
    const k = d.boundTo === 'noirmont' ? 0 : 1;
    for (const { rule } of c.ofKind('silence'))
      obs[k] = Math.min(obs[k], d.obsAtLast + (rule.maxGapMs as number) * 1000);
  }
  return { dueUs: Math.min(dueMs * 1000, c.incidents.climbDueUs), obs };
}

/** What is folded from here on is folded by the rules that were in force then. */
export function underRulesOf(c: CaseState, clock: Clock, t: LogTimeUs): void {
  c.rulesVersion = clock.rulesAt?.(t) ?? RULES_VERSION;
  c.incidents.under(clock.switched);
}

/** Returns true if anything fired. */
export function fireDue(c: CaseState, clock: Clock): boolean {
  // What was found when the case was last looked at holds until something is due by it: reports only postpone.
  if (c.nextDueUs > clock.t && c.nextObs[0] > clock.obs('noirmont') && c.nextObs[1] > clock.obs('delemont'))
    return false;
  let any = false;
  let last = Number.NEGATIVE_INFINITY;
  for (let due = nextDueUs(c, clock); due <= clock.t; due = nextDueUs(c, clock)) {
    // A timer that does not move on would never let go: everything due is settled at its time, so the next lies later.
    if (due <= last) break;
    last = due;
    fireAt(c, clock, logTimeUs(due));
    any = true;
  }
  return any;
}

function fireAt(c: CaseState, clock: Clock, now: LogTimeUs): void {
  underRulesOf(c, clock, now);
  for (const d of c.devices) {
    settleOpen(c, d, now);
    watchAbsence(c, d, now);
    watchJamming(c, d, now);
    openSilence(c, d, clock, now);
  }
  settlePairs(c, now);
  if (c.sharedUses.length > 0) followSharedZones(c, clock, now);
  // Last: what has just ended calls nobody, and what has just been taken up again is told what it missed.
  c.incidents.climb(now);
}
