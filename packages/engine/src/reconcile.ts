// Episodes into incidents (D2). An episode that overlaps an incident of its scope is that incident, whatever it was opened by; several
// incidents in one episode become one with aliases; an incident without an episode is refuted, never deleted.
import { signedDistanceM } from '@vigie/geo';
import type { LogTimeUs, ReasonFix } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { type IncidentRecord, overlaps } from './incident-record.ts';
import type { Opening } from './incidents.ts';
import type { Episode } from './place-machine.ts';
import type { RuleInstance } from './rule-instance.ts';

export const scopeOf = (instance: RuleInstance, kind: string, deviceId: string): string =>
  `${instance.key}|${kind}|${deviceId}`;

export interface Reconciled {
  readonly scope: string;
  readonly graceMs: number;
  /** In fix-time order; together with `open` everything from `fromMs` on, or (Infinity) what has just ended. */
  readonly ended: readonly Episode[];
  readonly open: Episode | undefined;
  readonly fromMs: number;
  /** Until when the episodes are known; `now` is the log time at which something may be raised. */
  readonly nowMs: number;
  readonly now: LogTimeUs;
  opening(e: Episode, openedAtMs: number, closedAtMs: number, dueMs: number): Opening;
}

/** Makes the incidents of a scope agree with its episodes; answers the running episode's incident, if it has one. */
export function reconcile(c: CaseState, o: Reconciled): IncidentRecord | undefined {
  const { scope, open, nowMs, now } = o;
  const episodes = open === undefined ? o.ended : [...o.ended, open];
  if (episodes.length === 0 && o.fromMs === Number.POSITIVE_INFINITY) return undefined;
  let attached: IncidentRecord | undefined;
  let sinceMs = o.fromMs;
  for (const e of episodes) sinceMs = Math.min(sinceMs, e.start);
  const candidates = c.incidents.list.filter(
    (r) => r.scope === scope && (r.closedAtMs < 0 || r.closedAtMs > sinceMs || r.openedAtMs >= sinceMs),
  );
  for (const e of episodes) {
    const openedAtMs = e.start + o.graceMs;
    const dueMs = Math.max(openedAtMs, e.confirmedAt);
    if (e.confirmedAt < 0 || openedAtMs >= e.end || dueMs > nowMs) continue;
    const closedAtMs = e.end <= nowMs ? e.end : -1;
    const same = take(candidates, openedAtMs, e.end);
    const opening = o.opening(e, openedAtMs, closedAtMs, dueMs);
    const record =
      same[0] === undefined
        ? c.incidents.raise(opening, now, (r) => r.certainty !== 'raised' || candidates.includes(r))
        : c.incidents.adopt(same[0], opening);
    remove(candidates, record);
    for (const other of same.slice(1)) if (other !== record) c.incidents.merge(record, other);
    if (e === open) attached = record;
  }
  for (const r of candidates) if (r.certainty === 'raised') c.incidents.takeBack(r, 'refuted', r.openedAtMs);
  return attached;
}

/** Takes the incidents that are this episode: standing ones first, each group in the order of raising. */
function take(candidates: IncidentRecord[], fromMs: number, toMs: number): IncidentRecord[] {
  if (candidates.length === 0) return [];
  const same = candidates.filter((r) => overlaps(r, fromMs, toMs));
  const standing = same.filter((r) => r.certainty === 'raised');
  // Of incidents already taken back, one may come to life again; the others stay what they are.
  const chosen = standing.length > 0 ? standing : same.slice(0, 1);
  for (const r of chosen) remove(candidates, r);
  return chosen;
}

function remove(list: IncidentRecord[], r: IncidentRecord): void {
  const i = list.indexOf(r);
  if (i >= 0) list.splice(i, 1);
}

/** The fix as evidence; `p`: the place whose edge it is measured to. */
export function reasonFix(c: CaseState, d: DeviceState, i: number, p = -1): ReasonFix {
  if (!d.history.hasFix(i)) return { deviceId: d.deviceId, atMs: d.history.at(i) };
  const lonE7 = d.history.lonE7(i);
  const latE7 = d.history.latE7(i);
  return {
    deviceId: d.deviceId,
    atMs: d.history.at(i),
    latE7,
    lonE7,
    accuracyMm: d.history.accuracyMm(i),
    ...(p < 0
      ? {}
      : { distanceMm: Math.round(signedDistanceM(c.zones.table, c.firstSlot + p, lonE7, latE7) * 1000) + 0 }),
  };
}
