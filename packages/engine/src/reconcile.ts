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
  const { open, nowMs, now } = o;
  const episodes = open === undefined ? o.ended : [...o.ended, open];
  if (episodes.length === 0 && o.fromMs === Number.POSITIVE_INFINITY) return undefined;
  let attached: IncidentRecord | undefined;
  let sinceMs = o.fromMs;
  for (const e of episodes) sinceMs = Math.min(sinceMs, e.start);
  const before = c.incidents.ofScope(o.scope, sinceMs);
  const candidates = before.length === 0 ? NO_CANDIDATES : new Candidates(before);
  for (const e of episodes) {
    const openedAtMs = e.start + o.graceMs;
    const dueMs = Math.max(openedAtMs, e.confirmedAt);
    if (e.confirmedAt < 0 || openedAtMs >= e.end || dueMs > nowMs) continue;
    const closedAtMs = e.end <= nowMs ? e.end : -1;
    const same = candidates.take(openedAtMs, e.end);
    const [first] = same;
    let record: IncidentRecord;
    if (first !== undefined && isAsItWas(first, openedAtMs, closedAtMs, e.signals)) record = first;
    else {
      const opening = o.opening(e, openedAtMs, closedAtMs, dueMs);
      record =
        first === undefined
          ? c.incidents.raise(opening, now, (r) => r.certainty !== 'raised' || candidates.isLeft(r))
          : c.incidents.adopt(first, opening);
      candidates.remove(record);
    }
    for (const other of same) if (other !== record) c.incidents.merge(record, other);
    if (e === open) attached = record;
  }
  for (const r of candidates.left()) if (r.certainty === 'raised') c.incidents.takeBack(r, 'refuted', r.openedAtMs);
  return attached;
}

const isAsItWas = (r: IncidentRecord, openedAtMs: number, closedAtMs: number, signals: number): boolean =>
  r.certainty === 'raised' && r.openedAtMs === openedAtMs && r.closedAtMs === closedAtMs && r.signals === signals;

/** Incidents of one scope that episodes may turn out to be, each handed out once. Episodes ask in the order of their times. */
class Candidates {
  readonly #left: Set<IncidentRecord>;
  /** Not yet reached, by opening time, the latest first. */
  readonly #ahead: IncidentRecord[];
  /** Reached, and perhaps running into the next episode, in the order of raising. */
  #near: IncidentRecord[] = [];

  /** @param list in the order of raising */
  constructor(list: readonly IncidentRecord[]) {
    this.#left = new Set(list);
    this.#ahead = [...list].sort((a, b) => b.openedAtMs - a.openedAtMs);
  }

  /** Takes those that overlap [fromMs, toMs): the standing ones, or the first of those already taken back, which comes to life again. */
  take(fromMs: number, toMs: number): readonly IncidentRecord[] {
    if (this.#left.size === 0) return NONE;
    let grown = false;
    for (let next = this.#ahead.at(-1); next !== undefined && next.openedAtMs < toMs; next = this.#ahead.at(-1)) {
      this.#near.push(next);
      this.#ahead.pop();
      grown = true;
    }
    if (grown && this.#near.length > 1) this.#sortNear();
    const same = this.#near.filter((r) => this.#left.has(r) && overlaps(r, fromMs, toMs));
    const standing = same.filter((r) => r.certainty === 'raised');
    const chosen = standing.length > 0 ? standing : same.slice(0, 1);
    for (const r of chosen) this.#left.delete(r);
    this.#near = this.#near.filter((r) => this.#left.has(r) && (r.closedAtMs < 0 || r.closedAtMs > fromMs));
    return chosen;
  }

  /** In the order of raising, as the set was filled. */
  #sortNear(): void {
    const order = new Map<IncidentRecord, number>();
    let i = 0;
    const near = new Set(this.#near);
    for (const r of this.#left) if (near.has(r)) order.set(r, i++);
    this.#near = [...order.keys()];
  }

  remove(r: IncidentRecord): void {
    this.#left.delete(r);
  }
  isLeft(r: IncidentRecord): boolean {
    return this.#left.has(r);
  }
  left(): Iterable<IncidentRecord> {
    return this.#left;
  }
}
const NONE: readonly IncidentRecord[] = [];
/** Nothing is ever put into it. */
const NO_CANDIDATES = new Candidates(NONE);

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
